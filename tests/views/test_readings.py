"""The numbers behind the stages: those of the trace, at the place that was asked for, in every stage."""

import numpy as np
import pytest

from fusion.frame import Fit
from fusion.views.pictures import view
from fusion.views.readings import Readings, UnknownChannel, value
from fusion.views.stages import STAGES, stages_of
from tests.support.tiny import SIZE, tiny_fuser, want

PLACE = (0.41, 0.63)
ROW, COLUMN = int(0.63 * SIZE), int(0.41 * SIZE)


@pytest.fixture(scope="module")
def trace():
    return want(tiny_fuser(), present=2, recolour=True).fuse("😀", "🍕", size=SIZE)


@pytest.fixture(scope="module")
def read(trace):
    return Readings(trace).at(*PLACE)


def test_every_stage_has_the_trace_s_own_numbers(trace, read):
    assert list(read["output"].values()) == pytest.approx(trace.output[ROW, COLUMN].tolist())
    assert list(read["second"].values()) == pytest.approx(trace.inputs[1][ROW, COLUMN].tolist())
    assert read["separated"]["second 2"] == pytest.approx(float(trace.separated[1][1, ROW, COLUMN]))
    assert read["position"]["mean"] == pytest.approx(float(trace.position[:, ROW, COLUMN].mean()))
    assert list(read["gates"].values()) == pytest.approx(trace.gates[:3, ROW, COLUMN].tolist())
    assert list(read["correction"].values()) == pytest.approx(trace.correction[ROW, COLUMN].tolist())
    # "main" is two probabilities and no map; this network reads no words, and nobody asked why. Other maps can be read.
    assert {"first", "second", "transformed", "recoloured", "composite", "output", "fit", "teacher"} <= set(read)
    left, absent = set(stages_of(trace)) - set(read), {"words", "why main", "why here"}
    assert {"main", *absent} <= left
    assert all(STAGES[name].maps is None for name in left - absent)


def test_maps_of_another_size_are_read_at_the_same_place(trace):
    found, (x, y) = trace.attention["up3"], PLACE
    row, column = int(y * found.spatial.shape[0]), int(x * found.spatial.shape[1])
    last = len(found.channel)
    told = Readings(trace).at(*PLACE, "up3", f"channel {last}")["up3"]
    assert told["places"] == pytest.approx(float(found.spatial[row, column]))
    assert told["mean"] == pytest.approx(float(found.joint[:, row, column].mean()), rel=1e-5)
    assert told[f"channel {last}"] == pytest.approx(float(found.joint[-1, row, column]))


def test_the_sticker_is_read_where_the_place_came_to_lie(trace, read):
    x, y = Fit(*trace.fit).to_fitted(*PLACE)
    there = trace.fitted[int(np.floor(y * SIZE)), int(np.floor(x * SIZE))]
    assert list(read["fit"].values()) == pytest.approx(there.tolist())
    (place,) = view(trace, "fit").places
    assert place[0] + PLACE[0] * (place[2] - place[0]) == pytest.approx(x)


def test_tiles_are_where_their_channels_are_painted(trace):
    readings = Readings(trace)
    for stage in ("separated", "gates", "correction"):
        places = view(trace, stage).places
        assert len(places) == len(readings.channels(stage)), stage
        assert len(set(places)) == len(places)
    pixels = np.asarray(view(trace, "gates").picture)
    x0, y0, x1, y1 = (round(edge * SIZE) for edge in view(trace, "gates").places[2])
    assert pixels[y0:y1, x0:x1, 3].min() > 200, "a tile lies where its place says"


def test_outside_there_is_nothing_and_edges_belong_to_the_last_pixel():
    plane = np.float32([[1, 2], [3, 4]])
    assert [value(plane, *at) for at in ((0, 0), (1, 1), (0.99, 0), (1.2, 0.5), (0.5, -0.1))] == [1, 4, 2, 0, 0]


def test_a_channel_that_is_none_gets_a_sentence(trace):
    readings = Readings(trace)
    assert readings.plane("output", "red")[0].shape == (SIZE, SIZE)
    for stage, channel in (("output", "pink"), ("main", "red"), ("up3", "channel 999"), ("nowhere", "")):
        with pytest.raises(UnknownChannel, match="choose one that is listed"):
            readings.plane(stage, channel)


def test_all_up_blocks_are_shown_where_a_preset_attends_in_all():
    trace = tiny_fuser("unet-se").fuse("😀", "🍕", size=SIZE, teacher=False)
    assert set(trace.attention) == {"up1", "up2", "up3", "up4"}, "else this test looks at the wrong preset"
    shown = list(stages_of(trace))
    assert shown[shown.index("up1") :][:4] == ["up1", "up2", "up3", "up4"]
    assert view(trace, "up1").available
    assert "mean" in Readings(trace).at(0.5, 0.5)["up1"]

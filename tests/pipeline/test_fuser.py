"""The pipeline: what is run again, how overrides act, what is refused, and that threads may share it."""

import math
import threading
from collections import Counter

import numpy as np
import pytest
import torch

from fusion.cache import SharedCache, held_bytes
from fusion.geometry import STICKER_FRAME, Layout, content_box, layout_to_box
from fusion.model import PRESETS
from fusion.pipeline.fuser import Fuser
from fusion.pipeline.overrides import RequestError, UnknownHypothesis, carry_along
from fusion.views.pictures import views
from fusion.views.summary import summary
from tests.support.nets import tiny
from tests.support.tiny import FACE, PIZZA, SIZE, fuse, tiny_fuser, want


@pytest.fixture
def fuser():
    return want(tiny_fuser())


def counting(step, original, counted):
    def call(*args, **settings):
        counted[step] += 1
        return original(*args, **settings)

    return call


@pytest.fixture
def calls(fuser, monkeypatch):
    """How often each step of the network has run."""
    counted = Counter()
    for step in ("perceive", "plan", "fuse"):
        monkeypatch.setattr(fuser.net, step, counting(step, getattr(fuser.net, step), counted))
    return counted


def test_what_is_the_same_for_all_pairs_is_kept_once():
    fuser = Fuser(net=tiny(), device="cpu")
    one, other = fuse(fuser), fuse(fuser, layout=(0.5, 0.5, 0.1, 0.1))
    assert np.shares_memory(one.position, other.position)
    assert not np.shares_memory(one.output, other.output)


class TestOnlyWhatLiesAfter:
    def test_a_layout_runs_only_the_last_step_again(self, fuser, calls):
        fuse(fuser)
        fuse(fuser, layout=(0.5, 0.5, 0.1, 0.1))
        assert calls == {"perceive": 1, "plan": 1, "fuse": 2}

    def test_another_main_subject_plans_again_but_does_not_look_again(self, fuser, calls):
        main = fuse(fuser).main
        fuse(fuser, main=("second", "first")[main])
        fuse(fuser, main=("first", "second")[main])
        assert calls == {"perceive": 1, "plan": 2, "fuse": 3}

    def test_another_pair_or_size_starts_anew(self, fuser, calls):
        fuse(fuser)
        fuse(fuser, second="🔥")
        fuse(fuser, size=80)
        fuse(fuser, PIZZA, FACE)
        assert calls["perceive"] == 4

    def test_the_teacher_paints_a_pair_once(self, fuser, monkeypatch):
        painted = []
        original = fuser.teacher._paint
        monkeypatch.setattr(fuser.teacher, "_paint", lambda *pair: painted.append(pair) or original(*pair))
        for layout in (None, (0.5, 0.5, 0, 0)):
            assert fuse(fuser, teacher=True, layout=layout).teacher is not None
        assert len(painted) == 1

    def test_caches_keep_their_bounds(self, fuser):
        each = held_bytes(fuser.net.perceive(*torch.zeros(2, 1, 4, SIZE, SIZE)))
        fuser._features = SharedCache(2 * each, held_bytes)
        for other in "🔥🍕🐱⭐":
            fuse(fuser, second=other)
        assert fuser._features.held == 2 * each
        assert len(fuser._features) == 2


class TestOverrides:
    def test_main_is_forced_and_the_prediction_kept(self, fuser):
        for index, side in enumerate(("first", "second")):
            trace = fuse(fuser, main=side)
            assert trace.main == index
            assert trace.predicted_main == fuse(fuser).predicted_main
            assert 0.5 <= trace.main_confidence <= 1

    def test_a_layout_moves_the_emoji_there(self, fuser):
        wanted = Layout(0.4, 0.6, 0.2, -0.1)
        trace = fuse(fuser, layout=wanted)
        content = content_box(torch.from_numpy(trace.inputs[1 - trace.main][..., 3]))
        expected = layout_to_box(torch.tensor(wanted), content)
        np.testing.assert_allclose(trace.instance_boxes[0], expected, atol=2 / SIZE)
        np.testing.assert_allclose(trace.effective.layouts[0], wanted, atol=1e-6)
        np.testing.assert_allclose(trace.predicted.layouts, fuse(fuser).predicted.layouts)
        assert trace.override == pytest.approx(wanted)

    def test_another_hypothesis_is_followed(self, fuser):
        numbers, module = fuser.net.center_aware_scale.head.numbers, fuser.net.center_aware_scale
        with torch.no_grad():  # two hypotheses: the first where it is, the second at the lower right
            bias = numbers.bias.view(module.hypotheses, -1)
            bias[1] = bias[0]
            bias[1, 2:4] = 1.0
            bias[:, -1] = torch.tensor([2.0, 1.0] + [-1e4] * (module.hypotheses - 2))
        best, second = (fuse(fuser, hypothesis=rank) for rank in (1, 2))
        assert [trace.hypothesis for trace in (best, second)] == [1, 2]
        shares = [one.probability for one in best.hypotheses]
        assert shares == pytest.approx([0.731, 0.269], abs=1e-3)
        np.testing.assert_allclose(second.predicted.layouts, best.hypotheses[1].layout.layouts)
        assert second.effective.layouts[0, 2] > best.effective.layouts[0, 2] + 0.1
        with pytest.raises(UnknownHypothesis, match="has 2 hypotheses for this pair; there is no number 3"):
            fuse(fuser, hypothesis=3)
        for wrong in (0, "2", 1.5):
            with pytest.raises(RequestError, match="it is a rank"):
                fuse(fuser, hypothesis=wrong)

    def test_a_preset_without_hypotheses_has_one_idea(self):
        fuser = tiny_fuser("unet-se-po")
        assert fuse(fuser).hypotheses == ()
        with pytest.raises(RequestError, match="has one hypothesis"):
            fuse(fuser, hypothesis=2)

    def test_a_preset_that_decides_nothing_claims_nothing(self):
        trace = fuse(tiny_fuser("unet"), teacher=True)
        assert not trace.aligns
        facts = summary(trace)
        assert facts["main_confidence"] is None
        assert facts["alignment"] is None
        shown = {view.stage.id: view.available for view in views(trace)}
        assert not shown["main"]
        assert not shown["layout"]
        assert shown["output"]

    def test_the_other_instances_keep_their_place_relative_to_the_first(self):
        layouts = np.array([[0.4, 0.4, 0.0, -0.1], [0.4, 0.4, 0.05, 0.1], [1.0, 1.0, 0.0, 0.0]], np.float32)
        moved, presence = carry_along(
            layouts, np.array([1.0, 1.0, 0.0], np.float32), Layout(0.2, 0.8, 0.1, -0.1), STICKER_FRAME
        )
        assert moved[0].tolist() == pytest.approx([0.2, 0.8, 0.1, -0.1])
        assert moved[1].tolist() == pytest.approx([0.2, 0.8, 0.125, 0.3])
        assert moved[2].tolist() == layouts[2].tolist()
        assert presence.tolist() == [1, 1, 0]

    def test_carrying_to_where_it_is_changes_nothing(self, fuser):
        want(fuser, present=3)
        trace = fuse(fuser)
        again = fuse(fuser, layout=tuple(trace.predicted.layouts[0]))
        np.testing.assert_allclose(again.effective.layouts, trace.effective.layouts, atol=1e-6)
        np.testing.assert_allclose(again.output, trace.output, atol=1e-4)

    def test_where_nothing_is_placed_a_layout_places_the_first(self, fuser):
        want(fuser, present=0)
        assert fuse(fuser).effective.presence.sum() == 0
        trace = fuse(fuser, layout=(0.5, 0.5, 0, 0))
        assert trace.effective.presence.tolist() == [1, 0, 0]
        assert trace.transformed[..., 3].max() > 0.5

    def test_every_instance_can_be_placed_by_itself(self, fuser):
        wanted = [(0.3, 0.3, 0.0, -0.2), (0.4, 0.4, 0.1, 0.2)]
        trace = fuse(fuser, instances=wanted)
        assert trace.effective.presence.tolist() == [1, 1, 0]
        np.testing.assert_allclose(trace.effective.layouts[:2], wanted, atol=1e-6)
        assert fuse(fuser, instances=[]).effective.presence.tolist() == [0, 0, 0]
        with pytest.raises(RequestError, match="at most 3"):
            fuse(fuser, instances=wanted * 2)
        with pytest.raises(RequestError, match="not both"):
            fuse(fuser, instances=wanted, layout=wanted[0])

    def test_switched_off_parts_are_named_and_gone(self, fuser):
        trace = fuse(fuser, disabled=frozenset({"layout", "up3", "position"}))
        assert set(trace.disabled) == {"layout", "up3", "position"}
        assert trace.position is None
        assert set(trace.attention) == {"up4"}
        assert trace.effective.layouts[0].tolist() == [1, 1, 0, 0]

    @pytest.mark.parametrize(
        "layout",
        [
            (math.nan, 0.5, 0, 0),
            (0.5, 0.5, math.inf, 0),
            (0, 1, 0, 0),
            (-1, 1, 0, 0),
            (2.5, 1, 0, 0),
            (1, 1, 0.4, 0),
            (1, 1, 0),
            (1, 1, 0, 0, 0),
            ("a", 1, 0, 0),
            5,
        ],
    )
    def test_a_layout_that_cannot_be_is_refused_with_the_range(self, fuser, layout):
        with pytest.raises(RequestError, match=r"SH,SW,OY,OX.*-0\.35 to 0\.35"):
            fuse(fuser, layout=layout)

    @pytest.mark.parametrize("settings", [{"main": "third"}, {"size": 100}, {"size": 16}, {"disabled": {"up9"}}])
    def test_what_is_not_in_the_choice_is_refused(self, fuser, settings):
        with pytest.raises(RequestError, match="cannot be"):
            fuse(fuser, **settings)


class TestTrace:
    @pytest.mark.parametrize("preset", list(PRESETS))
    def test_every_preset_gives_a_whole_trace(self, preset):
        fuser = tiny_fuser(preset)
        trace = fuse(fuser, teacher=True)
        k = fuser.net.config.instances
        assert trace.output.shape == trace.composite.shape == trace.transformed.shape == (SIZE, SIZE, 4)
        assert trace.instances.shape == (k, SIZE, SIZE, 4)
        assert trace.instance_boxes.shape == trace.effective.layouts.shape == (k, 4)
        assert 0 <= trace.output.min() <= trace.output.max() <= 1
        assert trace.teacher.target.shape == trace.output.shape
        for maps in trace.attention.values():
            assert maps.joint.shape == (len(maps.channel), *maps.spatial.shape)
            assert 0 <= maps.joint.min() <= maps.joint.max() <= 1

    def test_it_equals_what_the_network_says_in_one_go(self, fuser):
        trace = fuse(fuser)
        first, second = (torch.from_numpy(one).permute(2, 0, 1)[None] for one in trace.inputs)
        with torch.inference_mode():
            out = fuser.net(first, second)
        expected = fuser.net.to_rgba(out.image)[0].permute(1, 2, 0).numpy()
        np.testing.assert_allclose(trace.output, expected, atol=1e-5)

    def test_the_recoloured_picture_is_there_when_wanted(self, fuser):
        assert fuse(fuser).recoloured is None
        trace = fuse(want(tiny_fuser(), recolour=True))
        assert trace.recolour > 0.9
        assert trace.recoloured.shape == (SIZE, SIZE, 4)

    def test_alignment_is_perfect_where_the_layout_is_the_teachers(self, fuser):
        truth = fuse(fuser, teacher=True).teacher
        right = fuse(
            fuser, teacher=True, main=("first", "second")[truth.main], layout=tuple(truth.layout.layouts[0])
        ).teacher.alignment
        assert truth.layout.presence.sum() == 1
        assert right.iou == pytest.approx(1, abs=1e-4)
        assert right.center_error == pytest.approx(0, abs=1e-5)
        wrong = fuse(fuser, teacher=True, main=("second", "first")[truth.main]).teacher.alignment
        assert wrong.iou == 0
        assert math.isnan(wrong.center_error)

    def test_every_stage_is_timed(self, fuser):
        assert set(fuse(fuser, teacher=True).timings_ms) == {
            "inputs",
            "perceive",
            "plan",
            "fuse",
            "trace",
            "fit",
            "teacher",
            "total",
        }

    def test_a_trace_outlives_the_next_fusion(self, fuser):
        trace = fuse(fuser)
        before = trace.output.copy(), trace.separated[0].copy()
        fuse(fuser, second="🔥")
        np.testing.assert_array_equal(trace.output, before[0])
        np.testing.assert_array_equal(trace.separated[0], before[1])

    def test_the_accelerated_fuser_paints_the_same(self):
        net = tiny()
        plain, quick = (Fuser(net=net, device="cpu", quick=how) for how in (False, True))
        assert np.abs(fuse(plain).output - fuse(quick).output).max() <= 2 / 255


def test_threads_get_their_own_answers(fuser):
    others = ["🍕", "🔥", "🐱", "⭐"] * 3
    alone = {other: fuse(fuser, second=other, teacher=True) for other in set(others)}
    shared, answers = want(tiny_fuser()), {}

    def ask(index, other):
        answers[index] = fuse(shared, second=other, teacher=True)

    threads = [threading.Thread(target=ask, args=job) for job in enumerate(others)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for index, other in enumerate(others):
        assert answers[index].keys == alone[other].keys
        np.testing.assert_allclose(answers[index].output, alone[other].output, atol=1e-5)
        np.testing.assert_allclose(answers[index].teacher.target, alone[other].teacher.target, atol=1e-5)

"""Neighbours of a pair in the layout branch's features: kept with each row, small in files, the nearest found again."""

import gzip
import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from fusion.errors import FusionError
from fusion.evaluation.evaluate import run_evaluation
from fusion.evaluation.neighbours import KEPT, LEVELS, nearest, packed, principal, together, unpacked
from fusion.evaluation.report_file import SavedReport, read_report, write_report
from fusion.model import build_fusion_net
from fusion.pipeline.engines.accelerated import accelerate
from tests.support.fake_teacher import FakeTeacher
from tests.support.nets import awake


def measured(preset: str = "fusion", quick: bool = False) -> list:
    torch.manual_seed(0)
    net = awake(build_fusion_net(preset, width=4, size=32)).eval()
    return list(run_evaluation("pairs", accelerate(net, 32) if quick else net, 10, teacher=FakeTeacher()))


@pytest.fixture(scope="module")
def rows() -> list:
    return measured()


def clouds(count: int = 20, width: int = 64) -> np.ndarray:
    """Two groups of pairs, far apart, in many dimensions."""
    drawn = np.random.default_rng(0).normal(size=(2 * count, width)).astype(np.float32)
    drawn[count:] += 6
    return drawn


def test_a_row_has_what_the_layout_is_read_off(rows):
    features = together([row.features for row in rows])
    assert features.shape == (10, 128)
    assert np.ptp(features, axis=0).max() > 0, "pairs differ"
    np.testing.assert_allclose(together([row.features for row in measured(quick=True)]), features, atol=2e-2, rtol=2e-2)


def test_the_published_head_has_features_too_and_a_plain_network_none():
    assert together([row.features for row in measured("unet-se-po")]).shape == (10, 6)
    assert {row.features for row in measured("unet")} == {None}


def test_a_report_carries_them_and_stays_small(rows, tmp_path):
    saved = SavedReport("pairs", 32, "fusion", "fusion", "0123456789ab", "classic", rows)
    write_report(tmp_path / "report.json.gz", saved)
    read = read_report(tmp_path / "report.json.gz").rows
    before, after = (together([row.features for row in some]) for some in (rows, read))
    assert after.shape[1] <= KEPT
    np.testing.assert_allclose(distances(after), distances(before), atol=0.03 * distances(before).max())
    many = [replace(rows[n % 10], features=one) for n, one in enumerate(clouds(240, 128).astype(np.float16))]
    write_report(tmp_path / "large.json.gz", replace(saved, rows=many))
    assert (tmp_path / "large.json.gz").stat().st_size < 24_000, "noise, which nothing packs well"


def distances(features: np.ndarray) -> np.ndarray:
    return np.linalg.norm(features[:, None] - features[None], axis=2)


def test_a_report_from_before_has_none(rows, tmp_path):
    saved = SavedReport("pairs", 32, "fusion", "fusion", "0123456789ab", "classic", rows)
    write_report(tmp_path / "report.json", saved)
    content = json.loads((tmp_path / "report.json").read_text())
    broken = content | {"features": {"step": 1.0, "columns": [[1, 2]]}}
    (tmp_path / "broken.json.gz").write_bytes(gzip.compress(json.dumps(broken).encode()))
    with pytest.raises(FusionError, match="features of 2 pairs, not 10"):
        read_report(tmp_path / "broken.json.gz")
    del content["features"]
    (tmp_path / "report.json").write_text(json.dumps(content))
    read = read_report(tmp_path / "report.json").rows
    assert [(row.first, row.family) for row in read] == [(row.first, row.family) for row in rows]
    assert together([row.features for row in read]) is None


def test_packing_keeps_who_lies_near_whom():
    features = clouds()
    small = together(unpacked(packed(features), len(features)))
    assert small.shape == (40, KEPT)
    assert max(max(map(abs, column)) for column in packed(features)["columns"]) == LEVELS
    for row in (0, 25):
        found = {n for n, _ in nearest(small, [""] * 40, row, 8)}
        assert found <= set(range(20) if row < 20 else range(20, 40))


def test_the_map_shows_what_tells_most_pairs_apart_and_nothing_where_nothing_does():
    plane, shares = principal(clouds(), 2)
    assert plane[:20, 0].max() < plane[20:, 0].min()
    assert 1 > shares[0] > shares[1] > 0
    plane, shares = principal(np.ones((5, 1), np.float32), 2)
    assert not plane.any()
    assert not shares.any()


def test_the_same_error_comes_first_then_the_nearer():
    features = np.array([[0.0], [1.0], [2.0], [3.0], [9.0]], np.float32)
    found = nearest(features, ["main", "", "main", "", "main"], 0, 3)
    assert [n for n, _ in found] == [2, 1, 3], "the three nearest, and of these the one with the same error first"
    assert found[0][1] == pytest.approx(2 / np.abs(features - 3).mean())

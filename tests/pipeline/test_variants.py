"""Variants of one fusion, painted at once: each as it would be painted alone."""

import dataclasses

import numpy as np
import pytest

from fusion.frame import Layout
from fusion.names import SIDES
from fusion.pipeline.overrides import RequestError, UnknownHypothesis
from fusion.pipeline.variants import Variant
from fusion.views import maps
from tests.support.tiny import FACE, PIZZA, SIZE, fuse, tiny_fuser, want


@pytest.fixture(scope="module")
def fuser():
    return want(tiny_fuser(), present=2)


def test_each_is_painted_as_it_would_be_alone(fuser):
    own = fuse(fuser)
    lead = Layout(*own.predicted.layouts[0].tolist())
    wanted = [Variant(), Variant(scale=0.5, right=0.1), Variant(main=SIDES[1 - own.main]), Variant(layout=lead, down=9)]
    found = fuser.variants(FACE, PIZZA, wanted, size=SIZE)
    for one, variant in zip(found, wanted, strict=True):
        alone = fuse(fuser, main=variant.main, layout=one.layout)
        assert one.main == alone.main
        np.testing.assert_allclose(one.picture, alone.output, atol=1e-4)
    assert [one.layout is None for one in found] == [True, False, True, False]
    assert found[3].layout.offset_y == fuser.frame.max_offset, "what is out of range is brought into it"
    assert found[1].layout == pytest.approx(
        lead._replace(scale_h=lead[0] / 2, scale_w=lead[1] / 2, offset_x=lead[3] + 0.1)
    )


def test_iou_is_that_with_the_network_s_own_boxes(fuser):
    own, near, far, other = fuser.variants(
        FACE, PIZZA, [Variant(), Variant(right=0.02), Variant(right=0.3), Variant(main="second")], size=SIZE
    )
    assert (own.iou, other.iou) == (1.0, 0.0)
    assert 1 > near.iou > far.iou


def test_so_many_instances_as_are_asked_for_the_likeliest_of_them(fuser):
    found = fuser.variants(FACE, PIZZA, [Variant(count=n) for n in (1, 2, 3)], size=SIZE)
    assert [len(one.instances) for one in found] == [1, 2, 3]
    assert [one.iou for one in found] == [0.0, 1.0, 0.0], "the network's own answer has two"
    for one in found:
        alone = fuse(fuser, instances=one.instances)
        np.testing.assert_allclose(one.picture, alone.output, atol=1e-4)
    assert fuser.variants(FACE, PIZZA, [Variant()], size=SIZE)[0].instances is None
    moved = fuser.variants(FACE, PIZZA, [Variant(count=2, scale=0.5)], size=SIZE)[0].instances
    assert moved[0].scale_h == pytest.approx(found[1].instances[0].scale_h / 2)
    assert moved[1].scale_h == pytest.approx(found[1].instances[1].scale_h / 2), "the others go along"


def test_what_cannot_be_varied_is_refused(fuser):
    with pytest.raises(UnknownHypothesis):
        fuser.variants(FACE, PIZZA, [Variant(hypothesis=99)], size=SIZE)
    with pytest.raises(RequestError):
        fuser.variants(FACE, PIZZA, [Variant()], size=SIZE, disabled=frozenset({"everything"}))


def test_the_density_of_all_hypotheses_is_their_mixture(fuser):
    trace = fuse(fuser)
    assert trace.mixture.shares.sum() == pytest.approx(1, abs=1e-5)
    plane = maps.density(trace).values["covered"]
    assert 0 <= plane.min() <= plane.max() <= 1
    sure = dataclasses.replace(
        trace.mixture,
        shares=np.eye(len(trace.mixture.shares), dtype=np.float32)[0],
        layouts=np.repeat(trace.effective.layouts[None], len(trace.mixture.shares), 0),
        presence=np.repeat(trace.effective.presence[None], len(trace.mixture.shares), 0),
    )
    alone = maps.density(dataclasses.replace(trace, mixture=sure)).values["covered"]
    wanted = trace.transformed[..., 3]
    assert np.abs(alone - wanted).mean() < 0.02, "one that is certain is its silhouette"
    assert maps.density(dataclasses.replace(trace, mixture=None)) is None

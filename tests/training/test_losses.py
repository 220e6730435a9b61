"""The criterion and the figures: zero at the truth, blind to what does not count."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torchmetrics.functional.image import structural_similarity_index_measure

from fusion.data.batch import collate
from fusion.data.sampler import PairSampler
from fusion.evaluation.metrics import PSNR_CEILING, psnr, similarity, ssim
from fusion.model import build_fusion_net
from fusion.model.attention import AttentionMaps
from fusion.model.center_aware_scale import Hypotheses
from fusion.training.criterion import Criterion
from fusion.training.losses import (
    IMAGE_TERMS,
    LAYOUT_TERMS,
    attention_ratio,
    changed_distance,
    gradient_distance,
    image_terms,
    layout_terms,
)
from fusion.training.phases import LAYOUT_WEIGHTS, schedule
from tests.support.fake_teacher import FakeTeacher


@pytest.fixture
def batch():
    teacher = FakeTeacher()
    return collate(PairSampler(teacher).draw(12, 0), teacher, 32)


def plan_of(batch, certainty=20.0):
    """The plan that says exactly the truth."""
    presence, switch = certainty * (2 * batch.presence - 1), certainty * (2 * batch.recolour - 1)
    one = torch.zeros(len(batch), 1)
    return Hypotheses(one, batch.layout[:, None].clone(), presence[:, None], switch[:, None]).likeliest()


def test_the_truth_costs_nothing(batch):
    terms = layout_terms(20.0 * (2 * batch.main.float() - 1), plan_of(batch), batch, LAYOUT_WEIGHTS)
    assert set(terms) == set(LAYOUT_TERMS)
    assert all(float(term) < 1e-4 for term in terms.values())


def test_absent_instances_do_not_count(batch):
    plan = plan_of(batch)
    layouts = plan.hypotheses.layout[:, 0]
    layouts[batch.presence == 0] += 0.3
    terms = layout_terms(batch.main.float(), plan, batch, LAYOUT_WEIGHTS)
    assert float(terms["layout"]) == 0
    layouts[batch.presence == 1] += 0.1
    moved = layout_terms(batch.main.float(), plan, batch, LAYOUT_WEIGHTS)
    assert float(moved["layout"]) > 0.01
    assert float(moved["box"]) > 0.05


def test_a_batch_without_instances_is_finite(batch):
    batch.presence.zero_()
    terms = layout_terms(batch.main.float(), plan_of(batch), batch, LAYOUT_WEIGHTS)
    assert all(math.isfinite(float(term)) for term in terms.values())


def test_only_the_hypothesis_that_fits_answers_for_a_pair(batch):
    truth = plan_of(batch)
    layouts = torch.stack([truth.layout, truth.layout + 0.3], dim=1).requires_grad_()
    logits = torch.zeros(len(batch), 2, requires_grad=True)
    presence, switch = truth.presence_logit[:, None].repeat(1, 2, 1), truth.recolour_logit[:, None].repeat(1, 2)
    plan = Hypotheses(logits, layouts, presence, switch).likeliest()
    terms = layout_terms(batch.main.float(), plan, batch, LAYOUT_WEIGHTS)
    assert float(terms["layout"].detach()) < 0.01
    assert float(terms["choice"].detach()) == pytest.approx(math.log(2), abs=0.05)
    sum(terms.values()).backward()
    placed = batch.presence.any(1)
    assert (logits.grad[placed, 0] < 0).all()  # the fitting one becomes likelier

    far = Hypotheses(logits, layouts.detach() + 0.1, presence, switch).likeliest()
    assert (
        float(layout_terms(batch.main.float(), far, batch, LAYOUT_WEIGHTS)["layout"])
        > float(terms["layout"].detach()) + 0.01
    )


def test_the_fitting_hypothesis_learns_the_family(batch):
    names = sorted(set(batch.families))
    truth = plan_of(batch)
    logit = torch.zeros(len(batch), 1, len(names), requires_grad=True)
    every = replace(truth.weighed, family_logit=logit)
    terms = layout_terms(batch.main.float(), every.likeliest(), batch, LAYOUT_WEIGHTS, names)
    assert float(terms["family"].detach()) == pytest.approx(math.log(len(names)), abs=1e-4)
    terms["family"].backward()
    right = batch.family(names).bool()
    assert (logit.grad[:, 0][right] < 0).all()
    strangers = replace(batch, families=["kitchen"] * len(batch))
    terms = layout_terms(batch.main.float(), every.likeliest(), strangers, LAYOUT_WEIGHTS, names)
    assert float(terms["family"].detach()) == 0  # nobody knows, nothing is learned


def test_the_gradient_term_sees_edges_and_not_levels():
    flat = torch.zeros(1, 4, 8, 8)
    assert float(gradient_distance(flat, flat + 0.5)) == 0
    edge = flat.clone()
    edge[..., 4:] = 1
    assert float(gradient_distance(flat, edge)) > 0.1


def test_only_wanted_terms_are_worked_out(batch):
    net = build_fusion_net("fusion", width=4)
    output = net(batch.first, batch.second)

    def refuse(image, target):
        raise AssertionError("not wanted")

    assert set(image_terms(output, batch, net, {"l1"}, refuse)) == {"l1"}
    everything = image_terms(output, batch, net, IMAGE_TERMS, lambda a, b: (a - b).abs().mean((1, 2, 3)))
    assert set(everything) == set(IMAGE_TERMS)


@pytest.mark.parametrize("preset", ["fusion", "unet-se-po", "unet"])
def test_every_preset_learns_from_its_phases(batch, preset):
    net = build_fusion_net(preset, width=4)
    for phase in schedule(preset, 64):
        terms = Criterion(net, phase)(batch)
        loss = sum(phase.weights[name] * term for name, term in terms.items() if name in phase.weights)
        assert set(terms) & set(phase.weights)
        net.zero_grad()
        loss.backward()
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in net.parameters())


def test_psnr_is_on_premultiplied_rgb():
    a = torch.full((2, 4, 8, 8), 0.5)
    b = a.clone()
    b[1, :3] += 0.1
    b[:, 3] = 1.0
    assert psnr(a, b).tolist() == pytest.approx([PSNR_CEILING, 20], abs=1e-3)


def test_ssim_is_one_for_equals_and_falls_with_noise():
    torch.manual_seed(0)
    a = torch.rand(1, 4, 32, 32)
    assert float(ssim(a, a)) == pytest.approx(1, abs=1e-4)
    assert float(ssim(a, (a + 0.1 * torch.randn_like(a)).clamp(0, 1))) < 0.97
    assert float(ssim(a, 1 - a)) < 0


def test_ssim_is_that_of_torchmetrics():
    generator = torch.Generator().manual_seed(0)
    a = torch.rand(3, 4, 40, 48, generator=generator)
    b = (a + 0.2 * torch.randn(a.shape, generator=generator)).clamp(0, 1)
    _, scores = structural_similarity_index_measure(a[:, :3], b[:, :3], data_range=1.0, return_full_image=True)
    inside = scores[..., 5:-5, 5:-5]  # ours leaves out windows that reach over the border; theirs mirrors the picture
    torch.testing.assert_close(ssim(a, b), inside.mean((1, 2, 3)), atol=1e-4, rtol=0)


def test_empty_canvas_is_no_similarity():
    a, b = torch.zeros(1, 4, 64, 64), torch.zeros(1, 4, 64, 64)
    a[..., :8, :8], b[..., -8:, -8:] = 1, 1
    assert float(similarity(a, b)) == pytest.approx(0)
    assert float(similarity(a, a)) == pytest.approx(1)


def test_only_changed_pixels_count_and_each_pair_weighs_the_same():
    target, composite = torch.zeros(2, 4, 8, 8), torch.zeros(2, 4, 8, 8)
    target[0, :, 0, 0] = 1  # one changed pixel here, half of the picture there
    target[1, :, :4] = 1
    assert float(changed_distance(target, target, composite)) == 0
    assert float(changed_distance(composite, target, composite)) == pytest.approx(1)
    beside = target.clone()
    beside[:, :, 7] = 0.01
    assert float(changed_distance(beside, target, composite)) == 0


def test_pixels_changed_in_vain_count_as_well():
    target, composite = torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 8, 8)
    painted = composite.clone()
    painted[0, :, 7] = 0.5
    painted.requires_grad_()
    loss = changed_distance(painted, target, composite)
    assert float(loss.detach()) == pytest.approx(0.5)
    loss.backward()
    assert (painted.grad[0, :, 7] > 0).all()
    assert (painted.grad[0, :, :7] == 0).all()


def test_attention_on_the_non_main_lowers_the_ratio(batch):
    net = build_fusion_net("fusion", width=4)
    with torch.no_grad():
        output = net(batch.first, batch.second, main=batch.main, layout=batch.layout, presence=batch.presence)
        even = {name: AttentionMaps(m.channel, torch.ones_like(m.spatial)) for name, m in output.attention.items()}
        silhouette = output.instances[:, :, 3].amax(1, keepdim=True)
        pointing = {
            name: AttentionMaps(m.channel, 0.1 + F.adaptive_avg_pool2d(silhouette, m.spatial.shape[-2:]))
            for name, m in output.attention.items()
        }
    assert float(attention_ratio(replace(output, attention=even))) == pytest.approx(1, abs=1e-4)
    assert float(attention_ratio(replace(output, attention=pointing))) < 0.7


@pytest.mark.parametrize(("beta", "pull"), [(0.0, 1.0), (0.05, 0.2)])
def test_rounded_l1_hardly_pulls_at_what_is_nearly_right(batch, beta, pull):
    net = build_fusion_net("fusion", width=4)
    output = net(batch.first, batch.second)
    output.image = (batch.target + 0.01).requires_grad_()
    image_terms(output, batch, net, {"l1"}, beta=beta)["l1"].backward()
    assert float(output.image.grad.mean()) * output.image.numel() == pytest.approx(pull, rel=1e-3)

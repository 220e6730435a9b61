import pytest
import torch

from fusion.model import FusionNet, build_fusion_net


@pytest.fixture(autouse=True)
def one_thread():
    """Small maps: more threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def published() -> FusionNet:
    """The published network at its full width, in eval mode; tests leave its weights as they are."""
    torch.manual_seed(0)
    return build_fusion_net("unet-se-po").eval()

"""The explainers of `xplique`; where one has a blank or a reference, it is the number `blank`."""

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from ..methods import method
from .peers import peer, quiet

if TYPE_CHECKING:
    from ..network import Network

Images = Float[np.ndarray, "n *input"]
Targets = Int[np.ndarray, " n"]
Maps = Float[np.ndarray, "n ..."]


@method("xplique-saliency", law="sensitivity", source="xplique: Saliency; Simonyan et al., 2014")
def saliency(network: "Network", images: Images, targets: Targets) -> Maps:
    """The gradient's size, as xplique has it."""
    return _asked("Saliency", network, images, targets)


@method("xplique-gradient-input", law="attribution", source="xplique: GradientInput; Shrikumar et al., 2016")
def gradient_input(network: "Network", images: Images, targets: Targets) -> Maps:
    """The gradient times the image, as xplique has it."""
    return _asked("GradientInput", network, images, targets)


@method(
    "xplique-integrated-gradients", law="attribution", source="xplique: IntegratedGradients; Sundararajan et al., 2017"
)
def integrated_gradients(
    network: "Network", images: Images, targets: Targets, *, steps: int = 50, blank: float = 0.0
) -> Maps:
    """Integrated gradients, as xplique has them."""
    return _asked("IntegratedGradients", network, images, targets, steps=steps, baseline_value=blank)


@method("xplique-smoothgrad", law="sensitivity", source="xplique: SmoothGrad; Smilkov et al., 2017")
def smoothgrad(network: "Network", images: Images, targets: Targets, *, samples: int = 50, seed: int = 0) -> Maps:
    """The mean gradient around the image, as xplique has it."""
    return _asked("SmoothGrad", network, images, targets, seed=seed, nb_samples=samples)


@method("xplique-guided-backprop", law="sensitivity", source="xplique: GuidedBackprop; Springenberg et al., 2015")
def guided_backprop(network: "Network", images: Images, targets: Targets) -> Maps:
    """Guided backprop, as xplique has it."""
    return _asked("GuidedBackprop", network, images, targets)


@method("xplique-deconvnet", law="sensitivity", source="xplique: DeconvNet; Zeiler & Fergus, 2014")
def deconvnet(network: "Network", images: Images, targets: Targets) -> Maps:
    """DeconvNet, as xplique has it."""
    return _asked("DeconvNet", network, images, targets)


@method("xplique-grad-cam", law="picture", source="xplique: GradCAM; Selvaraju et al., 2017")
def grad_cam(network: "Network", images: Images, targets: Targets) -> Maps:
    """Grad-CAM, as xplique has it."""
    return _asked("GradCAM", network, images, targets)


@method("xplique-grad-cam++", law="picture", source="xplique: GradCAMPP; Chattopadhay et al., 2018")
def grad_cam_plus_plus(network: "Network", images: Images, targets: Targets) -> Maps:
    """Grad-CAM++, as xplique has it."""
    return _asked("GradCAMPP", network, images, targets)


@method("xplique-occlusion", law="attribution", source="xplique: Occlusion; Zeiler & Fergus, 2014")
def occlusion(
    network: "Network", images: Images, targets: Targets, *, window: int = 4, stride: int = 4, blank: float = 0.0
) -> Maps:
    """Occlusion, as xplique has it."""
    told: dict[str, Any] = {"patch_size": window, "patch_stride": stride, "occlusion_value": blank}
    return _asked("Occlusion", network, images, targets, **told)


@method("xplique-rise", law="attribution", source="xplique: Rise; Petsiuk et al., 2018")
def rise(
    network: "Network", images: Images, targets: Targets, *, samples: int = 200, blank: float = 0.0, seed: int = 0
) -> Maps:
    """RISE, as xplique has it."""
    return _asked("Rise", network, images, targets, seed=seed, nb_samples=samples, mask_value=blank)


@method("xplique-lime", law="attribution", source="xplique: Lime; Ribeiro et al., 2016")
def lime(network: "Network", images: Images, targets: Targets, *, samples: int = 150, seed: int = 0) -> Maps:
    """LIME, as xplique has it."""
    return _asked("Lime", network, images, targets, seed=seed, nb_samples=samples)


@method("xplique-kernel-shap", law="attribution", source="xplique: KernelShap; Lundberg & Lee, 2017")
def kernel_shap(network: "Network", images: Images, targets: Targets, *, samples: int = 150, seed: int = 0) -> Maps:
    """Kernel SHAP, as xplique has it."""
    return _asked("KernelShap", network, images, targets, seed=seed, nb_samples=samples)


def _asked(name: str, network: "Network", images: Images, targets: Targets, *, seed: int = 0, **options: Any) -> Maps:
    kind = getattr(peer("xplique.attributions", "xplique"), name)
    model = network.keras_model()
    wanted = np.eye(model.output_shape[-1], dtype=images.dtype)[targets]
    with quiet(seed):
        return np.asarray(kind(model, **options)(images, wanted))

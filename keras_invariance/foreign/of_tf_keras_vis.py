"""The explainers of `tf-keras-vis`; maps as they come, before any is brought into [0, 1]."""

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
_EXTRA = "tf-keras-vis"


@method("tf-keras-vis-saliency", law="sensitivity", source="tf-keras-vis: Saliency; Simonyan et al., 2014")
def saliency(network: "Network", images: Images, targets: Targets) -> Maps:
    """The gradient's size, as tf-keras-vis has it."""
    kind = peer("tf_keras_vis.saliency", _EXTRA).Saliency
    return _asked(network, kind, images, targets, normalize_map=False, keepdims=True)


@method("tf-keras-vis-smoothgrad", law="sensitivity", source="tf-keras-vis: Saliency; Smilkov et al., 2017")
def smoothgrad(
    network: "Network", images: Images, targets: Targets, *, samples: int = 16, noise: float = 0.2, seed: int = 0
) -> Maps:
    """The mean size of the gradient around the image, as tf-keras-vis has it."""
    kind = peer("tf_keras_vis.saliency", _EXTRA).Saliency
    options = {"normalize_map": False, "keepdims": True, "smooth_samples": samples, "smooth_noise": noise}
    return _asked(network, kind, images, targets, seed=seed, **options)


@method("tf-keras-vis-grad-cam", law="picture", source="tf-keras-vis: Gradcam; Selvaraju et al., 2017")
def grad_cam(network: "Network", images: Images, targets: Targets) -> Maps:
    """Grad-CAM, as tf-keras-vis has it."""
    return _asked(network, peer("tf_keras_vis.gradcam", _EXTRA).Gradcam, images, targets, normalize_cam=False)


@method("tf-keras-vis-grad-cam++", law="picture", source="tf-keras-vis: GradcamPlusPlus; Chattopadhay et al., 2018")
def grad_cam_plus_plus(network: "Network", images: Images, targets: Targets) -> Maps:
    """Grad-CAM++, as tf-keras-vis has it."""
    kind = peer("tf_keras_vis.gradcam_plus_plus", _EXTRA).GradcamPlusPlus
    return _asked(network, kind, images, targets, normalize_cam=False)


@method("tf-keras-vis-score-cam", law="picture", source="tf-keras-vis: Scorecam; Wang et al., 2020")
def score_cam(network: "Network", images: Images, targets: Targets) -> Maps:
    """Score-CAM, as tf-keras-vis has it."""
    return _asked(network, peer("tf_keras_vis.scorecam", _EXTRA).Scorecam, images, targets, normalize_cam=False)


def _asked(network: "Network", kind: Any, images: Images, targets: Targets, *, seed: int = 0, **options: Any) -> Maps:
    score = peer("tf_keras_vis.utils.scores", _EXTRA).CategoricalScore([int(target) for target in targets])
    with quiet(seed):
        return np.asarray(kind(network.keras_model(), clone=False)(score, images, **options))

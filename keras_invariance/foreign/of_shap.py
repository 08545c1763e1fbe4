"""SHAP's explainers (Lundberg & Lee, 2017), of the library `shap`."""

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from ..methods import method
from .peers import of_targets, peer, quiet

if TYPE_CHECKING:
    from ..network import Network

Maps = Float[np.ndarray, "n *input"]
Images = Float[np.ndarray, "n *input"]
Targets = Int[np.ndarray, " n"]


@method("shap-gradient", law="attribution", source="shap: GradientExplainer; Erion et al., 2021")
def gradient(
    network: "Network", images: Images, targets: Targets, *, background: Any, samples: int = 200, seed: int = 0
) -> Maps:
    """Expected gradients over a background, as shap's GradientExplainer has them."""
    shap = peer("shap", "shap")
    with quiet(seed):
        explainer = shap.GradientExplainer(network.keras_model(), _like(background, images))
        wanted = {"ranked_outputs": targets[:, np.newaxis], "output_rank_order": "custom"}  # no map of another logit
        values, _ = explainer.shap_values(images, nsamples=samples, rseed=seed, **wanted)
        return np.asarray(values)[..., 0]


@method("shap-deep", law="attribution", source="shap: DeepExplainer; Lundberg & Lee, 2017")
def deep(network: "Network", images: Images, targets: Targets, *, background: Any) -> Maps:
    """DeepLIFT averaged over a background, as shap's DeepExplainer has it."""
    shap = peer("shap", "shap")
    with quiet():
        explainer = shap.DeepExplainer(network.keras_model(), _like(background, images))
        return of_targets(explainer.shap_values(images, check_additivity=False), targets)


@method("shap-partition", law="attribution", source="shap: PartitionExplainer; Lundberg & Lee, 2017")
def partition(
    network: "Network", images: Images, targets: Targets, *, evaluations: int = 200, blank: float = 0.0
) -> Maps:
    """Owen values of halves of a picture, and of their halves, as shap's PartitionExplainer has them."""
    shap = peer("shap", "shap")
    with quiet(0):
        masker = shap.maskers.Image(np.full(images.shape[1:], blank, images.dtype), images.shape[1:])
        explainer = shap.PartitionExplainer(network.predict, masker)
        return of_targets(explainer(images, max_evals=evaluations, batch_size=64, silent=True).values, targets)


def _like(background: Any, images: Images) -> Images:
    """A background in the images' type: arrays, or a data set's spelling."""
    from ..methods.backgrounds import background_images

    found: Images = background_images(background, images.shape[1:]).astype(images.dtype)
    return found

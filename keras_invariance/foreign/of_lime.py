"""LIME's explainer of images (Ribeiro et al., 2016), of the library `lime`."""

from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float, Int

from ..errors import ExplainerError
from ..methods import method
from .peers import peer, quiet

if TYPE_CHECKING:
    from ..network import Network


@method("lime-image", law="attribution", source="lime: LimeImageExplainer; Ribeiro et al., 2016")
def image(
    network: "Network",
    images: Float[np.ndarray, "n h w c"],
    targets: Int[np.ndarray, " n"],
    *,
    samples: int = 200,
    blank: float = 0.0,
    seed: int = 0,
) -> Float[np.ndarray, "n h w"]:
    """A linear model of segments shown and hidden, as lime's LimeImageExplainer fits it; grey pictures as three alike.

    Raises
    ------
    ExplainerError
        lime is not installed, or the inputs are no grey or coloured pictures.
    """
    explainer = peer("lime.lime_image", "lime").LimeImageExplainer(random_state=seed)
    channels = images.shape[-1]
    if images.ndim != 4 or channels not in (1, 3):
        raise ExplainerError(f"inputs of shape {images.shape[1:]} for lime", "[h, w, 1] or [h, w, 3]", "Leave it out.")

    def logits(coloured: Float[np.ndarray, "m h w 3"]) -> Float[np.ndarray, "m k"]:
        return np.asarray(network.predict(np.asarray(coloured[..., :channels], images.dtype)))

    maps = np.zeros(images.shape[:-1])
    with quiet(seed):
        for at, (one, target) in enumerate(zip(images, targets, strict=True)):
            coloured = np.broadcast_to(one, (*one.shape[:-1], 3)).astype(np.float64)
            told = explainer.explain_instance(
                coloured, logits, labels=(int(target),), top_labels=None, hide_color=blank, num_samples=samples
            )
            for segment, weight in told.local_exp[int(target)]:
                maps[at][told.segments == segment] = weight
    return maps

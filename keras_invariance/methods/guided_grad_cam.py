"""Guided Grad-CAM: guided backpropagation, looked at where Grad-CAM is positive.

Guided backprop is a sensitivity and Grad-CAM one number for a place whatever the encoding, so that their product is a
sensitivity: divided by an input's scale, as guided backprop is.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..rules.backward import Rules
from .class_activation import ClassActivation, grad_cam
from .gradients import guided_backprop
from .request import Origin, Request, analyzer_line, checked_inputs, specifications
from .resizing import resized
from .single_pass import SinglePass


@dataclass(frozen=True, eq=False)
class GuidedGradCam:
    """d * resized(relu(sum_k mean_hw(g_k) a_k)), d the map of guided backprop (Selvaraju et al., 2017, section 3.2).

    Attributes
    ----------
    request
        The network, its parts by role, the method's name and options.
    guided, cam
        Guided backprop, and Grad-CAM with the layer and the sign that were asked for.
    """

    request: Request
    guided: SinglePass
    cam: ClassActivation

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, in the images' shape."""
        question = checked_inputs(self.request.network, images, targets, origin)
        return question.mapped(self._maps, self.request.batch_size, self.request.network.input_shape)

    def coarse(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Grad-CAM alone at the layer's own places, with one channel."""
        return self.cam.coarse(images, targets, origin=origin)

    @property
    def rules(self) -> Rules:
        """Those of guided backprop, which passes the whole network."""
        return self.guided.rules

    @cached_property
    def _maps(self) -> Any:
        sizes = self.request.network.input_shape[:-1]

        def product(*given: tf.Tensor) -> tf.Tensor:
            return self.guided.traced(*given) * resized(self.cam.traced(*given), sizes)

        return compiled(product, specifications(self.request.network), xla=self.request.xla)


def guided_grad_cam(request: Request) -> GuidedGradCam:
    """The analyzer that a request asks for; a `MethodError` where the network has no such layer."""
    return GuidedGradCam(request, guided_backprop(request), grad_cam(request))

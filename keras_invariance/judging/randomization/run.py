"""The parameter-randomisation test: maps of a network before and after its layers lose what they have learned.

A map that is about the network must change when the network's parameters are replaced by random ones. The test itself
need not be input invariant, so it can also be run on the twin: the twin of each randomised network, which computes the
same function of the shifted images. Whatever differs between the two sides is the method's doing.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Shaped

from ...arrays import checked_images
from ...errors import ImageError, MethodError
from ...methods.strangers import names_of
from ...network import Network
from ..checks import check_methods, check_unfitted, checked_seeds, shift_values
from .experiment import Experiment, Finding
from .orders import ORDERS, Order

SEEDS = 5
"""How often each network is drawn anew, unless more is asked for."""


def randomize(  # noqa: PLR0913  what is randomised and explained, and how
    network: Network,
    images: Shaped[np.ndarray, "n ..."],
    methods: Sequence[str],
    *,
    orders: Sequence[Order] = ORDERS,
    groups: int | None = None,
    seeds: int | Sequence[int] = SEEDS,
    shift: Any = None,
    targets: Any = None,
    options: Mapping[str, Any] | None = None,
    dither: float = 0.0,
) -> Iterator[Finding]:
    """Randomise a network's layers and compare its maps with those of the trained one; yields findings as they come.

    Parameters
    ----------
    network
        The trained network. It is never changed.
    images
        [n, *network.input_shape], in the network's own encoding.
    methods
        Names of `ki.METHODS`.
    orders
        "top-down" randomises from the logits on, layer by layer, "bottom-up" from the image on; "independent" each
        layer by itself.
    groups
        In how many groups neighbouring layers are randomised together, for networks of many layers; each by itself
        where there is none.
    seeds
        The seeds, or how many; fewer than 5 say little about what another draw would give.
    shift
        A `Shift`, its spelling, or an array: the test is run on the twin too.
    targets
        The explained logit of each image, the trained network's top logit by default; the same for random networks.
    options
        "METHOD.OPTION" -> value.
    dither
        The largest size of uniform noise that is added to the images, the same for all networks. Initialisers that set
        biases to 0 leave black pixels exactly on a ReLU's kink, where a gradient has no meaning and rounding tells the
        network's from the twin's; a little noise takes the images off it.

    Raises
    ------
    MethodError
        A method, an option, an order, the groups, seeds or dither are wrong, or a method needs fitted patterns.
    ImageError, ShiftError
        Images, targets or the shift do not fit the network.
    ModelError
        The network has no parameters.

    Source: Adebayo et al., "Sanity checks for saliency maps" (2018).
    """
    chosen = checked_seeds(seeds)
    asked = experiment(
        network,
        images,
        methods,
        orders=orders,
        groups=groups,
        shift=shift,
        targets=targets,
        options=options,
        dither=dither,
    )
    return (finding for seed in chosen for finding in asked.findings(seed))


def experiment(  # noqa: PLR0913  what is randomised and explained, and how
    network: Network,
    images: Shaped[np.ndarray, "n ..."],
    methods: Sequence[str],
    *,
    orders: Sequence[Order] = ORDERS,
    groups: int | None = None,
    shift: Any = None,
    targets: Any = None,
    options: Mapping[str, Any] | None = None,
    dither: float = 0.0,
) -> Experiment:
    """What `randomize` runs, seed by seed, with the same parameters and errors."""
    x = checked_images(images, network.input_shape)
    if not len(x):
        raise ImageError("no images", "at least one", "Give some of the network's images.")
    check_orders(orders)
    methods = names_of(methods)
    check_unfitted(methods)
    check_methods(network, methods, options or {})
    if groups is not None and groups < 1:
        raise MethodError(f"groups = {groups}", "a number of at least 1", "Leave it out for each layer by itself.")
    if not (np.isfinite(dither) and dither >= 0):
        raise MethodError(f"dither = {dither}", "a finite number of at least 0, in the images' units", "Correct it.")
    noise = np.random.default_rng(0).uniform(-dither, dither, x.shape).astype(np.float32)
    x = x + noise
    return Experiment(
        network=network,
        images=x,
        targets=network.targets(x, targets),
        methods=tuple(methods),
        options=dict(options or {}),
        orders=tuple(orders),
        groups=groups,
        shift=None if shift is None else shift_values(shift, network),
    )


def check_orders(orders: Sequence[str]) -> None:
    """Raise a `MethodError` for no order, an unknown one, or one that comes twice."""
    if not orders or any(order not in ORDERS for order in orders) or len(set(orders)) < len(orders):
        raise MethodError(
            f"orders = {', '.join(orders) or 'none'}", f"some of {', '.join(ORDERS)}", "Correct the value."
        )

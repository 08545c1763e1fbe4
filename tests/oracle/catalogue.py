"""Every method's oracle by name, and the maps of a batch."""

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from . import relevance as lrp
from .blurring import blur_integrated_gradients
from .composites import composite
from .differences import deep_shap, deeplift, expected_gradients
from .fit import Fitted
from .gradient import integrated_gradients, noisy_images, pattern_signal, signal
from .network import OracleNetwork
from .operations import Gate

Oracle = Callable[..., np.ndarray]
"""(network, image, target, **options) -> the image's map."""


def _gradient_times_input(network: OracleNetwork, image: np.ndarray, target: int) -> np.ndarray:
    return image * signal(network, image, target)


def _noisy(
    network: OracleNetwork,
    image: np.ndarray,
    target: int,
    *,
    reduce: Callable[[np.ndarray], np.ndarray],
    samples: int = 64,
    sigma: float = 0.1,
    seed: int = 0,
    base: str = "gradient",
) -> np.ndarray:
    noisy = noisy_images(image, samples=samples, sigma=sigma, seed=seed)
    return reduce(np.stack([ORACLES[base](network, one, target) for one in noisy]))


def _seed(network: OracleNetwork, image: np.ndarray, target: int) -> np.ndarray:
    logits = network.values(image)[-1]
    return np.where(np.arange(len(logits)) == target, logits, 0.0)


def _proportional(
    network: OracleNetwork, image: np.ndarray, target: int, *, bias: str = "absorb", epsilon: float | None = None
) -> np.ndarray:
    rule = partial(lrp.z_rule, bias=bias) if epsilon is None else partial(lrp.epsilon_rule, epsilon=epsilon, bias=bias)
    elsewhere = partial(lrp.in_proportion, bias=bias)
    return lrp.relevance(network, image, _seed(network, image, target), lambda _: rule, elsewhere)


def _epsilon(
    network: OracleNetwork, image: np.ndarray, target: int, *, bias: str = "absorb", epsilon: float = 1e-3
) -> np.ndarray:
    return _proportional(network, image, target, bias=bias, epsilon=epsilon)


def _attention(network: OracleNetwork, image: np.ndarray, target: int, *, epsilon: float) -> np.ndarray:
    """On networks without attention: lrp-epsilon, each factor of a product half."""

    def elsewhere(operation: object, inputs: list[np.ndarray], z: np.ndarray, r: np.ndarray) -> list[np.ndarray]:
        if isinstance(operation, Gate):
            return [r / 2, r / 2]
        return lrp.in_proportion(operation, inputs, z, r, bias="absorb")

    rule = partial(lrp.epsilon_rule, epsilon=epsilon, bias="absorb")
    return lrp.relevance(network, image, _seed(network, image, target), lambda _: rule, elsewhere)


def _signed(network: OracleNetwork, image: np.ndarray, target: int, *, rule: Callable, **options: object) -> np.ndarray:
    seed = _seed(network, image, target)
    return lrp.relevance(network, image, seed, lambda _: partial(rule, **options), lrp.by_own_sign)


def _spread(network: OracleNetwork, image: np.ndarray, target: int, *, rule: Callable) -> np.ndarray:
    return lrp.spread(network, image, _seed(network, image, target), rule)


def _gamma(
    network: OracleNetwork, image: np.ndarray, target: int, *, gamma: float = 0.25, bias: str = "absorb"
) -> np.ndarray:
    return _signed(network, image, target, rule=lrp.gamma_rule, gamma=gamma, bias=bias)


def _alpha_beta(
    network: OracleNetwork, image: np.ndarray, target: int, *, alpha: float, beta: float, bias: str = "absorb"
) -> np.ndarray:
    return _signed(network, image, target, rule=lrp.alpha_beta_rule, alpha=alpha, beta=beta, bias=bias)


def _deep_taylor(network: OracleNetwork, image: np.ndarray, target: int) -> np.ndarray:
    rule = partial(lrp.alpha_beta_rule, alpha=1.0, beta=0.0, bias="ignore")
    seed = np.maximum(_seed(network, image, target), 0)
    return lrp.relevance(network, image, seed, lambda _: rule, lrp.by_own_sign)


def _deep_taylor_bounded(
    network: OracleNetwork, image: np.ndarray, target: int, *, low: object, high: object
) -> np.ndarray:
    seed = np.maximum(_seed(network, image, target), 0)
    return lrp.bounded_deep_taylor(network, image, seed, low=low, high=high)


def _pattern_net(
    network: OracleNetwork, image: np.ndarray, target: int, *, patterns: Mapping[int, Fitted]
) -> np.ndarray:
    kernels = {k: fitted.kernel for k, fitted in patterns.items()}
    return pattern_signal(network, image, target, kernels=kernels, attribution=False)


def _pattern_attribution(
    network: OracleNetwork, image: np.ndarray, target: int, *, patterns: Mapping[int, Fitted]
) -> np.ndarray:
    kernels = {k: network.steps[k].operation.kernel * fitted.kernel for k, fitted in patterns.items()}
    return pattern_signal(network, image, target, kernels=kernels, attribution=True)


ORACLES: dict[str, Oracle] = {
    "gradient": signal,
    "gradient-times-input": _gradient_times_input,
    "smoothgrad": partial(_noisy, reduce=lambda maps: maps.mean(axis=0)),
    "smoothgrad-squared": partial(_noisy, reduce=lambda maps: (maps**2).mean(axis=0)),
    "vargrad": partial(_noisy, reduce=lambda maps: ((maps - maps.mean(axis=0)) ** 2).mean(axis=0)),
    "integrated-gradients": integrated_gradients,
    "deeplift": deeplift,
    "deep-shap": deep_shap,
    "expected-gradients": expected_gradients,
    "blur-integrated-gradients": blur_integrated_gradients,
    "guided-backprop": partial(signal, kind="guided-backprop"),
    "deconvnet": partial(signal, kind="deconvnet"),
    "lrp-z": _proportional,
    "lrp-epsilon": _epsilon,
    "lrp-gamma": _gamma,
    "lrp-alpha1-beta0": partial(_alpha_beta, alpha=1.0, beta=0.0),
    "lrp-alpha2-beta1": partial(_alpha_beta, alpha=2.0, beta=1.0),
    "lrp-w-square": partial(_spread, rule=lrp.w_square_rule),
    "lrp-flat": partial(_spread, rule=lrp.flat_rule),
    "lrp-epsilon-plus": partial(composite, convolution="plus"),
    "lrp-epsilon-plus-flat": partial(composite, convolution="plus", first="flat"),
    "lrp-epsilon-gamma-box": partial(composite, convolution="gamma", first="box"),
    "lrp-epsilon-alpha2-beta1": partial(composite, convolution="alpha2-beta1"),
    "lrp-epsilon-alpha2-beta1-flat": partial(composite, convolution="alpha2-beta1", first="flat"),
    "lrp-attention": partial(_attention, epsilon=1e-6),
    "deep-taylor": _deep_taylor,
    "deep-taylor-bounded": _deep_taylor_bounded,
    "pattern-net": _pattern_net,
    "pattern-attribution": _pattern_attribution,
}


def oracle_maps(
    network: OracleNetwork, method: str, images: np.ndarray, targets: np.ndarray, **options: object
) -> np.ndarray:
    """Maps of a batch, one image at a time, float64."""
    return np.stack(
        [
            ORACLES[method](network, image.astype(np.float64), int(target), **options)
            for image, target in zip(images, targets, strict=True)
        ]
    )

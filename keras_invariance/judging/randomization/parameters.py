"""A network's parameters, layer by layer from the image up, and how each layer's are drawn anew."""

from ...errors import ModelError
from ...network import Network
from .initialisers import initialised_parameters
from .layers import Parameters, permuted_parameters


def parameters_of(network: Network) -> Parameters:
    """The layers of a network, drawn anew by their own initialisers where a Keras model tells them, else permuted.

    Raises
    ------
    ModelError
        The network has no parameters.

    Source: Adebayo et al. (2018) draw anew; Hedström et al. (2023) discuss both.
    """
    found = initialised_parameters(network) or permuted_parameters(network)
    if not found.layers:
        raise ModelError(
            f"{network.name!r}, a network without parameters",
            "at least one layer with a kernel",
            "Choose the part of the model that was trained.",
        )
    return found

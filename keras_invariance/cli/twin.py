"""`keras-invariance twin`: the network that answers the same for shifted images."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..application import open_data
from ..errors import DataError
from .files import check_writable, writing
from .networks import Choice, loaded, with_model

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..network import Network

CHECKED = 64  # images


@with_model
def twin(
    model: Choice,
    shift: Annotated[
        str,
        typer.Option(
            "--shift",
            help="constant:-1, channel:0.1,0.2,0.3, checkerboard:4:0.5, image:FILE, array:FILE.npy; a+b adds.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", help="A .keras file, or the name of a SavedModel folder.")],
    data: Annotated[
        str | None, typer.Option("--data", help="The images that the twin is checked on; mnist/test where it fits.")
    ] = None,
) -> None:
    """Write the shifted twin of a network: the same logits for images moved by the shift."""
    from ..encodings.shifts import parse

    moved = parse(shift)
    for target in (out, out.with_suffix("")):  # where Keras cannot say it, the ending .keras is left out
        check_writable(target)
    network = model.load()
    dataset = _dataset(data, network)[:CHECKED]
    from .. import shifted_twin
    from ..twins.shifted import save_twin, twin_error

    shifted = shifted_twin(network, moved)
    with writing(out):
        written = save_twin(shifted, out)
    read_back = loaded(str(written), trust_model=model.options["trust_model"])
    error = twin_error(network, read_back, dataset.images, moved)
    typer.echo(f"{written}: the twin of {network.name} under {moved.spec}")
    typer.echo(f"Read back, its logits differ by {error:.1e} of their scale at most, on {len(dataset)} images")


def _dataset(name: str | None, network: "Network") -> "Dataset":
    if name is None and network.input_shape != (28, 28, 1):
        raise DataError(
            f"no --data for a network whose input is {network.input_shape}",
            "images that the twin can be checked on",
            "Name some, for instance --data folder:photos.",
        )
    return open_data(name or "mnist/test", network.input_shape)

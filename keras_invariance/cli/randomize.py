"""`keras-invariance randomize`: whether maps notice that the network's parameters became random."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from .console import Json, print_json, print_table, progress_bar
from .networks import Choice, with_model
from .options import Methods, method_names, spelled_option

METHODS = "gradient,gradient-times-input,integrated-gradients,guided-backprop,lrp-epsilon,lrp-alpha1-beta0"


@with_model
def randomize(
    model: Choice,
    data: Annotated[str, typer.Option("--data", help="mnist/test[:50], tfds:NAME/SPLIT[:50], a folder, .npz.")],
    out: Annotated[Path, typer.Option("--out", help="The folder of the study; one that was begun is resumed.")],
    method: Methods = None,
    orders: Annotated[
        str, typer.Option("--orders", help="Some of top-down, bottom-up, independent, with commas.")
    ] = "top-down,bottom-up,independent",
    groups: Annotated[
        int | None,
        typer.Option("--groups", min=1, help="Neighbouring layers together, in so many groups, for deep networks."),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How often each network is drawn anew; 5 or more.")] = 5,
    shift: Annotated[
        str | None, typer.Option("--shift", help="constant:-1, checkerboard:4, ...: test the twin as well.")
    ] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="METHOD.OPTION=VALUE, such as lrp-gamma.gamma=0.1. Repeatable.")
    ] = None,
    target: Annotated[
        int | None, typer.Option("--target", help="The logit to explain; each image's top one if left out.")
    ] = None,
    dither: Annotated[
        float, typer.Option("--dither", min=0.0, help="Noise that takes black pixels off the kinks of ReLUs.")
    ] = 0.0,
    *,
    as_json: Json = False,
) -> None:
    """Randomise a network layer by layer, and measure how far its maps stay the same."""
    from ..application import open_data

    options = dict(spelled_option(text) for text in option or ())
    network = model.load()
    from ..judging.randomization.orders import Order
    from ..judging.study import Study, study
    from ..runs import Progress

    images = open_data(data, network.input_shape)
    chosen = method_names(method, METHODS)
    along = [cast(Order, name.strip()) for name in orders.split(",")]  # checked there
    result = None
    with progress_bar("Starting") as advance:
        for step in study(
            network,
            images,
            out,
            chosen,
            orders=along,
            groups=groups,
            seeds=seeds,
            shift=shift,
            options=options,
            target=target,
            dither=dither,
        ):
            if isinstance(step, Progress):
                advance(step.done, step.total, step.name)
            elif isinstance(step, Study):
                result = step
    if as_json:
        points = [{**vars(one), "value": vars(one.value)} for one in (result.points if result else ())]
        print_json({"page": out / "index.html", "points": points})
        return
    if result is not None:
        _print(result)
    typer.echo(f"Curves and tables on one page: {out / 'index.html'}")


def _print(result: Any) -> None:
    """Absolute Spearman, layer by layer, in the first order."""
    order = result.experiment.orders[0]
    own = [one for one in result.points if one.measure == "absolute_spearman" and one.order in (order, "control")]
    methods = dict.fromkeys((one.method, one.side) for one in own)
    layers = dict.fromkeys(one.layer for one in own if one.order == order)
    cells = {(one.method, one.side, one.layer): f"{round(one.value.mean, 2) + 0.0:.2f}" for one in own}
    control = {(one.method, one.side): one.value.text for one in own if one.order == "control"}
    rows = [
        (method, side, *(cells[method, side, layer] for layer in layers), control[method, side])
        for method, side in methods
    ]
    title = f"Rank correlation of |values| with the trained network's maps, {order}"
    print_table(("method", "side", *layers, "chance"), rows, title)

"""Short names of layers: what all of a model's layers are called alike is left out."""

from collections.abc import Sequence


def shortened(names: Sequence[str], *, whole: bool = False) -> tuple[str, ...]:
    """The names without the parts in front that all share, and without their last part where the rest tells them apart.

    "model/dense/MatMul" and "model/dense_1/MatMul" become "dense" and "dense_1". `whole` keeps the last part: it is the
    layer's own name, not an operation's.
    """
    parts = [name.split("/") for name in names]
    while all(len(part) > 1 for part in parts) and len({part[0] for part in parts}) == 1:
        parts = [part[1:] for part in parts]
    without_last = ["/".join(part[:-1]) for part in parts]
    told_apart = not whole and all(without_last) and len(set(without_last)) == len(parts)
    return tuple(without_last if told_apart else ("/".join(part) for part in parts))

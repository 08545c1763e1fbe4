"""Which data of an `.npz` file are opened: where it has splits, the user is asked, or told how to name one."""

from pathlib import Path

from PyQt6.QtWidgets import QInputDialog, QWidget

from keras_invariance.errors import DataError


def chosen_data(path: str, parent: QWidget) -> str | None:
    """The spelling of a file's data, of the split that the user chooses where there are several; None for none.

    Raises
    ------
    DataError
        The file is missing or damaged.
    """
    splits = _splits(path)
    if len(splits) < 2:
        return _only(path, splits)
    words = f"{Path(path).name} has {len(splits)} sets of images. Which one shall be shown?"
    at = splits.index("test") if "test" in splits else 0
    split, given = QInputDialog.getItem(parent, "Open data", words, splits, at, editable=False)
    return f"{path}/{split}" if given else None


def named_data(data: str) -> str:
    """The spelling of data that the command line names; raises a `DataError` where a split has to be named with it."""
    if not (data.endswith(".npz") and Path(data).is_file()):
        return data
    splits = _splits(data)
    if len(splits) > 1:
        raise DataError(
            f"{data}, which has the splits {', '.join(splits)}",
            "one of them",
            f"Name it, for instance {data}:{splits[0]}.",
        )
    return _only(data, splits)


def _splits(path: str) -> tuple[str, ...]:
    from keras_invariance.application import data_splits  # with all data sets, which the first paint does not need

    return data_splits(path)


def _only(path: str, splits: tuple[str, ...]) -> str:
    return f"{path}/{splits[0]}" if splits else path

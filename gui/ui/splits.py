"""Which data of an `.npz` file are opened: where it has splits, the user is asked."""

from pathlib import Path

from PyQt6.QtWidgets import QInputDialog, QWidget


def chosen_data(path: str, parent: QWidget) -> str | None:
    """The spelling of a file's data, of the split that the user chooses where there are several; None for none.

    Raises
    ------
    DataError
        The file is missing or damaged.
    """
    from keras_invariance.application import (
        data_splits,
    )  # with all of the data sets, which the first paint does not need

    splits = data_splits(path)
    if len(splits) < 2:
        return f"{path}/{splits[0]}" if splits else path
    words = f"{Path(path).name} has {len(splits)} sets of images. Which one shall be shown?"
    at = splits.index("test") if "test" in splits else 0
    split, given = QInputDialog.getItem(parent, "Open data", words, splits, at, editable=False)
    return f"{path}/{split}" if given else None

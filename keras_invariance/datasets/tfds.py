"""Images from TensorFlow Datasets, `tfds:NAME/SPLIT`; what is not on the machine yet is downloaded at first use.

The split may be a slice in TensorFlow Datasets' own spelling, such as `tfds:mnist/test[:10%]`.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

import numpy as np
import PIL.Image

from ..errors import DataError
from .dataset import Batch, Dataset, Labels
from .pixels import Size, check_size, encoded, encoding_of, found_encoding, picture_values

Builder: TypeAlias = Any
"""A `tensorflow_datasets.core.DatasetBuilder`; the library is imported only when it is used."""

_LABEL_BATCH = 4096


def load_tfds(name: str, size: Size | None = None) -> Dataset:
    """The split of a data set that has one image and perhaps a class per example; bytes become values in [0, 1].

    Images come in their stored order. `size` brings them to one size; it is needed where they differ.

    Raises
    ------
    DataError
        For a name or split that TensorFlow Datasets does not know, for examples without an image, for images of
        different sizes when no `size` is asked for, and when the download fails.
    """
    known, _, split = name.removeprefix("tfds:").rpartition("/")
    builder = _builder(name, known)
    image_key, label_key = _keys(name, builder.info)
    feature = builder.info.features[image_key]
    shape = _shape(name, feature, size)
    _prepare(name, builder)
    source = _Tfds(builder, split, _count(name, builder, split), image_key, label_key, shape, size is not None)
    classes = builder.info.features[label_key].names if label_key else None
    encoding = encoding_of(np.dtype(feature.np_dtype)) or found_encoding(source, name)
    return Dataset.whole(name, source, encoding, tuple(classes) if classes else None)


@dataclass(frozen=True, eq=False)
class _Tfds:
    """One split, streamed; images outside the asked rows are read but not decoded."""

    builder: Builder
    split: str
    count: int
    image_key: str
    label_key: str | None
    shape: tuple[int, ...]
    resized: bool

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        decode = self.builder.info.features[self.image_key].decode_example
        examples = self._examples(rows).map(
            lambda image, label: (decode(image), label), num_parallel_calls=2, deterministic=True
        )
        if self.resized:
            yield from self._fitted(examples.prefetch(size).as_numpy_iterator(), size)
            return
        for images, labels in examples.batch(size).prefetch(2).as_numpy_iterator():
            yield encoded(images), self._known(labels)

    def labels(self, rows: range) -> Labels | None:
        if self.label_key is None:
            return None
        parts = [labels for _, labels in self._examples(rows).batch(_LABEL_BATCH).as_numpy_iterator()]
        return np.concatenate([np.empty(0, np.int64), *parts]).astype(np.int64)

    def digest(self) -> str:
        info = self.builder.info
        parts = (info.full_name, self.split, self.count, info.splits[self.split.split("[")[0]].num_bytes, self.shape)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _examples(self, rows: range) -> Any:
        """(encoded image, label) of ascending rows; the label is 0 where there is none."""
        import tensorflow_datasets

        decoders = {self.image_key: tensorflow_datasets.decode.SkipDecoding()}
        in_order = tensorflow_datasets.ReadConfig(interleave_cycle_length=1, try_autocache=False)
        stored = self.builder.as_dataset(split=self.split, decoders=decoders, read_config=in_order)
        asked = stored.skip(rows.start).take(rows.stop - rows.start).shard(rows.step, 0)
        return asked.map(lambda example: (example[self.image_key], example[self.label_key] if self.label_key else 0))

    def _fitted(self, examples: Iterator[tuple[np.ndarray, int]], size: int) -> Iterator[Batch]:
        """Batches of images brought to one size."""
        while pairs := list(islice(examples, size)):
            images = [picture_values(_picture(image), *self.shape) for image, _ in pairs]
            yield np.stack(images), self._known([label for _, label in pairs])

    def _known(self, labels: object) -> Labels | None:
        return None if self.label_key is None else np.asarray(labels, np.int64)


def _builder(name: str, known: str) -> Builder:
    import tensorflow_datasets

    if not known:
        raise DataError(f"the data set {name!r}", "tfds:NAME/SPLIT", "Name the split after a slash: tfds:mnist/test.")
    try:
        return tensorflow_datasets.builder(known)
    except (ValueError, OSError) as error:  # an unknown name; a configuration or version that is not there
        raise DataError(
            came=f"the data set {name!r} ({str(error).splitlines()[0]})",
            expected="one that TensorFlow Datasets knows",
            remedy="See tensorflow.org/datasets/catalog, or name your own folder or .npz file.",
        ) from error


def _keys(name: str, info: Any) -> tuple[str, str | None]:
    """The names of the image and of the class in an example."""
    from tensorflow_datasets import features

    kinds = dict(info.features.items()) if hasattr(info.features, "items") else {}
    images = [key for key, kind in kinds.items() if isinstance(kind, features.Image)]
    labels = [key for key, kind in kinds.items() if isinstance(kind, features.ClassLabel)]
    if not images:
        raise DataError(
            came=f"the data set {name!r} with {', '.join(kinds) or 'no named parts'}",
            expected="examples with an image",
            remedy="Choose a data set of images.",
        )
    label = "label" if "label" in labels else labels[0] if labels else None
    return "image" if "image" in images else images[0], label


def _shape(name: str, feature: Any, size: Size | None) -> tuple[int, ...]:
    """The shape of one image, as stored or as asked for."""
    stored = tuple(feature.shape)
    if size is None and None in stored:
        raise DataError(
            came=f"the data set {name!r}, whose images have the shape {stored}",
            expected="images of one shape",
            remedy=f"Ask for a size: {name}@224x224.",
        )
    if size is None:
        return stored
    check_size(size)
    if np.dtype(feature.np_dtype).kind != "u":
        raise DataError(
            came=f"a size for the data set {name!r}, whose images are {np.dtype(feature.np_dtype)}",
            expected="images of whole numbers",
            remedy="Leave the size out.",
        )
    return (*size, stored[2] or 3)[:3]


def _prepare(name: str, builder: Builder) -> None:
    """Download what is not on the machine yet."""
    try:
        builder.download_and_prepare()
    except (OSError, AssertionError) as error:
        raise DataError(
            came=f"the data set {name!r}, which could not be downloaded ({error})",
            expected="a data set on this machine, or a connection",
            remedy="Connect, or copy a prepared one and set TFDS_DATA_DIR to its folder.",
        ) from error


def _count(name: str, builder: Builder, split: str) -> int:
    try:
        return int(builder.info.splits[split].num_examples)
    except (KeyError, ValueError) as error:
        raise DataError(
            came=f"the split {split!r} of {name!r}",
            expected=f"one of {', '.join(builder.info.splits)}, or a slice of one",
            remedy=f"Write for instance tfds:{builder.name}/{next(iter(builder.info.splits), 'train')}[:100].",
        ) from error


def _picture(image: np.ndarray) -> PIL.Image.Image:
    return PIL.Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)

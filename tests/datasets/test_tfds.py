"""TensorFlow Datasets, on small data sets that the tests prepare themselves; nothing is downloaded."""

import numpy as np
import pytest

from keras_invariance.datasets import load
from keras_invariance.errors import DataError

GENERATOR = np.random.default_rng(0)
FIXED = GENERATOR.integers(0, 256, (9, 6, 5, 3), np.uint8)
GREY = GENERATOR.integers(0, 256, (4, 3, 3, 1), np.uint8)
FLOATS = GENERATOR.normal(size=(4, 3, 3, 1)).astype(np.float32)
RAGGED = [FIXED[0], FIXED[1, :4], FIXED[2, :, :3]]
LABELS = np.arange(9) % 3


@pytest.fixture(scope="module", autouse=True)
def prepared(tmp_path_factory):
    """Small data sets in a folder of their own, known by name: `fixed`, `ragged`, `floats`, `words`."""
    tensorflow_datasets = pytest.importorskip("tensorflow_datasets")
    from tensorflow_datasets import features

    folder = tmp_path_factory.mktemp("tfds")
    label = features.ClassLabel(names=["low", "mid", "high"])
    tables = {
        "fixed": ({"image": features.Image(shape=(6, 5, 3)), "label": label}, {"image": FIXED, "label": LABELS}),
        "grey": ({"picture": features.Image(shape=(3, 3, 1))}, {"picture": GREY}),
        "ragged": (
            {"image": features.Image(shape=(None, None, 3)), "label": label},
            {"image": RAGGED, "label": LABELS},
        ),
        "floats": ({"image": features.Image(shape=(3, 3, 1), dtype=np.float32)}, {"image": FLOATS}),
        "words": ({"text": features.Text()}, {"text": ["a", "b"]}),
    }
    for name, (kinds, columns) in tables.items():
        rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=False)]
        tensorflow_datasets.dataset_builders.store_as_tfds_dataset(
            name=f"small_{name}",
            version="1.0.0",
            features=features.FeaturesDict(kinds),
            split_datasets={"test": list(enumerate(rows))},
            data_dir=folder,
            disable_shuffling=True,
        )
    tensorflow_datasets.core.add_data_dir(folder)


def test_bytes_become_values_from_0_to_1():
    dataset = load("tfds:small_fixed/test")
    assert (len(dataset), dataset.shape, dataset.classes) == (9, (6, 5, 3), ("low", "mid", "high"))
    np.testing.assert_array_equal(dataset.images, (FIXED / 255.0).astype(np.float32))
    np.testing.assert_array_equal(dataset.labels, LABELS)
    assert dataset.encoding.text == "values in [0, 1], stored / 255"


def test_an_image_by_another_name_without_classes_is_found():
    dataset = load("tfds:small_grey/test")
    np.testing.assert_array_equal(dataset.images, (GREY / 255.0).astype(np.float32))
    assert dataset.labels is None
    assert dataset.classes is None
    assert next(dataset.batches(2))[1] is None


def test_floats_are_taken_as_they_are_and_their_range_is_found():
    dataset = load("tfds:small_floats/test")
    np.testing.assert_array_equal(dataset.images, FLOATS)
    assert (dataset.encoding.low, dataset.encoding.high) == (FLOATS.min(), FLOATS.max())


@pytest.mark.parametrize("size", [1, 4, 50])
@pytest.mark.parametrize("part", [slice(None), slice(2, 7), slice(1, None, 3), slice(5, 5)])
def test_parts_are_streamed_in_their_stored_order(part, size):
    dataset = load("tfds:small_fixed/test")[part]
    batches = list(dataset.batches(size))
    assert all(len(images) <= size for images, _ in batches)
    images = np.concatenate([np.empty((0, 6, 5, 3), np.float32), *[images for images, _ in batches]])
    np.testing.assert_array_equal(images, (FIXED[part] / 255.0).astype(np.float32))
    np.testing.assert_array_equal(dataset.labels, LABELS[part])


@pytest.mark.parametrize(
    ("spelled", "part"),
    [
        ("[:4]", slice(4)),
        ("[4:6]", slice(4, 6)),
        ("[-2:]", slice(7, 9)),
        ("[:33%]", slice(3)),
        ("[:2]+test[7:]", [0, 1, 7, 8]),
    ],
)
def test_a_slice_may_follow_the_split(spelled, part):
    dataset = load(f"tfds:small_fixed/test{spelled}")
    assert dataset.name == f"tfds:small_fixed/test{spelled}"
    np.testing.assert_array_equal(dataset.images, (FIXED[part] / 255.0).astype(np.float32))


def test_different_sizes_are_an_error_until_a_size_is_asked_for():
    with pytest.raises(DataError, match=r"\(None, None, 3\).*tfds:small_ragged/test@224x224"):
        load("tfds:small_ragged/test")
    dataset = load("tfds:small_ragged/test@4x3")
    assert dataset.images.shape == (3, 4, 3, 3)
    assert [len(images) for images, _ in dataset.batches(2)] == [2, 1]
    assert dataset.labels.tolist() == [0, 1, 2]
    assert load("tfds:small_grey/test@2x2").shape == (2, 2, 1)


def test_a_size_that_fits_keeps_the_pixels():
    np.testing.assert_array_equal(
        load("tfds:small_fixed/test", size=(6, 5)).images, load("tfds:small_fixed/test").images
    )


def test_a_size_for_floats_is_an_error():
    with pytest.raises(DataError, match=r"small_floats.*float32.*Leave the size out"):
        load("tfds:small_floats/test@2x2")


def test_fingerprints_differ_by_data_set_split_and_size():
    names = (
        "fixed/test",
        "fixed/test[:4]",
        "fixed/test+test",
        "fixed/test[:2]+test[7:]",
        "fixed/test[:33%]",
        "fixed/test@3x3",
        "grey/test",
    )
    prints = [load(f"tfds:small_{name}").fingerprint for name in names]
    assert len(set(prints)) == len(prints)
    assert prints[0] == load("tfds:small_fixed/test").fingerprint


def test_an_unknown_name_is_an_error():
    with pytest.raises(DataError, match=r"tfds:no_such_thing/test.*not found.*catalog"):
        load("tfds:no_such_thing/test")


@pytest.mark.parametrize("split", ["train", "test[::3]", "test[1]", "test[:2"])
def test_an_unknown_split_is_an_error_that_lists_the_right_ones(split):
    with pytest.raises(DataError) as caught:
        load(f"tfds:small_fixed/{split}")
    assert f"'{split}' of 'tfds:small_fixed/{split}'" in str(caught.value)
    assert "one of test" in str(caught.value)
    assert "small_fixed/test[:100]" in str(caught.value)


@pytest.mark.parametrize("name", ["tfds:small_fixed", "tfds:"])
def test_a_name_without_a_split_is_an_error(name):
    with pytest.raises(DataError, match=rf"'{name}'.*tfds:NAME/SPLIT.*after a slash"):
        load(name)


def test_data_without_images_are_an_error():
    with pytest.raises(DataError, match=r"small_words/test' with text.*an image.*data set of images"):
        load("tfds:small_words/test")


def test_a_failed_download_is_an_error_that_says_what_to_do(monkeypatch):
    import tensorflow_datasets

    def unreachable(_):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(tensorflow_datasets.core.DatasetBuilder, "download_and_prepare", unreachable)
    with pytest.raises(DataError, match=r"no route to host.*TFDS_DATA_DIR"):
        load("tfds:small_fixed/test")

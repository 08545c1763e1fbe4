"""Images from `.npz`: both spellings of the arrays, compressed or not, streamed, and every kind of damage."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from keras_invariance.datasets import load
from keras_invariance.datasets.npz import npz_splits
from keras_invariance.errors import DataError

GENERATOR = np.random.default_rng(0)
BYTES = GENERATOR.integers(0, 256, (11, 6, 5, 3), np.uint8)
FLOATS = GENERATOR.normal(size=(11, 6, 5)).astype(np.float32)
LABELS = np.arange(11) % 4


@pytest.fixture
def saved(tmp_path):
    def save(compress=False, **arrays):
        path = tmp_path / "images.npz"
        (np.savez_compressed if compress else np.savez)(path, **arrays)
        return str(path)

    return save


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("keys", [("images", "labels"), ("x", "y")])
def test_bytes_become_values_from_0_to_1(saved, compress, keys):
    dataset = load(saved(compress, **dict(zip(keys, (BYTES, LABELS), strict=True))))
    np.testing.assert_array_equal(dataset.images, (BYTES / 255.0).astype(np.float32))
    np.testing.assert_array_equal(dataset.labels, LABELS)
    assert dataset.encoding.text == "values in [0, 1], stored / 255"


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16, ">f4"])
def test_floats_are_taken_as_they_are_and_their_range_is_found(saved, dtype):
    stored = FLOATS.astype(dtype)
    dataset = load(saved(images=stored))
    assert dataset.shape == (6, 5, 1)
    np.testing.assert_array_equal(dataset.images[..., 0], stored.astype(np.float32))
    assert (dataset.encoding.low, dataset.encoding.high) == (dataset.images.min(), dataset.images.max())
    assert dataset.encoding.text.endswith("as stored")
    assert dataset.labels is None


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("part", [slice(4, 9), slice(1, None, 3), slice(3, 3)])
@pytest.mark.parametrize("size", [2, 100])
def test_parts_are_streamed(saved, compress, part, size):
    dataset = load(saved(compress, images=BYTES, labels=LABELS[:, np.newaxis]))[part]
    batches = list(dataset.batches(size))
    images = np.concatenate([np.empty((0, 6, 5, 3), np.float32), *[images for images, _ in batches]])
    np.testing.assert_array_equal(images, (BYTES[part] / 255.0).astype(np.float32))
    np.testing.assert_array_equal(np.concatenate([LABELS[:0], *[labels for _, labels in batches]]), LABELS[part])


def test_splits_are_named_after_a_slash(saved):
    path = saved(x_train=BYTES, y_train=LABELS, x_test=BYTES[:3], y_test=LABELS[:3])
    assert (len(load(f"{path}/train")), len(load(f"{path}/test"))) == (11, 3)
    assert load(f"{path}/test").labels.tolist() == [0, 1, 2]
    with pytest.raises(DataError, match=r"x_test, x_train, y_test.*Choose a split: .*npz/test, .*npz/train"):
        load(path)
    with pytest.raises(DataError, match="images_validation or x_validation"):
        load(f"{path}/validation")


def test_a_colon_names_a_split_too(saved):
    path = saved(x_train=BYTES, y_train=LABELS, x_test=BYTES[:3], y_test=LABELS[:3])
    assert load(f"{path}:test").fingerprint == load(f"{path}/test").fingerprint
    assert len(load(f"{path}:train[:5]")) == 5


def test_the_splits_are_known_without_reading_an_image(saved, tmp_path):
    assert npz_splits(Path(saved(x_train=BYTES, y_train=LABELS, x_test=BYTES, other=LABELS))) == ("test", "train")
    assert npz_splits(Path(saved(x=BYTES, x_test=BYTES))) == ()
    assert npz_splits(Path(saved(weights=BYTES))) == ()
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(DataError, match="damaged"):
        npz_splits(tmp_path / "text.npz")


def test_the_fingerprint_is_that_of_the_content(saved):
    first = load(saved(images=BYTES)).fingerprint
    assert load(saved(images=BYTES, other=LABELS)).fingerprint == first
    assert load(saved(images=BYTES[::-1])).fingerprint != first


def test_a_pickled_archive_is_an_error_and_is_not_unpickled(saved):
    ragged = np.array([np.zeros((2, 2)), np.zeros((3, 3))], dtype=object)
    with pytest.raises(DataError, match=r"'images' of .*pickle.*np\.stack"):
        load(saved(images=ragged))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinite_values_are_an_error(saved, bad):
    images = FLOATS.copy()
    images[5, 2, 2] = bad
    with pytest.raises(DataError, match=r"NaN or infinite values among images 0 to 10 of .*npz"):
        load(saved(images=images))


@pytest.mark.parametrize("shape", [(4,), (0, 5, 5), (4, 0)])
def test_a_shape_that_is_not_of_images_is_an_error(saved, shape):
    with pytest.raises(DataError, match=r"shape \(.*expected images of shape \[n, h, w\].*channels last"):
        load(saved(images=np.zeros(shape, np.uint8)))


@pytest.mark.parametrize("dtype", [np.int64, np.uint16, complex, bool])
def test_numbers_without_a_known_range_are_an_error(saved, dtype):
    with pytest.raises(DataError, match=rf"{np.dtype(dtype)}.*uint8.*Convert"):
        load(saved(images=np.zeros((2, 3, 3), dtype)))


def test_labels_that_do_not_fit_are_an_error(saved):
    with pytest.raises(DataError, match=r"'labels' of float64, shape \(11, 4\).*argmax"):
        load(saved(images=BYTES, labels=np.eye(4)[LABELS]))


def test_fortran_order_is_an_error(saved):
    with pytest.raises(DataError, match=r"Fortran order.*ascontiguousarray"):
        load(saved(images=np.asfortranarray(BYTES)))


def test_an_archive_without_images_is_an_error(saved):
    with pytest.raises(DataError, match=r"arrays pictures in .*images or x.*np\.savez"):
        load(saved(pictures=BYTES))


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"none\.npz.*Check the path"):
        load(str(tmp_path / "none.npz"))


@pytest.mark.parametrize("content", [b"", b"not an archive", b"PK\x03\x04"])
def test_a_file_that_is_no_archive_is_an_error(tmp_path, content):
    path = tmp_path / "broken.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"broken\.npz.*damaged.*Copy or save it again"):
        load(str(path))


@pytest.mark.parametrize("compress", [False, True])
def test_a_truncated_archive_is_an_error(saved, tmp_path, compress):
    whole = saved(compress, images=BYTES)
    path = tmp_path / "cut.npz"
    with open(whole, "rb") as stream:  # noqa: PTH123
        path.write_bytes(stream.read()[:-400])
    with pytest.raises(DataError, match=r"cut\.npz.*damaged"):
        load(str(path))


def test_changed_bytes_are_an_error(saved, tmp_path):
    content = bytearray((tmp_path / saved(images=BYTES)).read_bytes())
    content[600] ^= 1
    path = tmp_path / "changed.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"changed\.npz.*CRC"):
        load(str(path)).images  # noqa: B018


def test_an_array_shorter_than_its_header_says_is_an_error(saved, tmp_path):
    with zipfile.ZipFile(saved(images=BYTES)) as archive:
        content = archive.read("images.npy")
    with zipfile.ZipFile(tmp_path / "short.npz", "w") as archive:
        archive.writestr("images.npy", content[:-10])
    with pytest.raises(DataError, match=r"ends 10 bytes early.*\(11, 6, 5, 3\)"):
        load(str(tmp_path / "short.npz")).images  # noqa: B018


def test_a_member_that_is_no_array_is_an_error(tmp_path):
    with zipfile.ZipFile(tmp_path / "text.npz", "w") as archive:
        archive.writestr("images.npy", "hello, this is text")
    with pytest.raises(DataError, match=r"'images' of .*magic string.*np\.savez"):
        load(str(tmp_path / "text.npz"))

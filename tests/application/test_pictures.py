"""Images named on the command line."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_invariance.application.pictures import parsed_encoding, pictures
from keras_invariance.errors import DataError, ImageError, InvarianceError

SHAPE, PLAIN = (2, 2, 1), (0.0, 1.0)


def drawn(path: Path, pixels: list[list[int]]) -> str:
    """A grey picture file."""
    Image.fromarray(np.array(pixels, np.uint8)).save(path)
    return str(path)


def test_a_picture_is_read_into_the_encoding(tmp_path: Path):
    source = drawn(tmp_path / "cat.png", [[0, 255], [51, 0]])
    (picture,) = pictures([source], SHAPE, (-1.0, 1.0))
    # black 0 -> -1, white 255 -> 1, 51 = a fifth of the way: -1 + 2 / 5 = -0.6
    np.testing.assert_allclose(picture.image[..., 0], [[-1, 1], [-0.6, -1]], rtol=1e-6)
    assert picture.name == "cat"
    assert picture.image.dtype == np.float32


def test_a_grey_picture_fits_a_coloured_network_of_another_size(tmp_path: Path):
    source = drawn(tmp_path / "cat.png", [[255, 255], [255, 255]])
    (picture,) = pictures([source], (5, 3, 3), PLAIN)
    np.testing.assert_array_equal(picture.image, np.ones((5, 3, 3)))


def test_an_array_is_taken_as_it_is(tmp_path: Path):
    image = np.array([[[-7.0], [2.0]], [[0.0], [300.0]]], np.float32)
    np.save(tmp_path / "one.npy", image)
    (picture,) = pictures([str(tmp_path / "one.npy")], SHAPE, (-1.0, 1.0))
    np.testing.assert_array_equal(picture.image, image)


def test_a_batch_gives_one_image_each(tmp_path: Path):
    images = np.arange(12, dtype=np.float32).reshape(3, *SHAPE)
    np.save(tmp_path / "many.npy", images)
    found = pictures([str(tmp_path / "many.npy")], SHAPE, PLAIN)
    assert [picture.name for picture in found] == ["many-0", "many-1", "many-2"]
    np.testing.assert_array_equal([picture.image for picture in found], images)


def test_a_sample_of_a_data_set_is_found_by_its_index():
    from keras_invariance.datasets import load

    (picture,) = pictures(["mnist/test:5"], (28, 28, 1), PLAIN)
    assert picture.name == "mnist-test-5"
    np.testing.assert_array_equal(picture.image, load("mnist/test")[5:6].images[0])


def test_rows_of_a_data_set_are_images_too():
    found = pictures(["mnist/test[3:5]"], (28, 28, 1), (0.0, 2.0))
    (fourth,) = pictures(["mnist/test:4"], (28, 28, 1), PLAIN)
    assert len(found) == 2
    np.testing.assert_array_equal(found[1].image, 2 * fourth.image)


def test_equal_names_are_told_apart(tmp_path: Path):
    (tmp_path / "b").mkdir()
    sources = [drawn(tmp_path / name, [[0, 0], [0, 0]]) for name in ("cat.png", "b/cat.png", "cat-2.png")]
    assert [picture.name for picture in pictures(sources, SHAPE, PLAIN)] == ["cat", "cat-2", "cat-2-2"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.png", b"", "empty.png"),
        ("text.png", b"no picture", "text.png"),
        ("cut.png", "half", "cut.png"),
        ("empty.npy", b"", "empty.npy"),
        ("text.npy", b"no array", "text.npy"),
    ],
)
def test_a_damaged_file_is_named(tmp_path: Path, name: str, content: bytes | str, said: str):
    path = tmp_path / name
    if content == "half":
        noise = np.random.default_rng(0).integers(0, 256, (64, 64)).tolist()
        content = Path(drawn(tmp_path / "whole.png", noise)).read_bytes()[:1000]
    path.write_bytes(content)
    with pytest.raises(InvarianceError, match=said):
        pictures([str(path)], SHAPE, PLAIN)


def test_nan_is_refused(tmp_path: Path):
    np.save(tmp_path / "nan.npy", np.full(SHAPE, np.nan, np.float32))
    with pytest.raises(ImageError, match=r"4 values that are NaN.*np\.nan_to_num"):
        pictures([str(tmp_path / "nan.npy")], SHAPE, PLAIN)


@pytest.mark.parametrize("source", ["missing.png", "missing.npy"])
def test_a_picture_that_is_not_there_is_called_a_picture(source: str):
    with pytest.raises(DataError, match=rf"the picture '{source}', which does not exist; expected a picture file"):
        pictures([source], SHAPE, PLAIN)


@pytest.mark.parametrize("source", ["missing.png", "mnist/test:ten", "folder:nowhere"])
def test_what_does_not_exist_is_named(source: str):
    with pytest.raises(DataError, match=source.removeprefix("folder:")):
        pictures([source], SHAPE, PLAIN)


def test_an_index_beyond_the_data_set_is_refused():
    with pytest.raises(DataError, match=r"mnist/test:10000; expected a sample from 0 to 9999"):
        pictures(["mnist/test:10000"], (28, 28, 1), PLAIN)


def test_a_picture_does_not_fit_a_network_that_reads_rows(tmp_path: Path):
    source = drawn(tmp_path / "cat.png", [[0]])
    with pytest.raises(ImageError, match=r"\(784,\).*np\.save"):
        pictures([source], (784,), PLAIN)


@pytest.mark.parametrize("text", ["0", "0,1,2", "a,b", "1,1", "0,inf", ""])
def test_an_encoding_is_two_different_numbers(text: str):
    with pytest.raises(ImageError, match=rf"--encoding {text};.*--encoding=-1,1"):
        parsed_encoding(text)


def test_an_encoding_is_read():
    assert parsed_encoding("-1,1") == (-1.0, 1.0)

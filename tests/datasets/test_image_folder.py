"""A folder of pictures: order, classes, colour, depth, size, and every kind of damage."""

import numpy as np
import PIL.Image
import pytest

from keras_invariance.datasets import load
from keras_invariance.errors import DataError

GENERATOR = np.random.default_rng(0)


def pixels(height=6, width=5, channels=3):
    return GENERATOR.integers(0, 256, (height, width, channels), np.uint8).squeeze()


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    PIL.Image.fromarray(array).save(path, **options)
    return array


def test_pictures_come_in_the_order_of_their_names_in_0_to_1(tmp_path):
    b, a = save(tmp_path / "b.png", pixels()), save(tmp_path / "a.PNG", pixels())
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / ".hidden.png").write_bytes(b"")
    dataset = load(f"folder:{tmp_path}")
    np.testing.assert_array_equal(dataset.images, (np.stack([a, b]) / 255.0).astype(np.float32))
    assert dataset.images.dtype == np.float32
    assert dataset.labels is None
    assert dataset.encoding.text == "values in [0, 1], stored / 255"


def test_a_path_alone_names_the_folder_too(tmp_path):
    save(tmp_path / "a.png", pixels())
    np.testing.assert_array_equal(load(tmp_path).images, load(f"folder:{tmp_path}").images)


def test_folders_are_classes_in_the_order_of_their_names(tmp_path):
    for name in ("dog/2.png", "cat/1.png", "cat/deeper/0.png", "dog/1.png"):
        save(tmp_path / name, pixels())
    dataset = load(tmp_path)
    assert dataset.classes == ("cat", "dog")
    assert dataset.labels.tolist() == [0, 0, 1, 1]
    assert dataset[1:3].labels.tolist() == [0, 1]
    assert [labels.tolist() for _, labels in dataset.batches(3)] == [[0, 0, 1], [1]]


def test_grey_pictures_have_one_channel_and_become_colour_beside_colour(tmp_path):
    grey = save(tmp_path / "grey.png", pixels(channels=1))
    assert load(tmp_path).shape == (6, 5, 1)
    save(tmp_path / "colour.png", pixels())
    dataset = load(tmp_path)
    assert dataset.shape == (6, 5, 3)
    np.testing.assert_array_equal(dataset.images[1], (np.stack([grey] * 3, axis=2) / 255.0).astype(np.float32))


def test_sixteen_bits_are_kept(tmp_path):
    deep = GENERATOR.integers(0, 65536, (6, 5), np.uint16)
    save(tmp_path / "deep.png", deep)
    np.testing.assert_array_equal(load(tmp_path).images[0, ..., 0], (deep / 65535.0).astype(np.float32))
    assert load(tmp_path, size=(3, 5, 3)).shape == (3, 5, 3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK"])
def test_every_common_mode_is_read(tmp_path, mode):
    PIL.Image.fromarray(pixels()).convert(mode).save(tmp_path / "one.tiff")
    dataset = load(tmp_path)
    assert dataset.shape == (6, 5, 1 if mode in {"1", "L", "LA"} else 3)
    assert dataset.images.max() > 0.5


def test_floating_point_pictures_are_an_error(tmp_path):
    save(tmp_path / "float.tiff", np.zeros((3, 3), np.float32))
    with pytest.raises(DataError, match=r"float\.tiff.*mode F.*\.npz"):
        load(tmp_path)


def test_a_picture_is_turned_upright(tmp_path):
    exif = PIL.Image.Exif()
    exif[274] = 6  # orientation: turn a quarter clockwise to see it upright
    array = save(tmp_path / "turned.png", pixels(), exif=exif)
    dataset = load(tmp_path)
    assert dataset.shape == (5, 6, 3)
    np.testing.assert_array_equal(dataset.images[0], (np.rot90(array, -1) / 255.0).astype(np.float32))


def test_different_sizes_are_an_error_until_a_size_is_asked_for(tmp_path):
    save(tmp_path / "a.png", pixels(6, 5))
    save(tmp_path / "b.png", pixels(8, 9))
    with pytest.raises(DataError, match=r"a\.png of 6x5 and b\.png of 8x9.*@6x5"):
        load(tmp_path)
    assert load(f"folder:{tmp_path}@4x7").images.shape == (2, 4, 7, 3)
    assert load(tmp_path, size=(4, 7, 1)).images.shape == (2, 4, 7, 1)
    assert load(f"{tmp_path}[:1]@4x7x3").images.shape == (1, 4, 7, 3)


def test_a_resized_picture_is_cut_at_its_centre_not_squeezed(tmp_path):
    # 4 x 8 to 4 x 4 keeps the height, so columns 2 to 5 remain as they are.
    array = save(tmp_path / "wide.png", pixels(4, 8))
    expected = (array[:, 2:6] / 255.0).astype(np.float32)
    np.testing.assert_array_equal(load(tmp_path, size=(4, 4)).images[0], expected)


@pytest.mark.parametrize("size", [(4,), (0, 4), (4, 4, 2), (4, 4, 3, 1)])
def test_a_size_that_no_picture_has_is_an_error(tmp_path, size):
    save(tmp_path / "a.png", pixels())
    with pytest.raises(DataError, match=f"the size {'x'.join(map(str, size))}.*224x224x3"):
        load(tmp_path, size=size)


def test_the_fingerprint_is_that_of_the_content_and_the_size(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    array = save(first / "a.png", pixels())
    save(second / "a.png", array)
    assert load(first).fingerprint == load(second).fingerprint
    assert load(first, size=(3, 3)).fingerprint != load(first).fingerprint
    save(second / "a.png", array // 2)
    assert load(first).fingerprint != load(second).fingerprint


def test_an_empty_folder_is_an_error(tmp_path):
    (tmp_path / "class").mkdir()
    with pytest.raises(DataError, match=r"without a picture.*\.png.*Name the folder"):
        load(tmp_path)


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"nowhere.*Check the path"):
        load(f"folder:{tmp_path}/nowhere")


def test_pictures_beside_classes_are_an_error(tmp_path):
    save(tmp_path / "cat" / "a.png", pixels())
    save(tmp_path / "loose.png", pixels())
    with pytest.raises(DataError, match=r"'loose\.png' beside folders.*Move it"):
        load(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello, this is text"])
def test_a_file_that_is_no_picture_is_an_error(tmp_path, content):
    (tmp_path / "bad.png").write_bytes(content)
    with pytest.raises(DataError, match=rf"bad\.png' of {len(content)} bytes.*Replace it or take it out"):
        load(tmp_path)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp", "tiff", "gif"])
@pytest.mark.parametrize("keep", [0.3, 0.8])
def test_a_truncated_picture_is_an_error(tmp_path, ending, keep):
    path = tmp_path / f"cut.{ending}"
    save(path, pixels(64, 64))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(DataError, match=rf"cut\.{ending}.*cannot be read.*Replace it"):
        load(tmp_path).images  # noqa: B018


def test_named_pictures_come_in_their_own_order(tmp_path):
    a, b = save(tmp_path / "x" / "a.png", pixels()), save(tmp_path / "b.png", pixels())
    dataset = load(f"pictures:{tmp_path / 'b.png'}|{tmp_path / 'x' / 'a.png'}")
    np.testing.assert_array_equal(dataset.images, (np.stack([b, a]) / 255.0).astype(np.float32))
    assert dataset.labels is None
    assert dataset.fingerprint != load(f"pictures:{tmp_path / 'b.png'}").fingerprint
    assert load(f"pictures:{tmp_path / 'b.png'}@4x4").shape == (4, 4, 3)


def test_a_named_picture_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(DataError, match=r"nothing.png.*exists"):
        load(f"pictures:{tmp_path / 'nothing.png'}")

"""Files that appear whole or not at all."""

from pathlib import Path

import pytest

from keras_invariance.cli.files import replaced
from keras_invariance.errors import DataError


def test_a_file_appears_when_the_block_ends_and_folders_are_made(tmp_path: Path):
    out = tmp_path / "a" / "b.bin"
    with replaced(out) as partial:
        partial.write_bytes(b"whole")
        assert not out.exists()
    assert out.read_bytes() == b"whole"
    assert list(out.parent.iterdir()) == [out]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path):
    out = tmp_path / "b.bin"
    out.write_bytes(b"old")
    with pytest.raises(ZeroDivisionError), replaced(out) as partial:  # noqa: PT012  the block is what is tested
        partial.write_bytes(b"half")
        raise ZeroDivisionError
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_replaces_a_saved_model(tmp_path: Path):
    out = tmp_path / "twin"
    out.mkdir()
    (out / "saved_model.pb").write_bytes(b"old")
    with replaced(out) as partial:
        partial.mkdir()
        (partial / "saved_model.pb").write_bytes(b"new")
    assert (out / "saved_model.pb").read_bytes() == b"new"


def test_a_folder_of_other_files_is_left_alone(tmp_path: Path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(DataError, match=r"a folder with other files in it.*Choose another --out"), replaced(tmp_path):
        pass
    assert (tmp_path / "thesis.tex").exists()


def test_a_place_that_cannot_be_written_is_an_error_in_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot be written.*Choose another --out"), replaced(tmp_path / "file" / "x"):
        pass


def test_a_file_does_not_replace_a_folder(tmp_path: Path):
    out = tmp_path / "empty"
    out.mkdir()
    with pytest.raises(DataError, match=r"empty, which cannot be written"), replaced(out) as partial:
        partial.touch()
    assert list(tmp_path.iterdir()) == [out]


def test_an_error_of_the_work_itself_is_not_taken_for_one_of_writing(tmp_path: Path):
    with pytest.raises(ConnectionError), replaced(tmp_path / "x"):
        raise ConnectionError

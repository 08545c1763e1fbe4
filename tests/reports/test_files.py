"""Files that appear whole or not at all."""

import pytest

from keras_invariance.errors import OutputError
from keras_invariance.reports.files import result_folder, write_bytes, write_text


def test_a_file_is_replaced_and_nothing_else_is_left(tmp_path):
    write_text(tmp_path / "a.txt", "old")
    write_text(tmp_path / "a.txt", "neu\n")
    assert (tmp_path / "a.txt").read_bytes() == b"neu\n"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_failed_write_keeps_the_old_file(tmp_path):
    write_bytes(tmp_path / "a.txt", b"old")
    with pytest.raises(TypeError):
        write_bytes(tmp_path / "a.txt", "no bytes")  # type: ignore[arg-type]
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_folder_is_made_with_its_parents(tmp_path):
    assert result_folder(tmp_path / "a" / "b").is_dir()


def test_a_file_in_the_folders_place_is_an_error(tmp_path):
    (tmp_path / "paper").write_text("here first")
    with pytest.raises(OutputError, match=r"paper .*File exists.*--out"):
        result_folder(tmp_path / "paper")

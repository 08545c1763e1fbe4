"""Places that commands write to."""

from pathlib import Path

import pytest

from keras_invariance.cli.files import check_writable, writing
from keras_invariance.errors import DataError


def test_a_good_place_is_left_as_it_is_and_its_folder_made(tmp_path: Path):
    check_writable(tmp_path / "a" / "b.npz")
    assert list((tmp_path / "a").iterdir()) == []


def test_a_file_and_a_saved_model_may_be_replaced(tmp_path: Path):
    (tmp_path / "saved_model.pb").touch()
    check_writable(tmp_path)
    check_writable(tmp_path / "saved_model.pb")


def test_a_folder_of_other_files_is_refused(tmp_path: Path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(DataError, match=r"a folder with other files in it.*Choose another --out"):
        check_writable(tmp_path)


def test_a_place_below_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"file/x, which cannot be written.*Choose another --out"):
        check_writable(tmp_path / "file" / "x")


def test_an_error_of_writing_names_the_place(tmp_path: Path):
    with pytest.raises(DataError, match=r"full, which cannot be written \(No space left\)"), writing(tmp_path / "full"):
        raise OSError(28, "No space left")


def test_other_errors_pass(tmp_path: Path):
    with pytest.raises(ZeroDivisionError), writing(tmp_path):
        raise ZeroDivisionError

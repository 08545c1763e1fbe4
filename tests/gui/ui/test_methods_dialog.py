"""Choosing a row's method: the catalogue's, or the place of somebody else's function."""

import sys

from PyQt6.QtWidgets import QDialogButtonBox, QLineEdit

from keras_invariance.gui.model.question import Row
from keras_invariance.gui.ui.methods_dialog import RowDialog


def options(dialog: RowDialog) -> QLineEdit:
    return next(field for field in dialog.findChildren(QLineEdit) if field.accessibleName() == "options")


def test_a_place_is_typed_with_its_options_and_nothing_is_imported(qtbot):
    dialog = RowDialog(Row("gradient"))
    qtbot.addWidget(dialog)
    dialog.method.setEditText("antigravity:fly")
    options(dialog).setText("size=14, rate=0.5, deep=True, kind=mean, window=(1; 2)")
    told = (("size", 14), ("rate", 0.5), ("deep", True), ("kind", "mean"), ("window", "(1; 2)"))
    assert dialog.row == Row("antigravity:fly", told, named=True)
    assert "antigravity" not in sys.modules


def test_a_name_that_is_none_yet_cannot_be_chosen(qtbot):
    dialog = RowDialog(Row("gradient"))
    qtbot.addWidget(dialog)
    button = dialog.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Ok)
    dialog.method.setEditText("somewh")
    assert not button.isEnabled()
    assert "package.module:function" in dialog.about.text()
    dialog.method.setEditText("lrp-epsilon")
    assert button.isEnabled()
    assert dialog.row == Row("lrp-epsilon")


def test_a_row_of_somebody_elses_is_edited_with_what_it_has(qtbot):
    dialog = RowDialog(Row("somewhere:mine", (("size", 14), ("kind", "mean"))))
    qtbot.addWidget(dialog)
    assert options(dialog).text() == "size=14, kind='mean'"
    assert dialog.row == Row("somewhere:mine", (("size", 14), ("kind", "mean")), named=True)

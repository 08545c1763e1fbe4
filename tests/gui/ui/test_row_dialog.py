"""The dialog of one row: what is chosen there is a row that the engine takes."""

import pytest
from PyQt6.QtWidgets import QCheckBox, QLineEdit

from keras_invariance.gui.model.question import Row
from keras_invariance.gui.ui.methods_dialog import RowDialog
from keras_invariance.methods.catalogue import METHODS


@pytest.mark.parametrize("method", METHODS)
def test_a_row_left_as_it_is_has_no_options(qtbot, method):
    dialog = RowDialog(Row(method))
    qtbot.addWidget(dialog)
    assert dialog.row.method == method
    needed = (("background", "mnist/train[:32]"),) if "background" in METHODS[method].options else ()
    assert dialog.row.options == needed


def test_a_layer_and_a_sign_are_chosen_and_come_back(qtbot):
    dialog = RowDialog(Row("grad-cam"))
    qtbot.addWidget(dialog)
    fields = dialog.findChildren(QLineEdit), dialog.findChildren(QCheckBox)
    (layer,), (signed,) = ([one for one in found if one.accessibleName()] for found in fields)
    layer.setText(" conv2d_1 ")
    signed.setChecked(True)
    assert dialog.row == Row("grad-cam", (("layer", "conv2d_1"), ("signed", True)))
    again = RowDialog(dialog.row)
    qtbot.addWidget(again)
    assert again.row == dialog.row

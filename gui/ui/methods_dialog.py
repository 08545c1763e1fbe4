"""Choosing a method and its options, with the catalogue's own words about both; or typing somebody else's.

The window imports nobody's function: of one that is not the catalogue's it knows the name, and the engine the rest.
"""

from ast import literal_eval
from pathlib import Path
from typing import TypeAlias

from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from keras_invariance.application import METHODS, REQUIRED, entry_point_names, is_name

from ..model.question import Row

HIDDEN = {"batch_size", "reference", "value", "patterns", "low", "high"}
"""Options that no row carries: memory is the engine's business, and the rest have controls of their own or none."""

REFERENCES = ("zero", "black", "transformed")
ESTIMATORS = ("positive", "published", "linear")
CHOICES = {
    "background": ("mnist/train[:32]", "mnist/train[:128]"),
    "bias": ("absorb", "ignore"),
    "segments": ("slic", "grid"),
    "base": tuple(
        name for name, one in METHODS.items() if REQUIRED not in one.options.values() and "base" not in one.options
    ),
}
BY_SIZE = {"window", "stride", "cell"}
"""Options in pixels that follow the input's size where they are not told."""

LARGEST = {"steps": 1024, "samples": 1024, "seed": 2**31 - 1}


Field: TypeAlias = QSpinBox | QDoubleSpinBox | QComboBox | QCheckBox | QLineEdit


class RowDialog(QDialog):
    """One row: its method and options."""

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A row of maps")
        self.method = QComboBox(self)
        self.method.setEditable(True)
        self.method.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.method.addItems([*METHODS, *(name for name in entry_point_names() if name not in METHODS)])
        self.method.setAccessibleName("Method")
        self.method.setToolTip("The method of this row, or package.module:function; what it does stands below")
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self._fields: dict[str, Field] = {}
        self.told = ""
        self._form = QFormLayout()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.method)
        layout.addWidget(self.about)
        layout.addLayout(self._form)
        layout.addStretch()
        layout.addWidget(buttons)
        self.resize(380, 320)
        self._buttons = buttons
        self.method.setCurrentText(row.method)
        self._build(row)
        self.method.currentTextChanged.connect(self._chosen)

    @property
    def row(self) -> Row:
        """The row as it is chosen; options at their default are left out."""
        name = self.method.currentText().strip()
        if name not in METHODS:
            return Row(name, _parsed(self.told), named=True)
        defaults = METHODS[name].options
        values = {key: _value(field) for key, field in self._fields.items()}
        own = tuple((key, value) for key, value in values.items() if key in defaults and value != defaults[key])
        chosen = {key: values[key] for key in ("reference", "estimator") if key in values}
        refitted = {"refitted": values["fit"] == "refitted"} if "fit" in values else {}
        options = tuple(pair for pair in own if pair[0] != "reference")
        return Row(name, options, **chosen, **refitted)  # type: ignore[arg-type]  # the fields' choices are the literals

    def _build(self, row: Row) -> None:
        while self._form.rowCount():
            self._form.removeRow(0)
        self._fields = {}
        if row.foreign:
            self._build_foreign(row)
            return
        method, given = METHODS[row.method], dict(row.options)
        self.about.setText(f"{method.about} <i>({method.source})</i>")
        for name, default in method.options.items():
            if name not in HIDDEN:
                self._add(name, _field(name, given.get(name, default)))
        if method.reference:
            self._add("reference", _choice(REFERENCES, row.reference or "zero"))
        if row.needs_patterns:
            self._add("estimator", _choice(ESTIMATORS, row.estimator))
            self._add("fit", _choice(("carried over", "refitted"), "refitted" if row.refitted else "carried over"))

    def _chosen(self, name: str) -> None:
        """Show a method's options; while a name is being typed there is none."""
        known = is_name(name.strip())
        ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        if ok is not None:
            ok.setEnabled(known)
        if known:
            self._build(Row(name.strip()))
        else:
            self.about.setText("No method has this name. A function of your own: package.module:function.")

    def _build_foreign(self, row: Row) -> None:
        """One line for the options, whose names the engine knows."""
        self.about.setText(f"Somebody else's: the engine imports it, from {Path.cwd()} too.")
        field = QLineEdit(", ".join(f"{name}={value!r}" for name, value in row.options))
        field.setAccessibleName("options")
        field.setPlaceholderText("size=14, deep=True")
        field.setToolTip("Options of the function, with commas")
        self.told = field.text()
        field.textChanged.connect(self._tell)
        self._form.addRow("options", field)

    def _tell(self, text: str) -> None:
        self.told = text

    def _add(self, name: str, field: Field) -> None:
        field.setAccessibleName(name)
        field.setToolTip(f"The option {name} of {self.method.currentText()}")
        self._fields[name] = field
        self._form.addRow(name, field)


def _parsed(text: str) -> tuple[tuple[str, bool | float | int | str], ...]:
    """Options as they are typed, name=value with commas; a value that is no number is a text."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    return tuple((name.strip(), _literal(value.strip())) for name, _, value in pairs)


def _literal(text: str) -> bool | float | int | str:
    try:
        value = literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, bool | float | int | str) else text


def _field(name: str, value: object) -> Field:
    if isinstance(value, bool):
        ticked = QCheckBox()
        ticked.setChecked(value)
        return ticked
    if name == "layer":
        text = QLineEdit("" if value is None else str(value))
        text.setPlaceholderText("the last one; names are under Network")
        return text
    if name in BY_SIZE:
        side = QSpinBox()
        side.setRange(0, 4096)
        side.setSpecialValueText("by the input's size")
        side.setValue(value if isinstance(value, int) else 0)
        return side
    if isinstance(value, int):
        whole = QSpinBox()
        whole.setRange(0 if name == "seed" else 1, LARGEST.get(name, 2**20))
        whole.setValue(value)
        return whole
    if isinstance(value, float):
        number = QDoubleSpinBox()
        number.setDecimals(6)
        number.setRange(0.0, 1e6)
        number.setValue(value)
        return number
    box = _choice(CHOICES.get(name, (str(value),)), str(value))
    box.setEditable(name == "background")
    return box


def _choice(choices: tuple[str, ...], value: str) -> QComboBox:
    box = QComboBox()
    box.addItems(list(choices))
    box.setCurrentText(value)
    return box


def _value(field: Field) -> bool | int | float | str | None:
    if isinstance(field, QCheckBox):
        return field.isChecked()
    if isinstance(field, QLineEdit):
        return field.text().strip() or None
    if isinstance(field, QSpinBox) and field.specialValueText():
        return field.value() or None
    return field.currentText() if isinstance(field, QComboBox) else field.value()

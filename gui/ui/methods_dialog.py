"""Choosing a method and its options, with the catalogue's own words about both."""

from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from keras_invariance.application import METHODS, REQUIRED

from ..model.question import Row

HIDDEN = {"batch_size", "reference", "patterns", "low", "high"}
"""Options that no row carries: memory is the engine's business, and the rest have controls of their own or none."""

REFERENCES = ("zero", "black", "transformed")
ESTIMATORS = ("positive", "published", "linear")
CHOICES = {
    "background": ("mnist/train[:32]", "mnist/train[:128]"),
    "bias": ("absorb", "ignore"),
    "base": tuple(
        name for name, one in METHODS.items() if REQUIRED not in one.options.values() and "base" not in one.options
    ),
}
LARGEST = {"steps": 1024, "samples": 1024, "seed": 2**31 - 1}


class RowDialog(QDialog):
    """One row: its method and options."""

    def __init__(self, row: Row, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("A row of maps")
        self.method = QComboBox(self)
        self.method.addItems(list(METHODS))
        self.method.setAccessibleName("Method")
        self.method.setToolTip("The method of this row; what it does stands below")
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self._fields: dict[str, QSpinBox | QDoubleSpinBox | QComboBox] = {}
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
        self.method.setCurrentText(row.method)
        self._build(row)
        self.method.currentTextChanged.connect(lambda name: self._build(Row(name)))

    @property
    def row(self) -> Row:
        """The row as it is chosen; options at their default are left out."""
        name = self.method.currentText()
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
        method, given = METHODS[row.method], dict(row.options)
        self.about.setText(f"{method.about} <i>({method.source})</i>")
        for name, default in method.options.items():
            if name not in HIDDEN:
                self._add(name, _field(name, given.get(name, default)))
        if "reference" in method.options:
            self._add("reference", _choice(REFERENCES, row.reference or "zero"))
        if row.needs_patterns:
            self._add("estimator", _choice(ESTIMATORS, row.estimator))
            self._add("fit", _choice(("carried over", "refitted"), "refitted" if row.refitted else "carried over"))

    def _add(self, name: str, field: QSpinBox | QDoubleSpinBox | QComboBox) -> None:
        field.setAccessibleName(name)
        field.setToolTip(f"The option {name} of {self.method.currentText()}")
        self._fields[name] = field
        self._form.addRow(name, field)


def _field(name: str, value: object) -> QSpinBox | QDoubleSpinBox | QComboBox:
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


def _value(field: QSpinBox | QDoubleSpinBox | QComboBox) -> int | float | str:
    return field.currentText() if isinstance(field, QComboBox) else field.value()

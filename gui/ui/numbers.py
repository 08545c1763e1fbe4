"""A number that is dragged or typed: a slider beside a field."""

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSlider, QWidget

STEPS = 1000


class Number(QWidget):
    """A slider and a field for one number.

    Signals
    -------
    moved
        The value, while the slider is dragged.
    settled
        The value, when the slider was let go or the field was edited.
    """

    moved = pyqtSignal(float)
    settled = pyqtSignal(float)

    def __init__(
        self, name: str, low: float, high: float, value: float, *, decimals: int = 2, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._high = low, high
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, STEPS)
        self.slider.setAccessibleName(f"{name}, slider")
        self.slider.setMinimumWidth(60)
        self.slider.setSingleStep(STEPS // 100)
        self.slider.setPageStep(STEPS // 10)
        self.field = QDoubleSpinBox(self)
        self.field.setRange(low, high)
        self.field.setDecimals(decimals)
        self.field.setSingleStep((high - low) / 20)
        self.field.setKeyboardTracking(False)
        self.field.setAccessibleName(name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.field)
        self.show_value(value)
        self.slider.valueChanged.connect(self._slide)
        self.slider.sliderReleased.connect(lambda: self.settled.emit(self.value))
        self.field.valueChanged.connect(self._type)

    def setToolTip(self, text: str | None) -> None:
        """Tell the same wherever the pointer is."""
        super().setToolTip(text)
        self.slider.setToolTip(text)
        self.field.setToolTip(text)

    @property
    def value(self) -> float:
        """The number."""
        return self.field.value()

    def show_value(self, value: float) -> None:
        """Show a value that came from elsewhere; nothing is emitted."""
        with QSignalBlocker(self.field), QSignalBlocker(self.slider):
            self.field.setValue(value)
            self.slider.setValue(round(STEPS * (value - self._low) / (self._high - self._low)))

    def _slide(self, place: int) -> None:
        value = self._low + (self._high - self._low) * place / STEPS
        with QSignalBlocker(self.field):
            self.field.setValue(value)
        if self.slider.isSliderDown():
            self.moved.emit(self.value)
        else:
            self.settled.emit(self.value)

    def _type(self, value: float) -> None:
        self.show_value(value)
        self.settled.emit(value)

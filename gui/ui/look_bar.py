"""How the maps are looked at: colormap, gamma, opacity, range, wipe and blink; nothing here computes a map again."""

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QPushButton, QWidget

from ..model.look import Look
from ..model.scaling import Scaling
from ..model.timers import debounced
from ..model.viewer_model import ViewerModel
from ..render.colormaps import NAMES
from .histogram import Histogram
from .numbers import Number

SHARINGS = {"pair": "a method's pair", "map": "each map by itself", "grid": "all maps", "fixed": "fixed"}


class LookPanel(QWidget):
    """Controls of the look and of the colormap's range."""

    def __init__(self, viewer: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        look, scaling = viewer.look, viewer.scaling
        self.colormap = QComboBox(self)
        self.colormap.addItems(NAMES)
        self.gamma = Number("Gamma", 0.2, 3.0, look.gamma)
        self.opacity = Number("Opacity over the image", 0.0, 1.0, look.opacity)
        self.sharing = QComboBox(self)
        for key, words in SHARINGS.items():
            self.sharing.addItem(words, key)
        self.percentile = QDoubleSpinBox(self)
        self.percentile.setRange(0.1, 100.0)
        self.percentile.setDecimals(1)
        self.percentile.setSuffix(" %")
        self.limit = QDoubleSpinBox(self)
        self.limit.setRange(1e-6, 1e6)
        self.limit.setDecimals(6)
        self.histogram = Histogram(self)
        self.wiping = QCheckBox("Wipe", self)
        self.wipe = Number("Wipe", 0.0, 1.0, 0.5)
        self.flipped = QCheckBox("Networks exchanged (Space)", self)
        self.smooth = QCheckBox("Smooth between pixels", self)
        whole = QPushButton("Whole image", self)
        whole.clicked.connect(lambda: viewer.look_at(zoom=1.0, centre=(0.5, 0.5)))
        form = QFormLayout(self)
        for words, widget, told in (
            ("Colormap", self.colormap, "The colours of the maps; diverging ones tell signs apart"),
            ("Gamma", self.gamma, "Below 1 brings faint values out"),
            ("Opacity", self.opacity, "Below 1 the input shows through the map"),
            ("Range of", self.sharing, "Which maps share the values at the ends of the colormap"),
            ("Within", self.percentile, "How many per cent of the values lie within the colormap"),
            ("Limit", self.limit, "The value at the colormap's ends, where the range is fixed"),
        ):
            widget.setAccessibleName(words)
            widget.setToolTip(told)
            form.addRow(words, widget)
        for control, told in (
            (self.wiping, "Network 1 left of a line in each map, network 2 right of it (W)"),
            (self.wipe, "Where the line stands"),
            (self.flipped, "Network 1's cell shows network 2's map and the reverse (Space blinks)"),
            (self.smooth, "Interpolate; otherwise each pixel is a square"),
            (whole, "Without zoom (Home)"),
        ):
            control.setToolTip(told)
        form.addRow(self.histogram)
        form.addRow(self.wiping, self.wipe)
        form.addRow(self.flipped)
        form.addRow(self.smooth)
        form.addRow(whole)
        self._connect()
        self._show_look(look)
        self._show_scaling(scaling)
        viewer.look_changed.connect(self._show_look)
        viewer.scaling_changed.connect(self._show_scaling)

    def _connect(self) -> None:
        viewer = self.viewer
        self.colormap.currentTextChanged.connect(lambda name: viewer.look_at(colormap=name))
        for number, name in ((self.gamma, "gamma"), (self.opacity, "opacity")):
            number.moved.connect(lambda value, name=name: viewer.look_at(**{name: value}))
            number.settled.connect(lambda value, name=name: viewer.look_at(**{name: value}))
        self.sharing.currentIndexChanged.connect(lambda _: viewer.scale(sharing=self.sharing.currentData()))
        self.percentile.valueChanged.connect(lambda value: viewer.scale(percentile=value))
        self.limit.valueChanged.connect(lambda value: viewer.scale(limit=value))
        self.histogram.percentile_dragged.connect(lambda value: viewer.scale(percentile=value))
        self.histogram.limit_dragged.connect(lambda value: viewer.scale(limit=value))
        self._counting = debounced(self, 50, self._count)
        viewer.answered.connect(lambda _: self._counting.start())
        self.wiping.toggled.connect(lambda _: self._wipe())
        self.wipe.moved.connect(lambda _: self._wipe())
        self.wipe.settled.connect(lambda _: self._wipe())
        self.flipped.toggled.connect(lambda on: viewer.look_at(flipped=on))
        self.smooth.toggled.connect(lambda on: viewer.look_at(interpolate=on))

    def _count(self) -> None:
        self.histogram.show_extents([found.extent for found in self.viewer.answers.maps.values()])
        self._show_range(self.viewer.scaling)

    def _show_range(self, scaling: Scaling) -> None:
        self.histogram.show_range(scaling.percentile, scaling.limit, fixed=scaling.sharing == "fixed")

    def _wipe(self) -> None:
        self.viewer.look_at(wipe=self.wipe.value if self.wiping.isChecked() else None)

    def _show_look(self, look: Look) -> None:
        self.gamma.show_value(look.gamma)
        self.opacity.show_value(look.opacity)
        with (
            QSignalBlocker(self.colormap),
            QSignalBlocker(self.wiping),
            QSignalBlocker(self.flipped),
            QSignalBlocker(self.smooth),
        ):
            self.colormap.setCurrentText(look.colormap)
            self.wiping.setChecked(look.wipe is not None)
            self.flipped.setChecked(look.flipped)
            self.smooth.setChecked(look.interpolate)
        if look.wipe is not None:
            self.wipe.show_value(look.wipe)

    def _show_scaling(self, scaling: Scaling) -> None:
        with QSignalBlocker(self.sharing), QSignalBlocker(self.percentile), QSignalBlocker(self.limit):
            self.sharing.setCurrentIndex(self.sharing.findData(scaling.sharing))
            self.percentile.setValue(scaling.percentile)
            self.limit.setValue(scaling.limit)
        self.limit.setEnabled(scaling.sharing == "fixed")
        self.percentile.setEnabled(scaling.sharing != "fixed")
        self._show_range(scaling)

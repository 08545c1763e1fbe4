"""Patterns: fit them to data with progress, save and load them; PatternNet rows say which they use."""

from typing import Any

from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..model import messages
from ..model.question import Row
from ..model.viewer_model import ViewerModel
from .methods_dialog import ESTIMATORS

FILES = "Patterns (*.npz)"


class PatternsPanel(QWidget):
    """What there is of patterns, and how to get more."""

    def __init__(self, viewer: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self.estimator = QComboBox(self)
        self.estimator.addItems(ESTIMATORS)
        self.data = QLineEdit("mnist/train", self)
        self.refitted = QCheckBox("Also refit to the shifted data, for network 2", self)
        self.fit = QPushButton("Fit", self)
        self.stop = QPushButton("Stop", self)
        self.save, self.load = QPushButton("Save", self), QPushButton("Load", self)
        self.there = QLabel("None are fitted.", self)
        self.there.setWordWrap(True)
        form = QFormLayout()
        for words, widget in (("Estimator", self.estimator), ("Data", self.data)):
            widget.setAccessibleName(words)
            form.addRow(words, widget)
        form.addRow(self.refitted)
        buttons = QHBoxLayout()
        for button in (self.fit, self.stop, self.save, self.load):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(buttons)
        layout.addWidget(self.there)
        layout.addStretch()
        self.fit.clicked.connect(self.begin)
        self.stop.clicked.connect(lambda: viewer.engine.cancel(messages.Fit))
        self.save.clicked.connect(self._save)
        self.load.clicked.connect(self._load)
        viewer.opened.connect(self._opened)
        viewer.study.connect(self._hear)

    def begin(self) -> None:
        """Fit patterns; rows that show them are added where there are none."""
        self.viewer.ask(
            messages.Fit,
            estimator=self.estimator.currentText(),
            data=self.data.text(),
            refitted=self.refitted.isChecked(),
        )

    def load_file(self, path: str) -> None:
        """Use patterns of a file."""
        self.viewer.ask(messages.LoadPatterns, path=path)

    def _opened(self, about: messages.Opened) -> None:
        """Propose data that fit the network."""
        self.data.setText("mnist/train" if about.data.startswith("mnist/") else about.data)

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save patterns", "patterns.npz", FILES)
        if path:
            self.viewer.ask(messages.SavePatterns, estimator=self.estimator.currentText(), path=path)

    def _load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Load patterns", "", FILES)
        if path:
            self.load_file(path)

    def _hear(self, asked: messages.Request, answer: messages.Answer) -> None:
        if not isinstance(answer, messages.Fitted):
            return
        self.there.setText("<br>".join(answer.patterns) or "None are fitted.")
        if isinstance(asked, messages.Fit | messages.LoadPatterns) and not any(
            row.needs_patterns for row in self.viewer.question.rows
        ):
            estimator: Any = getattr(asked, "estimator", answer.patterns[-1].partition(",")[0])
            added = tuple(Row(name, estimator=estimator) for name in ("pattern-net", "pattern-attribution"))
            self.viewer.change("show pattern methods", rows=(*self.viewer.question.rows, *added))

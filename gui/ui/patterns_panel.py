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

from ..engine import messages as said
from ..model.desk import Desk
from ..model.question import Row
from .methods_dialog import ESTIMATORS

FILES = "Patterns (*.npz)"


class PatternsPanel(QWidget):
    """What there is of patterns, and how to get more."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
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
        self.stop.clicked.connect(lambda: desk.engine.cancel(said.Fit))
        self.save.clicked.connect(self._save)
        self.load.clicked.connect(self._load)
        desk.opened.connect(self._opened)
        desk.study.connect(self._hear)

    def begin(self) -> None:
        """Fit patterns; rows that show them are added where there are none."""
        self.desk.ask(
            said.Fit, estimator=self.estimator.currentText(), data=self.data.text(), refitted=self.refitted.isChecked()
        )

    def load_file(self, path: str) -> None:
        """Use patterns of a file."""
        self.desk.ask(said.LoadPatterns, path=path)

    def _opened(self, about: said.Opened) -> None:
        """Propose data that fit the network."""
        self.data.setText("mnist/train" if about.data.startswith("mnist/") else about.data)

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save patterns", "patterns.npz", FILES)
        if path:
            self.desk.ask(said.SavePatterns, estimator=self.estimator.currentText(), path=path)

    def _load(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, "Load patterns", "", FILES)
        if path:
            self.load_file(path)

    def _hear(self, asked: said.Request, answer: said.Answer) -> None:
        if not isinstance(answer, said.Fitted):
            return
        self.there.setText("<br>".join(answer.patterns) or "None are fitted.")
        if isinstance(asked, said.Fit | said.LoadPatterns) and not any(
            row.needs_patterns for row in self.desk.question.rows
        ):
            estimator: Any = getattr(asked, "estimator", answer.patterns[-1].partition(",")[0])
            added = tuple(Row(name, estimator=estimator) for name in ("pattern-net", "pattern-attribution"))
            self.desk.change("show pattern methods", rows=(*self.desk.question.rows, *added))

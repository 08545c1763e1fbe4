"""Patterns: fit them to data with progress, save and load them; PatternNet rows say which they use."""

from typing import Any

from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QGridLayout,
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
        self.refitted = QCheckBox("Refit for network 2 too", self)
        self.refitted.setToolTip("Fit a second set to the shifted data; otherwise network 2 takes network 1's patterns")
        self.fit = QPushButton("Fit", self)
        self.stop = QPushButton("Stop", self)
        self.save, self.load = QPushButton("Save", self), QPushButton("Load", self)
        self.there = QLabel("None are fitted.", self)
        self.there.setWordWrap(True)
        form = QFormLayout()
        for words, widget, told in (
            ("Estimator", self.estimator, "What a pattern is taken to be; the manual tells how they differ"),
            ("Data", self.data, "The images that patterns are fitted to: any spelling that opens data"),
        ):
            widget.setAccessibleName(words)
            widget.setToolTip(told)
            form.addRow(words, widget)
        form.addRow(self.refitted)
        buttons = QGridLayout()  # two lines: four beside one another are wider than the panel may be
        for at, (button, words) in enumerate(
            (
                (self.fit, "Fit patterns to these data, with the estimator above (Ctrl+P)"),
                (self.stop, "Stop fitting"),
                (self.save, "Save the patterns to a file"),
                (self.load, "Use the patterns of a file"),
            )
        ):
            button.setToolTip(words)
            buttons.addWidget(button, at // 2, at % 2)
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

"""The data set's images: small pictures with label and prediction, filters, and pins."""

import random

import numpy as np
from PyQt6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPixmap
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from keras_invariance.errors import ViewerError

from ..model import messages
from ..model.naming import Naming
from ..model.question import MOST_PINNED
from ..model.timers import debounced
from ..model.viewer_model import ViewerModel
from .column_header import pixmap

SIDE = 56
WRONG = "Only images whose prediction is not their label"
PAGE = 60
"""Pictures that are asked for at a time."""


class Images(QAbstractListModel):
    """The places of images that pass the filter; pictures come when they are looked at.

    Signals
    -------
    missed
        A picture is looked at that has not come yet.
    """

    missed = pyqtSignal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.places = np.arange(0)
        self.naming = Naming()
        self._pixmaps: dict[int, tuple[QPixmap, int, int]] = {}
        self.wanted: list[int] = []
        self._blank = QPixmap(SIDE, SIDE)
        self._blank.fill(Qt.GlobalColor.gray)

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many images there are."""
        return 0 if parent.isValid() else len(self.places)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A picture, and its place with label and prediction."""
        place = int(self.places[index.row()])
        known = self._pixmaps.get(place)
        if role == Qt.ItemDataRole.DecorationRole:
            if known is None and place not in self.wanted:
                self.wanted.append(place)
                self.missed.emit()
            return self._blank if known is None else known[0]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{place}" if known is None else f"{place}: {self.naming.told(known[1], known[2])}"
        return None

    def show_places(self, places: np.ndarray) -> None:
        """Show these images."""
        self.beginResetModel()
        self.places = places
        self.endResetModel()

    def add_places(self, places: np.ndarray) -> None:
        """Show more images."""
        if len(places):
            first = len(self.places)
            self.beginInsertRows(QModelIndex(), first, first + len(places) - 1)
            self.places = np.concatenate([self.places, places])
            self.endInsertRows()

    def forget(self) -> None:
        """Forget all pictures, of another data set or network."""
        self._pixmaps.clear()
        self.wanted.clear()

    def add(self, thumbs: messages.Thumbs) -> None:
        """Take in pictures that came."""
        for at, place in enumerate(thumbs.places):
            self._pixmaps[place] = (
                pixmap(thumbs.pictures[at], SIDE),
                int(thumbs.labels[at]),
                int(thumbs.predictions[at]),
            )
        self.wanted = [place for place in self.wanted if place not in self._pixmaps]
        if len(self._pixmaps) > 10 * PAGE:
            for place in list(self._pixmaps)[: 2 * PAGE]:
                del self._pixmaps[place]
        for row in np.flatnonzero(np.isin(self.places, thumbs.places)):  # all rows would cost the window 20 ms
            self.dataChanged.emit(self.index(int(row)), self.index(int(row)))


class DataPanel(QWidget):
    """Choose the image that is explained."""

    def __init__(self, viewer: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self.images = Images(self)
        self.view = QListView(self)
        self.view.setModel(self.images)
        self.view.setViewMode(QListView.ViewMode.IconMode)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setUniformItemSizes(True)
        self.view.setIconSize(QSize(SIDE, SIDE))
        self.view.setGridSize(QSize(SIDE + 34, SIDE + 24))
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setMovement(QListView.Movement.Static)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setAccessibleName("Images")
        self.view.setToolTip("Choose the image that is explained")
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.about = QLabel(self)
        self.about.setWordWrap(True)
        self.classes = QComboBox(self)
        self.classes.setAccessibleName("Only this class")
        self.classes.setToolTip("Show images of this class only")
        self.classes.setMinimumContentsLength(8)
        self.wrong = QCheckBox("Wrong", self)
        self.wrong.setToolTip(WRONG)
        self.pin = QPushButton("Pin", self)
        self.pin.setToolTip(f"Keep this image beside the chosen one (up to {MOST_PINNED}), or let it go")
        filters = QHBoxLayout()
        for widget, stretch in ((self.classes, 1), (self.wrong, 0), (self.pin, 0)):
            filters.addWidget(widget, stretch)
        self.pin.setFixedWidth(52)
        layout = QVBoxLayout(self)
        layout.addWidget(self.about)
        layout.addLayout(filters)
        layout.addWidget(self.view, 1)
        self._ask = debounced(self, 40, self._ask_wanted)
        self._connect()

    def move(self, step: int) -> None:  # type: ignore[override]  # QWidget's moves windows
        """Choose the image `step` places further among those in sight."""
        places = self.images.places
        if not len(places):
            return
        at = int(np.searchsorted(places, self.viewer.question.sample))
        self._choose(int(places[max(0, min(len(places) - 1, at + step))]))

    def choose_random(self) -> None:
        """Choose any image in sight."""
        if len(self.images.places):
            self._choose(int(random.choice(self.images.places)))

    def toggle_pin(self) -> None:
        """Pin the chosen image, or let it go."""
        question = self.viewer.question
        pinned = tuple(place for place in question.pinned if place != question.sample)
        if len(pinned) == len(question.pinned):
            pinned = (*pinned, question.sample)
        if len(pinned) > MOST_PINNED:
            refused = ViewerError(
                f"image {question.sample} beside the {MOST_PINNED} that are pinned",
                f"{MOST_PINNED} pinned images at most",
                "Let one go first: choose it and press Shift+P.",
            )
            self.viewer.told.emit("error", str(refused))
            return
        self.viewer.change("pin an image", pinned=pinned)

    def _connect(self) -> None:
        selection = self.view.selectionModel()
        if selection is not None:
            selection.currentChanged.connect(lambda now, _: self._choose(int(self.images.places[now.row()])))
        self.classes.activated.connect(lambda _: self._filter())
        self.wrong.clicked.connect(lambda _: self._filter())
        self.pin.clicked.connect(lambda _: self.toggle_pin())
        self.images.missed.connect(self._ask.start)
        self.viewer.opened.connect(self._opened)
        self.viewer.opening_changed.connect(self._opening_changed)
        self.viewer.study.connect(self._hear)
        self.viewer.question_changed.connect(lambda _: self._show_chosen())

    def _choose(self, place: int) -> None:
        if place != self.viewer.question.sample:
            self.viewer.change("choose an image", sample=place)

    def _opened(self, about: messages.Opened) -> None:
        self.about.setText("<br>".join(f"<b>{name}</b>: {words}" for name, words in about.data_about.items()))
        self.classes.clear()
        self.classes.addItem("All classes", None)
        naming = about.naming
        name, count = (naming.label, naming.label_count) if naming.label_count else (naming.output, about.classes)
        for label in range(min(count, 1000)):
            self.classes.addItem(name(label), label)
        self.viewer.engine.cancel(messages.Matching)
        self.images.forget()
        self.images.naming = naming
        self.wrong.setChecked(False)
        self.wrong.setEnabled(naming.same)
        self.wrong.setToolTip(WRONG if naming.same else f"{WRONG}. {naming.note or 'These data have no labels'}.")
        self.images.show_places(np.arange(about.images))
        self._show_chosen()

    def _opening_changed(self, opening: object) -> None:
        """Ask again for what was not asked for, or broken off, while something was being opened."""
        if opening is None and (self.classes.currentData() is not None or self.wrong.isChecked()):
            self._filter()
        if opening is None and self.images.wanted:
            self._ask.start()

    def _filter(self) -> None:
        label, wrong = self.classes.currentData(), self.wrong.isChecked()
        self.viewer.engine.cancel(messages.Matching)
        if label is None and not wrong and self.viewer.about is not None:
            self.images.show_places(np.arange(self.viewer.about.images))
            return
        self.images.show_places(np.arange(0))
        self.viewer.ask(messages.Matching, label=label, wrong=wrong)

    def _hear(self, asked: messages.Request, answer: messages.Answer) -> None:
        if isinstance(answer, messages.Thumbs):
            self.images.add(answer)
        elif isinstance(answer, messages.Matches):
            self.images.add_places(answer.places)

    def _ask_wanted(self) -> None:
        """Ask for pictures that were looked at and have not come, those looked at last first."""
        wanted = self.images.wanted[-PAGE:]
        self.images.wanted = wanted
        if wanted and self.viewer.about is not None and self.viewer.opening is None:
            self.viewer.ask(messages.Thumbnails, places=tuple(reversed(wanted)))

    def _show_chosen(self) -> None:
        question = self.viewer.question
        self.pin.setText("Unpin" if question.sample in question.pinned else "Pin")
        found = np.flatnonzero(self.images.places == question.sample)
        if len(found) and self.view.currentIndex().row() != found[0]:
            self.view.setCurrentIndex(self.images.index(int(found[0])))

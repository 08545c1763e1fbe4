"""What the network is: inputs, operations by role, neuron layers, and what each method covers of it."""

from PyQt6.QtWidgets import QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ..model.messages import Opened
from ..model.viewer_model import ViewerModel


class ModelPanel(QWidget):
    """A tree that tells about the open network."""

    def __init__(self, viewer: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderLabels(["", ""])
        self.tree.setAccessibleName("The network")
        self.tree.setToolTip("What the network is made of, and what each method covers of it")
        self.tree.setAlternatingRowColors(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tree)
        viewer.opened.connect(self.show_about)

    def show_about(self, about: Opened) -> None:
        """Show what the engine found out."""
        self.tree.clear()
        network = _heading(self.tree, "Network")
        for name, words in about.about.items():
            network.addChild(QTreeWidgetItem([name, words]))
        layers = _heading(self.tree, f"{len(about.layers)} neuron layers")
        for name, *rest in about.layers:
            layers.addChild(QTreeWidgetItem([name, ", ".join(part for part in rest if part)]))
        methods = _heading(self.tree, "What each method covers")
        for name, words in about.coverage.items():
            methods.addChild(QTreeWidgetItem([name, words]))
        for item in (network, methods):
            item.setExpanded(True)
        self.tree.resizeColumnToContents(0)
        for at in range(self.tree.topLevelItemCount()):
            _tooltips(self.tree.topLevelItem(at))


def _heading(tree: QTreeWidget, words: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([words, ""])
    tree.addTopLevelItem(item)
    return item


def _tooltips(item: QTreeWidgetItem | None) -> None:
    for at in range(item.childCount() if item is not None else 0):
        child = item.child(at) if item is not None else None
        if child is not None:
            child.setToolTip(1, child.text(1))

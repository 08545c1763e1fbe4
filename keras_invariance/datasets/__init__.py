"""Data sets: images with labels, from the embedded MNIST, TensorFlow Datasets, a folder of pictures, or `.npz`."""

from .array import as_dataset
from .catalogue import KINDS, Kind, load
from .dataset import Dataset, Encoding

__all__ = ["KINDS", "Dataset", "Encoding", "Kind", "as_dataset", "load"]

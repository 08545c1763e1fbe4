"""How far two batches of maps are apart."""

import numpy as np


def distance(maps: np.ndarray, oracle: np.ndarray) -> float:
    """Largest relative L2 distance |maps - oracle| / |oracle| of an image; absolute where the oracle's map is zero."""
    difference = (np.asarray(maps, dtype=np.float64) - oracle).reshape(len(oracle), -1)
    norm = np.linalg.norm(oracle.reshape(len(oracle), -1), axis=1)
    return float(np.max(np.linalg.norm(difference, axis=1) / np.where(norm == 0, 1.0, norm)))

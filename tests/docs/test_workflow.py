"""The workflow page: its code runs as it stands, on a small model and few images."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.models import path

PAGE = (Path(__file__).parents[2] / "docs" / "workflow.md").read_text("utf-8")


@pytest.mark.slow
def test_the_callback_is_used_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    data = ki.datasets.load("mnist/train[:64]")
    model = keras.models.load_model(path("mnist_cnn"))
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False)
    names = {"keras": keras, "model": model, "x_train": data.images, "y_train": np.asarray(data.labels)}
    monkeypatch.chdir(tmp_path)
    exec(code.replace("epochs=10", "epochs=2, verbose=0"), names)
    assert "relative_l2/gradient/constant:-1" in (tmp_path / "log.csv").read_text()
    assert len(list((tmp_path / "logs").glob("events*"))) == 1
    assert [one.verdict for one in names["audit"].findings[1]] == ["invariant", "sensitive", "sensitive"] * 2


def test_the_page_names_what_the_logs_hold():
    callback = ki.callbacks.InvarianceCallback(np.zeros((1, 2)), methods=("gradient",), every=2)
    logs: dict[str, float] = {}
    callback.on_epoch_end(0, logs)
    assert all(f"| `{name}` |" in PAGE for name in logs)

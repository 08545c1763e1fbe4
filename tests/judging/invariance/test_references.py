"""References and backgrounds in an audit: each of their variants is a question, and the data set of one is named."""

import numpy as np
import pytest

from keras_invariance.errors import AuditError
from keras_invariance.judging.invariance import audit
from keras_invariance.judging.invariance.plan import planned

from .conftest import verdicts

METHODS = ("deeplift", "deep-shap", "expected-gradients")
SHIFTS = ("constant:-1", "checkerboard:4")


def test_what_moves_with_the_data_is_invariant_and_what_stays_is_not(network, data, tmp_path):
    named = {f"{method}.background": "mnist/train[:3]" for method in METHODS[1:]}
    options = {**named, "expected-gradients.samples": 3}
    found = verdicts(audit(network, data, tmp_path / "audit", shifts=SHIFTS, methods=METHODS, options=options))
    expected = {(shift, f"deeplift ({one})"): "sensitive" for shift in SHIFTS for one in ("zero", "black")}
    expected["constant:-1", "deeplift (black)"] = "invariant"
    expected |= {(shift, "deeplift (transformed)"): "invariant" for shift in SHIFTS}
    for shift in SHIFTS:
        for method in METHODS[1:]:
            expected[shift, f"{method} (carried over)"] = "sensitive"
            expected[shift, f"{method} (transformed)"] = "invariant"
    assert found == expected


def test_without_a_background_its_methods_are_not_run_and_say_why(network, data):
    plan = planned(network, data, SHIFTS, METHODS, options={}, seed=0, shard=8)
    assert set(plan.not_run) == {"deep-shap", "expected-gradients"}
    assert "--option deep-shap.background=DATA" in plan.not_run["deep-shap"]
    assert {question.variant for question in plan.questions} == {"zero", "black", "transformed"}


def test_a_background_is_named_so_that_a_resumed_audit_reads_it_again(network, data):
    with pytest.raises(AuditError, match=r"deep-shap\.background.*ndarray.*mnist/train\[:32\].*npz"):
        planned(
            network, data, SHIFTS, METHODS, options={"deep-shap.background": np.zeros((1, 28, 28, 1))}, seed=0, shard=8
        )

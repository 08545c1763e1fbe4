"""What is compared."""

from keras_invariance.paper.cases import IG_UNSHIFTED_BLACK, IG_ZERO, Case, pattern_case, pattern_cases, plain_cases


def test_names_say_what_sets_a_case_apart():
    assert IG_UNSHIFTED_BLACK.name == "integrated gradients (unshifted black reference)"
    assert IG_ZERO.name == "integrated gradients (zero reference)"
    assert pattern_case("pattern-net", "linear", "refitted", "image").name == "PatternNet (linear, refitted, centred)"
    assert Case("smoothgrad", options=(("base", "gradient"),)).name == "SmoothGrad of gradient"
    assert Case("lrp-z", options=(("bias", "ignore"),)).name == "LRP, bias ignored"


def test_cases_differ_and_know_their_methods():
    from keras_invariance.methods import METHODS

    cases = (*plain_cases(0), *pattern_cases(("neuron", "image")))
    assert len(set(cases)) == len(cases) == len({case.name for case in cases})
    assert {case.method for case in cases} <= set(METHODS)


def test_the_seed_reaches_smoothgrad_alone():
    changed = [case.method for case, other in zip(plain_cases(0), plain_cases(1), strict=True) if case != other]
    assert changed == ["smoothgrad", "smoothgrad"]
    assert [case.unseeded for case in plain_cases(0)] == [case.unseeded for case in plain_cases(1)]

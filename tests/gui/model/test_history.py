"""Undo and redo."""

from keras_invariance.gui.model.history import LONGEST, History


def made():
    seen = []
    return History(0, seen.append), seen


def test_undo_and_redo_lead_there_and_back():
    history, seen = made()
    history.put(1, "one")
    history.put(2, "two")
    history.undo()
    history.undo()
    history.undo()  # nothing is left: nothing happens
    history.redo()
    assert seen == [1, 2, 1, 0, 1]
    assert (history.undoable, history.redoable) == ("one", "two")


def test_a_gesture_is_one_step():
    history, _ = made()
    for value in (1, 2, 3):
        history.put(value, "drag", gesture="slider")
    history.undo()
    assert history.value == 0


def test_two_gestures_of_a_kind_are_two_steps():
    history, _ = made()
    history.put(1, "drag", gesture="slider")
    history.end_gesture()
    history.put(2, "drag", gesture="slider")
    history.undo()
    assert history.value == 1


def test_a_new_value_ends_the_undone_future_and_equal_values_are_no_step():
    history, seen = made()
    history.put(1, "one")
    history.undo()
    history.put(0, "nothing")
    assert history.redoable == "one"
    history.put(5, "five")
    assert history.redoable == ""
    assert seen == [1, 0, 5]


def test_the_past_is_bounded_and_a_restart_forgets_it():
    history, _ = made()
    for value in range(1, LONGEST + 10):
        history.put(value, str(value))
    for _ in range(2 * LONGEST):
        history.undo()
    assert history.value == 9
    history.restart(3)
    assert (history.value, history.undoable, history.redoable) == (3, "", "")

"""The thread that sends requests."""

import multiprocessing
import threading

import pytest

from keras_invariance.gui.engine.framing import receive
from keras_invariance.gui.engine.send_queue import SendQueue
from keras_invariance.gui.model import messages
from keras_invariance.gui.model.question import Painting, Question, ShiftForm

DRAWN = Question(shift=ShiftForm(aim=Painting((2**20,), bytes(2**22))))  # 4 MB, a pipe holds 64 KiB


@pytest.fixture
def pipe():
    ours, theirs = multiprocessing.Pipe()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_nobody_waits_for_an_engine_that_does_not_read_and_the_newest_of_each_kind_arrives(pipe):
    outbox = SendQueue(pipe[0])
    for number in range(1, 51):
        outbox.put(messages.Explain(DRAWN, number))
        outbox.put(messages.Open(Question(), 100 + number))
    got = [receive(pipe[1]), receive(pipe[1])]  # the first was under way, or not yet
    while not {50, 150} <= {one.number for one in got}:
        got.append(receive(pipe[1]))
    assert len(got) <= 4
    assert not pipe[1].poll(0.1)
    outbox.close()


def test_kinds_arrive_in_the_order_of_their_newest_requests(pipe):
    outbox = SendQueue(pipe[0])
    outbox.put(messages.Sweep(DRAWN, 1))  # holds up the others
    for request in (messages.Explain(Question(), 2), messages.Open(Question(), 3), messages.Explain(Question(), 4)):
        outbox.put(request)
    assert [receive(pipe[1]).number for _ in range(3)] == [1, 3, 4]
    outbox.close()


def test_what_is_cancelled_before_it_was_sent_is_not_sent(pipe):
    outbox = SendQueue(pipe[0])
    outbox.put(messages.Explain(DRAWN, 1))
    while not pipe[1].poll(1.0):
        pass  # the explanation is under way
    outbox.put(messages.Fit(Question(), 2))
    outbox.put(messages.Cancel(Question(), 3, "Fit"))
    assert [receive(pipe[1]).number for _ in range(2)] == [1, 3]
    outbox.close()


def test_the_thread_ends_with_the_engine_though_it_was_sending():
    ours, theirs = multiprocessing.Pipe()
    before = threading.active_count()
    outbox = SendQueue(ours)
    outbox.put(messages.Explain(DRAWN, 1))
    theirs.close()
    outbox.close()
    assert threading.active_count() == before
    ours.close()

from queue import Queue

import pytest

from workers import parse_reading, read_all, work


def test_parse_reading_without_separator(caplog):
    parse_reading("abc")
    assert caplog.messages == ["no reading in 'abc'"]


def test_parse_reading(caplog):
    parse_reading("=")
    assert caplog.messages == [" sent '', which is no number"]


def test_parse_reading_when_reading_at_most_60():
    assert parse_reading("=1") == 1.0


def test_parse_reading_when_reading_above_60(caplog):
    assert parse_reading("=75") == 75.0
    assert caplog.messages == [" is on fire, or its sensor broken"]


def test_work_after_put(caplog):
    tasks = Queue()
    tasks.put("=")
    tasks.put(None)
    results = Queue()
    assert work(tasks, results) == 1
    assert caplog.messages == [" sent '', which is no number"]


def test_work():
    tasks = Queue()
    tasks.put("abc=3")
    tasks.put(None)
    results = Queue()
    assert work(tasks, results) == 0
    assert list(results.queue) == [3.0]


def test_work_of_tasks_and_results(caplog):
    tasks = Queue()
    tasks.put("abc=3")
    tasks.put("abc")
    tasks.put("=")
    tasks.put(None)
    results = Queue()
    assert work(tasks, results) == 2
    assert list(results.queue) == [3.0]
    assert caplog.messages == ["no reading in 'abc'", " sent '', which is no number"]


def test_read_all(caplog):
    assert read_all(["abc"]) == []
    assert caplog.messages == ["no reading in 'abc'"]


def test_read_all_with_workers(caplog):
    assert read_all(["abc", "", "Hello World"], workers=1) == []
    assert caplog.messages == [
        "no reading in 'abc'",
        "no reading in ''",
        "no reading in 'Hello World'",
    ]


def test_read_all_of_abc_none_empty(caplog):
    assert read_all(["abc", None, "", None]) == []
    assert caplog.messages == ["no reading in 'abc'", "no reading in ''"]


@pytest.mark.parametrize(
    "workers",
    [
        -1,
        0,
    ],
)
def test_read_all_raises_value_error_when_workers_below_1(workers):
    with pytest.raises(ValueError, match=r"^somebody has to work"):
        read_all(["abc"], workers=workers)

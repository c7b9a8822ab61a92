from queue import Queue

import pytest

from workers import parse_reading, read_all, work


@pytest.mark.parametrize(
    ("line", "expected_messages", "expected"),
    [
        ("one line", ["no reading in 'one line'"], None),
        ("=", [" sent '', which is no number"], None),
        ("=75", [" is on fire, or its sensor broken"], 75.0),
    ],
)
def test_parse_reading(line, expected_messages, expected, caplog):
    assert parse_reading(line) == expected
    assert caplog.messages == expected_messages


def test_parse_reading_when_reading_at_most_60():
    assert parse_reading("=1") == 1.0


def test_work_after_put():
    tasks = Queue()
    tasks.put("abc=3")
    tasks.put(None)
    results = Queue()
    assert work(tasks, results) == 0
    assert list(results.queue) == [3.0]


def test_work(caplog):
    tasks = Queue()
    tasks.put("=")
    tasks.put(None)
    results = Queue()
    assert work(tasks, results) == 1
    assert caplog.messages == [" sent '', which is no number"]


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


@pytest.mark.parametrize(
    ("lines", "workers", "expected_messages"),
    [
        pytest.param(["one"], 2, ["no reading in 'one'"], id="one-2"),
        pytest.param(
            ["one", "two", "three"],
            1,
            ["no reading in 'one'", "no reading in 'two'", "no reading in 'three'"],
            id="one-two-three-1",
        ),
    ],
)
def test_read_all(lines, workers, expected_messages, caplog):
    assert read_all(lines, workers=workers) == []
    assert caplog.messages == expected_messages


@pytest.mark.parametrize(
    "workers",
    [
        -1,
        0,
    ],
)
def test_read_all_raises_value_error_when_workers_below_1(workers):
    with pytest.raises(ValueError, match="somebody has to work"):
        read_all(["one"], workers=workers)

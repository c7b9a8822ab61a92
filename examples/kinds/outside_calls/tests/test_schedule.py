import random
import time
import uuid
from datetime import date, datetime
from unittest.mock import Mock, call, create_autospec
from uuid import UUID

import pytest

import schedule
from schedule import draw, due_date, greeting, is_expired, sampled, with_retries


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        (12, "Ada", "Good afternoon, Ada"),
        (11, "other", "Good morning, other"),
        (17, "Ada", "Good afternoon, Ada"),
        (18, "other", "Good evening, other"),
    ],
)
def test_greeting(given, name, expected, monkeypatch):
    class FrozenDatetime(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2024, 5, 17, given, 0, tzinfo=tz)

    monkeypatch.setattr(schedule, "datetime", FrozenDatetime)
    assert greeting(name) == expected


def test_greeting_when_hour_below_12(monkeypatch):
    class FrozenDatetime(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2024, 5, 17, 9, 30, tzinfo=tz)

    monkeypatch.setattr(schedule, "datetime", FrozenDatetime)
    assert greeting("Ada") == "Good morning, Ada"


def test_greeting_at_20_00(monkeypatch):
    class FrozenDatetime(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2024, 12, 25, 20, 0, tzinfo=tz)

    monkeypatch.setattr(schedule, "datetime", FrozenDatetime)
    assert greeting("Ada") == "Good evening, Ada"


@pytest.mark.parametrize(
    "days",
    [
        2,
        3,
    ],
)
def test_due_date(days, monkeypatch):
    class FrozenDate(date):
        @classmethod
        def today(cls):
            return date(2024, 5, 17)

    monkeypatch.setattr(schedule, "date", FrozenDate)
    assert due_date(days) == date(2024, 5, 20)


def test_due_date_on_2024_12_25(monkeypatch):
    class FrozenDate(date):
        @classmethod
        def today(cls):
            return date(2024, 12, 25)

    monkeypatch.setattr(schedule, "date", FrozenDate)
    assert due_date(3) == date(2024, 12, 30)


@pytest.mark.parametrize(
    ("given", "created"),
    [
        (2.5, 0.0),
        (3599.0, 3601),
    ],
)
def test_is_expired_is_false_with_lifetime(given, created, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: given)
    assert is_expired(created, lifetime=2.5) is False


def test_is_expired_is_true():
    assert is_expired(2.5) is True


def test_with_retries():
    assert with_retries(lambda: "abc") == "abc"


def test_with_retries_raises_value_error_with_zero_attempts():
    with pytest.raises(ValueError, match="nothing was attempted"):
        with_retries(lambda: "abc", attempts=0)


def test_with_retries_raises_os_error(monkeypatch):
    sleep = create_autospec(time.sleep)
    monkeypatch.setattr(time, "sleep", sleep)
    action = Mock(side_effect=OSError("abc"))

    with pytest.raises(OSError, match="abc"):
        with_retries(action)

    assert action.call_args_list == [call()] * 3
    assert sleep.call_args_list == [call(0.5), call(1.0)]


@pytest.mark.parametrize(
    "share",
    [
        1.0,
        2.5,
    ],
)
def test_sampled(share, monkeypatch):
    monkeypatch.setattr(
        uuid, "uuid4", lambda: UUID("12345678-1234-4678-9234-567812345678")
    )
    assert sampled("hello", share) == "12345678-1234-4678-9234-567812345678 hello"


def test_sampled_returns_none(monkeypatch):
    monkeypatch.setattr(random, "random", lambda: 0.5)
    assert sampled("hello", 0.0) is None


def test_draw():
    assert draw(["one"]) == "one"


def test_draw_raises_value_error_without_names():
    with pytest.raises(ValueError, match="nobody takes part"):
        draw([])

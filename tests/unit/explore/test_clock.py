"""What depends on the day or on the folder shows."""

# ruff: noqa: DTZ001, DTZ005, DTZ011, PTH109, PTH208 - naive times and the process's own folder are the subject

import datetime
import importlib.util
import os
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from greenline_probe.clock import SHIFTS, Watch, another_day, another_folder

SOURCE = """
import datetime as whole
import time
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass
class Note:
    created: datetime = field(default_factory=datetime.now)


def stamp():
    return time.strftime("%Y")


def answers():
    return [datetime.now(), datetime.today(), datetime.utcnow(), date.today(), whole.datetime.now(), Note().created]


def is_date(value):
    return isinstance(value, date), isinstance(value, datetime)


def pure(number):
    return number + 1


def written():
    return [repr(whole.datetime(2020, 1, 2)), type(datetime(2020, 1, 2)), type(date.fromisoformat("2020-01-02"))]
"""


@pytest.fixture
def dated() -> Iterator[types.ModuleType]:
    module = types.ModuleType("dated_package.inner")
    sys.modules["dated_package.inner"] = module
    exec(compile(SOURCE, "dated.py", "exec"), vars(module))
    yield module
    del sys.modules["dated_package.inner"]


def as_date(value: datetime.date) -> datetime.date:
    return value.date() if isinstance(value, datetime.datetime) else value


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_every_way_to_ask_gives_another_day_and_then_this_one_again(dated: types.ModuleType) -> None:
    today = datetime.date.today()
    with another_day({"dated_package"}):
        assert time.time() - SHIFTS[0].total_seconds() == pytest.approx(datetime.datetime.now().timestamp(), abs=100)
        assert int(time.strftime("%Y")) > today.year
        assert time.gmtime(0).tm_year == 1970
        for answer in dated.answers():
            assert as_date(answer) - today >= datetime.timedelta(days=402)
        assert dated.is_date(datetime.datetime(2024, 1, 1)) == (True, True)
        assert dated.is_date(datetime.date(2024, 1, 1)) == (True, False)
    assert all(as_date(answer) - today <= datetime.timedelta(days=1) for answer in dated.answers())
    assert dated.datetime is datetime.datetime
    assert dated.whole is datetime


@pytest.mark.parametrize(
    ("call", "asked"), [("stamp()", True), ("Note()", True), ("answers()", True), ("pure(1)", False)]
)
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_who_looks_at_the_clock_is_noticed(dated: types.ModuleType, call: str, asked: bool) -> None:
    with Watch() as watch:
        eval(call, vars(dated))
    assert watch.asked is asked


@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_on_another_day_nobody_reaches_the_real_clock(dated: types.ModuleType) -> None:
    with another_day({"dated_package"}), Watch() as watch:
        dated.answers()
        dated.stamp()
    assert not watch.asked


def test_another_folder_is_not_empty_and_neither_is_the_one_above(tmp_path: Path) -> None:
    here = os.getcwd()
    with another_folder(str(tmp_path / "elsewhere")):
        assert os.getcwd() != here
        assert "data.txt" in os.listdir(".")
        assert "data.txt" in os.listdir("..")
    assert os.getcwd() == here


def test_what_is_made_on_another_day_is_what_is_made_today(dated: types.ModuleType) -> None:
    today = dated.written()
    with another_day({"dated_package"}):
        assert dated.written() == today == ["datetime.datetime(2020, 1, 2, 0, 0)", datetime.datetime, datetime.date]


class _Meta(type): ...


class _Frozen(datetime.datetime, metaclass=_Meta):
    """As freezegun's is."""


def test_a_clock_that_stands_still_already_is_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datetime, "datetime", _Frozen)
    found = importlib.util.find_spec("greenline_probe.clock")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    before = dict(vars(time))
    with module.another_day({"shop"}):
        assert datetime.datetime is _Frozen
        assert vars(time) == before, "it is the tests' own"

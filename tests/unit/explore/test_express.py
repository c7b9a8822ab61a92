from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import importlib
import io
import math
import pathlib
import re
import sys
import types
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline_probe.explore.express import MAX_ITEMS, MAX_SOURCE, Expresser, Names


class Colour(enum.Enum):
    RED = 1
    NOT_A_WORD = 2


class Flag(enum.Flag):
    A = 1
    B = 2


class Pair(NamedTuple):
    left: int
    right: str


@dataclass
class Box:
    inside: Any
    label: str = "x"
    tags: list[str] = field(default_factory=list)
    hidden: int = field(default=0, init=False)


class Opaque:
    pass


class Printed:
    def __init__(self, number: int) -> None:
        self.number = number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Printed) and other.number == self.number

    def __hash__(self) -> int:
        return self.number

    def __repr__(self) -> str:
        return f"Printed({self.number})"


class Version:
    """Prints all that it is made of, as many classes do."""

    def __init__(self, major: int, minor: int = 0, build: str | None = None) -> None:
        self.parts = (major, minor, build)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and other.parts == self.parts

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Version(major={!r}, minor={!r}, build={!r})".format(*self.parts)


class Triple(NamedTuple):
    first: int
    second: int = 2
    third: str = ""


class Lying(Printed):
    def __repr__(self) -> str:
        return f"Lying({self.number + 1})"


class Unequal:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError("never compare me")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "Unequal()"


def here() -> types.ModuleType:
    module = types.ModuleType(__name__)
    vars(module).update(globals())
    return module


@pytest.fixture(autouse=True)
def _findable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests imported by path may not be in ``sys.modules``; what names an importable class looks there."""
    import sys

    monkeypatch.setitem(sys.modules, __name__, here())


def make() -> Expresser:
    return Expresser(Names(here()))


def again(express: Expresser, source: str) -> Any:
    return eval(source, dict(express.names.bound))


PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.binary(max_size=12)
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.uuids()
    | st.sampled_from([Colour.RED, Colour.NOT_A_WORD, ..., datetime.timezone.utc, range(3), range(1, 9, 2)])
    | st.builds(pathlib.PurePosixPath, st.text("abc/.", max_size=8))
)
KEYS = st.text(max_size=6) | st.integers() | st.sampled_from(Colour)
VALUES = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.sets(KEYS, max_size=4)
        | st.frozensets(KEYS, max_size=4)
        | st.lists(inner, max_size=3).map(collections.deque)
        | st.dictionaries(KEYS, inner, max_size=3).map(collections.OrderedDict)
        | st.builds(Box, inner, st.text(max_size=4), st.lists(st.text(max_size=3), max_size=2))
        | st.builds(Pair, st.integers(), st.text(max_size=4))
    ),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (Version(3), "Version(3)"),
        (Version(3, 0, "b"), "Version(3, build='b')"),
        (Version(0, 1), "Version(0, minor=1)"),
        ([Version(1)], "[Version(1)]"),
        (Triple(1), "Triple(first=1)"),
        (Triple(1, 2, "c"), "Triple(first=1, third='c')"),
        (Triple(1, 3), "Triple(first=1, second=3)"),
    ],
)
def test_what_is_the_default_is_left_out(value: Any, source: str) -> None:
    assert make().express(value) == source


@given(VALUES)
def test_what_is_expressed_evaluates_to_an_equal_value_of_the_same_type(value: Any) -> None:
    express = make()
    source = express.express(value)

    if source is None:
        assert len(str(express.inner(value, 0))) > MAX_SOURCE or express.inner(value, 0) is None or _is_path_like(value)
    else:
        found = again(express, source)
        assert type(found) is type(value)
        assert found == value
        assert "\n" not in source


def _is_path_like(value: Any) -> bool:
    """A pure path of the other flavour, or below another folder, has no expression here."""
    return "PurePosixPath" in repr(value)


@given(st.sets(st.text(max_size=5)))
def test_a_set_reads_the_same_whatever_its_order(items: set[str]) -> None:
    turned: set[str] = set()
    for item in sorted(items, reverse=True):
        turned.add(item)

    assert make().express(items) == make().express(turned)


@given(PLAIN)
def test_common_leaves_always_have_an_expression(value: Any) -> None:
    if not _is_path_like(value):
        assert make().express(value) is not None


@pytest.mark.parametrize(
    ("value", "source"),
    [
        (math.inf, 'float("inf")'),
        (-math.inf, 'float("-inf")'),
        (set(), "set()"),
        (frozenset(), "frozenset()"),
        ((1,), "(1,)"),
        (bytearray(b"a"), "bytearray(b'a')"),
        (slice(1, None), "slice(1, None, None)"),
        (decimal.Decimal("1.50"), "Decimal('1.50')"),
        (fractions.Fraction(1, 3), "Fraction(1, 3)"),
        (uuid.UUID(int=1), "UUID('00000000-0000-0000-0000-000000000001')"),
        (datetime.time(12), "time(12)"),
        (datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc), "datetime(2024, 1, 2, tzinfo=timezone.utc)"),
        (datetime.timedelta(seconds=5), "timedelta(seconds=5)"),
        (datetime.timedelta(0), "timedelta()"),
        (re.compile("a+"), "re.compile('a+')"),
        (collections.Counter("aab"), "Counter({'a': 2, 'b': 1})"),
        (collections.defaultdict(list, a=[1]), "defaultdict(list, {'a': [1]})"),
        (collections.deque([1], maxlen=3), "deque([1], 3)"),
        (int, "int"),
        (len, "len"),
        (collections.OrderedDict, "OrderedDict"),
        (re, "re"),
        (Colour.RED, "Colour.RED"),
        (Pair(1, "a"), "Pair(left=1, right='a')"),
        (Box(1), "Box(inside=1)"),
        (Box([1], "y"), "Box(inside=[1], label='y')"),
        (Printed(3), "Printed(3)"),
    ],
    ids=repr,
)
def test_the_shortest_way_to_write_it(value: Any, source: str) -> None:
    assert make().express(value) == source


def test_flags_of_a_pattern_are_written_by_name() -> None:
    express = make()
    source = express.express(re.compile("a+", re.IGNORECASE | re.MULTILINE))

    assert source is not None
    assert again(express, source) == re.compile("a+", re.IGNORECASE | re.MULTILINE)


def cyclic() -> list[Any]:
    items: list[Any] = []
    items.append(items)
    return items


@pytest.mark.parametrize(
    "value",
    [
        math.nan, [math.nan], complex(math.nan, 0), object(), Opaque(), [Opaque()], {"a": Opaque()}, cyclic(),
        Lying(3), Unequal(), lambda: 1, (i for i in ()), "x" * (MAX_SOURCE + 1), list(range(MAX_ITEMS + 1)),
        Flag.A | Flag.B, memoryview(b"a"), collections.defaultdict(lambda: 1), [[[[[[[[1]]]]]]]], ValueError("a"),
        types.SimpleNamespace(**{"<lambda>": 1}), types.SimpleNamespace(**{"class": 1}),
    ],
    ids=lambda v: type(v).__name__,
)  # fmt: skip
def test_none_where_there_is_no_exact_short_source(value: Any) -> None:
    assert make().express(value) is None


def test_a_hidden_field_that_changed_has_no_expression() -> None:
    box = Box(1)
    box.hidden = 7

    assert make().express(box) is None


def test_paths_below_the_folder_of_the_call_are_written_by_it(tmp_path: Path) -> None:
    express = make()
    express.folder = tmp_path

    assert express.express(tmp_path) == "tmp_path"
    assert express.express(tmp_path / "a" / "b.txt") == "tmp_path / 'a/b.txt'"
    assert express.express(str(tmp_path / "a")) == "str(tmp_path / 'a')"
    assert express.express([tmp_path / "a"]) == "[tmp_path / 'a']"
    assert express.express("plain") == "'plain'"
    assert express.express(tmp_path.parent / "other") == f"Path({str(tmp_path.parent / 'other')!r})"


def test_a_name_that_hides_a_builtin_stays_behind_its_module() -> None:
    module = types.ModuleType("hiding")
    exec("def open(): pass\nclass set: pass\nclass Free: pass", vars(module))
    module.open.__module__ = module.set.__module__ = "hiding"  # type: ignore[attr-defined]
    import sys

    sys.modules["hiding"] = module
    try:
        names = Names(module)
        assert names.of(module.open) == "hiding.open"  # type: ignore[attr-defined]
        assert names.of(module.set) == "hiding.set"  # type: ignore[attr-defined]
        assert names.of(module.Free) == "Free"  # type: ignore[attr-defined]
        assert names.imports == {"hiding": ("hiding", ""), "Free": ("hiding", "Free")}
        assert names.of(set) == "set"
    finally:
        del sys.modules["hiding"]


def test_two_things_of_one_name_have_two_bindings() -> None:
    names = Names(here())
    first = names.bind("Path", "pathlib", "Path", pathlib.Path)
    second = names.bind("Path", "zipfile", "Path", object)

    assert (first, second) == ("Path", "zipfile_Path")
    assert names.bind("Path", "pathlib", "Path", pathlib.Path) == "Path"
    assert names.imports[second] == ("zipfile", "Path")


def test_what_cannot_be_imported_has_no_name() -> None:
    def inner() -> None:
        """Nobody can import this."""

    class Local:
        pass

    names = Names(here())
    assert names.of(inner) is None
    assert names.of(Local) is None
    assert names.of(3) is None
    assert names.of(lambda: 1) is None
    assert names.of(Box) == "Box"


class Unbound:
    def __getattr__(self, name: str) -> object:
        raise RuntimeError("working outside of a request")


def test_what_refuses_to_say_what_it_is_has_no_name() -> None:
    """Flask's ``request`` does so while there is none."""
    assert Names(types.ModuleType("shop")).of(Unbound()) is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("cannot open '{}/a.txt'", '''f"cannot open '{tmp_path}/a.txt'"'''),
        ("{{}} in {} is \\ {}\n", 'f"{{}} in {tmp_path} is \\\\ {tmp_path}\\n"'),
        ("{}/a.txt", "str(tmp_path / 'a.txt')"),
    ],
)
def test_a_text_that_names_the_folder_of_the_call(tmp_path: Path, text: str, source: str) -> None:
    express = make()
    express.folder = tmp_path
    assert express.express(text.format(*[tmp_path] * 2)) == source
    assert express.express("elsewhere") == "'elsewhere'"


def test_a_hidden_name_of_another_package_is_not_imported() -> None:
    names = Names(sys.modules[__name__])
    assert names.of(type(iter(collections.deque()))) is None  # _collections._deque_iterator
    assert names.of(io.__dict__["_io"]._IOBase) is None
    assert names.of(collections.OrderedDict) == "OrderedDict"


def test_a_hidden_name_of_another_module_of_the_project_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rows_of_ours.py").write_text("class _Row: ...\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    rows = importlib.import_module("rows_of_ours")

    assert Names(sys.modules[__name__]).of(rows._Row) == "_Row"


def test_what_is_called_as_the_instance_is_imported_under_another_name() -> None:
    names = Names(sys.modules[__name__])
    names.variable = "date"

    assert Expresser(names).express(datetime.date(2024, 1, 31)) == "datetime_date(2024, 1, 31)"
    assert names.imports["datetime_date"] == ("datetime", "date")

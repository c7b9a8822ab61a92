"""Properties: laws that hold for all that is tried, say something, and are worth a test."""

from __future__ import annotations

import ast
import contextlib
import importlib.util
import itertools
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from greenline_probe.explore import proof
from greenline_probe.explore.budget import Budget
from greenline_probe.explore.mutants import Mutation
from greenline_probe.explore.properties import Held, Properties, message_of
from greenline_probe.explore.siblings import are_opposite, words_of
from unit.explore.explored import World, explored


@contextlib.contextmanager
def properties(
    folder: Path, text: str, name: str, *, all_open: bool = False, seconds: float = 60.0
) -> Iterator[tuple[World, list[Held]]]:
    """Search, then look for properties; ``all_open``: as if the examples noticed no mutant at all."""
    with explored(folder, textwrap.dedent(text), name) as world:
        world.observer.seconds = 30.0  # Hypothesis under our coverage takes its time on a busy machine
        observations = list(world.search(seconds=1.0).run([]).observations.values())
        usable = [o for o in observations if o.usable]
        mutation = Mutation(world.subject.function, world.subject.node, name, str(world.path))
        finder = Properties(world.observer, mutation, "seed", Budget(seconds))
        yield world, finder.found(usable, mutation.mutants if all_open else [])


def kinds(held: list[Held]) -> list[str]:
    return [one.proof.law.kind for one in held]


RUNS = """
    import json


    def encode_runs(text: str) -> str:
        runs = []
        for c in text:
            if runs and runs[-1][0] == c:
                runs[-1][1] += 1
            else:
                runs.append([c, 1])
        return json.dumps(runs)


    def decode_runs(data: str) -> str:
        return "".join(c * n for c, n in json.loads(data))
"""


@pytest.mark.parametrize(
    ("slow", "seconds", "expected"),
    [({1150}, 0.05, False), ({1150}, 0.3, True), ({1150, 1160}, 0.05, True), ({1150, 1160}, 0.01, False)],
    ids=["once", "once and for very long", "twice", "quick"],
)
def test_one_call_that_took_long_by_chance_makes_no_slow_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: set[int], seconds: float, expected: bool
) -> None:
    """Else the same code would get `settings(deadline=None)` on one day and not on the next."""
    times, now = itertools.count(1), itertools.accumulate(itertools.repeat(1e-6))

    def process_time() -> float:  # of two looks the second ends a call
        return next(now) + (seconds if next(times) in slow else 0.0)

    monkeypatch.setattr(proof, "time", SimpleNamespace(process_time=process_time))
    with properties(tmp_path, RUNS, "encode_runs") as (_, held):
        assert [one.is_slow for one in held] == [expected]


def test_what_a_sibling_takes_back_is_a_round_trip(tmp_path: Path) -> None:
    with properties(tmp_path, RUNS, "encode_runs") as (world, held):
        assert kinds(held) == ["round-trip"]
        message = message_of(held[0], world.observer)

    assert (message.tested, message.partner, message.parameters) == ("encode_runs", "decode_runs", ["text"])
    assert message.checks == ["decode_runs(encode_runs(text)) == text"]
    assert {name for name, _, _ in message.imports} == {"decode_runs", "encode_runs"}
    assert 3 <= len({tuple(row) for row in message.rows}) <= 5


def test_hypothesis_takes_over_where_any_value_will_do(tmp_path: Path) -> None:
    with properties(tmp_path, RUNS, "encode_runs") as (_, held):
        assert [one.strategies for one in held] == [["st.text()"]]


def test_the_range_that_a_function_checks_is_that_of_the_strategy(tmp_path: Path) -> None:
    text = """
        def encode(number: int) -> str:
            if not 0 <= number < 100_000_000:
                raise ValueError("out of range")
            return str(number)


        def decode(data: str) -> int:
            return int(data)
    """
    with properties(tmp_path, text, "encode") as (_, held):
        assert [(one.proof.law.kind, one.strategies) for one in held] == [("round-trip", ["st.integers(0, 99999999)"])]


def test_digits_that_a_function_refuses_are_left_out(tmp_path: Path) -> None:
    text = """
        def encode(text: str) -> str:
            if any(letter.isdecimal() for letter in text):
                raise ValueError("digits")
            return text.encode().hex()


        def decode(data: str) -> str:
            return bytes.fromhex(data).decode()
    """
    with properties(tmp_path, text, "encode") as (_, held):
        assert [one.strategies for one in held] == [["st.text(st.characters(exclude_categories=['Nd']))"]]


def test_what_holds_for_what_the_search_tries_and_not_for_all_is_no_property(tmp_path: Path) -> None:
    text = """
        def encode(text: str) -> str:
            return text.replace("\\x7f", "").encode().hex()


        def decode(data: str) -> str:
            return bytes.fromhex(data).decode()
    """
    with properties(tmp_path, text, "encode") as (_, held):
        assert held == []


def test_a_documented_property_that_does_not_hold_is_reported(tmp_path: Path) -> None:
    text = '''
        def tidy(text: str) -> str:
            """Remove bells; idempotent."""
            return text.lower().replace("\\x1c", "\\x00").replace("\\x00", "", 1)
    '''
    with explored(tmp_path, textwrap.dedent(text), "tidy") as world:
        observations = [o for o in world.search(seconds=1.0).run([]).observations.values() if o.usable]
        mutation = Mutation(world.subject.function, world.subject.node, "tidy", str(world.path))
        finder = Properties(world.observer, mutation, "seed", Budget(60.0))
        assert finder.found(observations, []) == []
    (told,) = finder.contradictions
    assert told["call"].startswith("tidy(tidy('")
    assert (told["error"], told["documented"], told["line"]) == ("is not so", "it is idempotent", 2)


@pytest.mark.parametrize(
    ("signature", "body", "strategy"),
    [
        ("x: Optional[int]", "json.dumps(x)", "st.none() | st.integers()"),
        ("x: Color", "json.dumps(x.value)", "st.sampled_from(Color)"),
        ("x: Length", "json.dumps(x)", "st.integers()"),
        ("x: dict[str, list[bool]]", "json.dumps(x)", "st.dictionaries(st.text(), st.lists(st.booleans()))"),
        ("x: Point", "json.dumps([x.a, x.b])", "st.builds(Point, a=st.integers(0, 9), b=st.text())"),
        ("x: Options", "json.dumps(x)", "st.fixed_dictionaries({'a': st.integers()}, optional={'b': st.text()})"),
        ("x: datetime.date", "x.isoformat()", "st.dates()"),
        ("x: Decimal", "str(x)", "st.decimals(allow_nan=False, allow_infinity=False)"),
        ("x: UUID", "x.hex", "st.uuids()"),
        ("x: Path", "str(x)", 'st.from_regex(r"[a-z]+(/[a-z]+)*", fullmatch=True).map(Path)'),
    ],
)
def test_annotations_say_what_hypothesis_tries(tmp_path: Path, signature: str, body: str, strategy: str) -> None:
    kind = signature.partition(": ")[2]
    decoded = {
        "Color": "Color(json.loads(data))",
        "Point": "Point(*json.loads(data))",
        "datetime.date": "datetime.date.fromisoformat(data)",
        "Decimal": "Decimal(data)",
        "UUID": "UUID(data)",
        "Path": "Path(data)",
    }.get(kind, "json.loads(data)")
    text = f"""
        import datetime
        import enum
        import json
        from dataclasses import dataclass
        from decimal import Decimal
        from pathlib import Path
        from typing import Literal, NewType, Optional, TypedDict
        from uuid import UUID


        class Color(enum.Enum):
            RED = "r"
            GREEN = "g"
            BLUE = "b"


        Length = NewType("Length", int)


        @dataclass
        class Point:
            a: int
            b: str

            def __post_init__(self):
                if self.a < 0 or self.a >= 10:
                    raise ValueError("a")


        class Needed(TypedDict):
            a: int


        class Options(Needed, total=False):
            b: str


        def encode({signature}) -> str:
            return {body}


        def decode(data: str):
            return {decoded}
    """
    with properties(tmp_path, text, "encode") as (_, held):
        assert [one.strategies for one in held] == [[strategy]]


@pytest.mark.parametrize(
    ("body", "inverse", "strategy"),
    [
        ("_matched(PATTERN.fullmatch(text))", "'-'.join(value)", 'st.from_regex(r"[a-z]{1,3}-[a-z]+", fullmatch=True)'),
    ],
)
def test_formats_say_what_hypothesis_tries(tmp_path: Path, body: str, inverse: str, strategy: str) -> None:
    text = f"""
        import datetime
        import re

        PATTERN = re.compile("^[a-z]{{1,3}}-[a-z]+$")


        def _matched(match):
            if match is None:
                raise ValueError("no match")
            return match.group().split("-")


        def parse(text: str):
            return {body}


        def format(value) -> str:
            return {inverse}
    """
    with properties(tmp_path, text, "parse") as (_, held):
        assert [one.strategies for one in held] == [[strategy]]


def test_examples_take_the_branches(tmp_path: Path) -> None:
    with properties(tmp_path, RUNS, "encode_runs") as (world, held):
        examples = message_of(held[0], world.observer).examples
    assert 1 <= len(examples) <= 3
    runs = [world.subject.function(ast.literal_eval(row[0])) for row in examples]
    assert any("2]" in each for each in runs)


def test_without_hypothesis_there_are_no_strategies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with properties(tmp_path, RUNS, "encode_runs") as (_, held):
        assert [one.strategies for one in held] == [[]]


def test_a_round_trip_that_loses_something_is_none(tmp_path: Path) -> None:
    text = """
        def encode(text: str) -> str:
            return text.strip().encode().hex()


        def decode(data: str) -> str:
            return bytes.fromhex(data).decode()
    """
    with properties(tmp_path, text, "encode") as (_, held):
        assert held == []


POINT = """
    class Point:
        def __init__(self, x: int, y: int = 0):
            self.x, self.y = x, y

        def __eq__(self, other):
            return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

        def __hash__(self):
            return hash((self.x, self.y))

        def __str__(self):
            return f"{self.x},{self.y}"

        @classmethod
        def parse(cls, text: str) -> "Point":
            x, y = text.split(",")
            return cls(int(x), int(y))

        def to_dict(self) -> dict:
            return {"x": self.x, "y": self.y}

        @classmethod
        def from_dict(cls, data: dict) -> "Point":
            return cls(data["x"], data["y"])
"""


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("Point.__str__", "Point.parse(str(point)) == point"),
        ("Point.to_dict", "Point.from_dict(point.to_dict()) == point"),
        ("Point.__hash__", "hash(point) == hash(equal_point)"),
    ],
)
def test_instances_go_there_and_back(tmp_path: Path, name: str, check: str) -> None:
    with properties(tmp_path, POINT, name) as (_, held):
        assert [one.proof.law.checks[-1] for one in held] == [check]
        assert all("--" not in source for row in held[0].rows for source in row)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('def normalize(name: str) -> str:\n    return "-".join(name.lower().split())', ["idempotent"]),
        ("def swap_case(text: str) -> str:\n    return ''.join(c for c in text)", []),
        ("def normalize(number: int) -> int:\n    return number + 1", []),
        ("def normalize(text: str) -> str:\n    return 'always the same'", []),
        ("def normalize(text: str) -> str:\n    return text", []),
        ("def reverse(items: list[int]) -> list[int]:\n    return items[::-1]", ["involution", "permutation"]),
        ("def invert(table: dict[str, str]):\n    return {v: k for k, v in table.items()}", []),
    ],
)
def test_only_what_is_promised_holds_and_says_something(tmp_path: Path, text: str, expected: list[str]) -> None:
    with properties(tmp_path, text, text[4 : text.index("(")]) as (_, held):
        assert kinds(held) == expected


def test_what_nobody_promises_must_notice_a_change_that_the_examples_let_pass(tmp_path: Path) -> None:
    text = "def shorter(text: str) -> str:\n    return text[:5]"
    with properties(tmp_path, text, "shorter") as (_, held):
        assert held == []
    # Without its slice the function is idempotent all the more; only "result in a list" is noticed.
    with properties(tmp_path, text, "shorter", all_open=True) as (_, held):
        assert kinds(held) == ["idempotent"]
        assert [m.what for m in held[0].noticed] == ["result in a list"]


def test_a_symmetric_function_says_so(tmp_path: Path) -> None:
    text = '''
        def overlap(first: str, second: str) -> list[str]:
            """Return the common letters; symmetric."""
            return sorted(set(first) & set(second))
    '''
    with properties(tmp_path, text, "overlap") as (_, held):
        assert [one.proof.law.checks for one in held] == [("overlap(first, second) == overlap(second, first)",)]


def test_a_property_that_is_not_proved_in_time_is_none(tmp_path: Path) -> None:
    with properties(tmp_path, RUNS, "encode_runs", seconds=0.0) as (_, held):
        assert held == []


def test_mutants_are_taken_out_again(tmp_path: Path) -> None:
    text = "def normalize(text: str) -> str:\n    return text.lower().strip()"
    with properties(tmp_path, text, "normalize", all_open=True) as (world, held):
        assert held[0].noticed
        assert world.subject.function(" Ab ") == "ab"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("encode", "decode"),
        ("dumps", "loads"),
        ("to_roman", "from_roman"),
        ("toRoman", "fromRoman"),
        ("int_to_base", "base_to_int"),
        ("int2base", "base2int"),
        ("escape_html", "unescape_html"),
        ("gzip_bytes", "gunzip_bytes"),
        ("format_int_list", "parse_int_list"),
        ("serialize", "deserialize"),
        ("to_dict", "from_dict"),
    ],
)
def test_opposite_names(one: str, other: str) -> None:
    assert are_opposite(one, other)
    assert are_opposite(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("encode", "encode"), ("encode_text", "decode_bytes"), ("to_dict", "to_list"), ("add", "remove_all"), ("a", "b")],
)
def test_names_that_are_not_opposite(one: str, other: str) -> None:
    assert not are_opposite(one, other)


def test_words_of_a_name() -> None:
    assert words_of("toRomanNumber") == ["to", "roman", "number"]
    assert words_of("int2base") == ["int", "2", "base"]

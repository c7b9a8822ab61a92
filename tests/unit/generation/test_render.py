from __future__ import annotations

import ast
import builtins
import re
import shutil
import subprocess
import symtable
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from unit.generation.rendered import BOX, WORK, case, file_of, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.case import Case

LONG = "'the quick brown fox jumps over the lazy dog'"
LISTS = "['first of many', 'second of many', 'third of many', 'fourth of many', 'fifth']"
# ruff: noqa: E501 - one case a line
SHAPES: dict[str, Sequence[Case]] = {
    "value": [case("'a'", expected="3")],
    "constants": [case("'a'", expected="None"), case("'b'", "2", expected="True"), case("'c'", expected="False")],
    "approximate": [case("'a'", expected="0.30000000000000004")],
    "await": [case("'a'", expected="1", shape="await")],
    "iterate": [case("'a'", expected="[1, 2]", shape="iterate")],
    "take": [case("'a'", expected="[1, 2, 3, 4, 5]", shape="take")],
    "aiterate": [case("'a'", expected="[1, 2]", shape="aiterate")],
    "with": [case("'a'", expected="1", shape="with")],
    "with-details": [case("'a'", details=("isinstance(value, int)", "result.real == 3"), shape="with")],
    "with-nothing": [case("'a'", shape="with")],
    "details": [case("'a'", details=("isinstance(result, Box)", "result.size == 2"), imports=(WORK, BOX))],
    "object": [case("3", call="Box", parameters=["size"], details=("result.size == 3",), shape="object")],
    "raises": [case("'a'", error="ValueError", message="bad (a) [b]")],
    "raises-plainly": [case("'a'", error="LookupError", message="")],
    "raises-awaited": [case("'a'", error="ValueError", message="bad", shape="await")],
    "raises-on-entering": [case("'a'", error="ValueError", message="bad", shape="with")],
    "raises-in-several-lines": [case("'a'", error="ValueError", message="one\ntwo \"and\" 'three'")],
    "raises-quoted": [case("'a'", error="ValueError", message='no "a" here'), case("'', 2", error="KeyError", message="'a'")],
    "after-a-definition": [
        case("items()", arrange=("async def items():\n    for item in [1]:\n        yield item",), shape="await", expected="[1]")
    ],
    "table": [case(f"'{c}'", expected=str(i)) for i, c in enumerate("abc")],
    "table-of-constants": [case(f"'{c}'", expected=v) for c, v in zip("abc", ("True", "False", "None"), strict=True)],
    "table-of-one-result": [case(f"'{c}'", expected="True") for c in "abc"],
    "table-of-floats": [case(f"'{c}'", expected=f"0.{i}0000000000004") for i, c in enumerate("abc")],
    "table-that-raises": [case(f"'{c}'", error="ValueError", message="bad") for c in "abc"],
    "table-that-raises-differently": [case(f"'{c}'", error="ValueError", message=f"bad {c}") for c in "abc"],
    "table-that-raises-awaited": [case(f"'{c}'", error="ValueError", message=c, shape="await") for c in "abc"],
    "table-of-long-rows": [case(LISTS, str(i), LONG, expected=LISTS) for i in range(3)],
    "table-iterated": [case(f"'{c}'", expected=f"['{c}']", shape="aiterate") for c in "abc"],
    "kept": [case("['b', 'a']", expected="None", after=("text == ['a', 'b']",), kept=frozenset({0}))],
    "kept-with-a-name-in-use": [
        case("[2]", "[1]", parameters=["work", "l"], labels=["", "l="], expected="1", after=("work == []", "l == []"), kept=frozenset({0, 1}))
    ],
    "printed": [case("'a'", expected="None", after=("capsys.readouterr().out == 'a\\n'",))],
    "in-a-folder": [case("tmp_path / 'a.txt'", expected="0")],
    "table-in-folders": [case("tmp_path / 'a.txt'", str(i), expected=str(i)) for i in range(3)],
    "in-several-folders": [case(f"tmp_path / '{c}.txt'", expected="0") for c in "abc"],
    "changed": [
        case("'pen'", call="box.put", parameters=["item"], arrange=("box = Box(size=3)",), expected="None", after=("box.size == 4",))
    ],
    "table-with-a-receiver": [
        case(c, call="box.put", parameters=["item"], arrange=("box = Box(size=3)",), expected=c) for c in ("1", "2", "3")
    ],
    "table-of-request": [case(c, parameters=["request"], expected=c) for c in ("1", "2", "3")],
    "long": [case(LONG, LISTS, expected=LISTS), case(LISTS, expected="3"), case("'a'", LONG, expected=LONG)],
    "long-and-raising": [case(LONG, LONG, error="ValueError", message="it is neither a fox nor a lazy dog, and far too long")],
    "quotes": [case("'it\\'s \"so\"'", expected="\"it's\""), case("b'\\x00'", expected="'say \"hi\"'")],
    "lambda": [case("'a'", "1", "lambda a, b: a", labels=["", "", "key="], expected="1")],
    "parenthesized": [case("(1 + 2) * 3", LONG, LISTS, expected="(1,)"), case("{**{}, 'a': (1,)}", LISTS, expected="[*range(3)]")],
}  # fmt: skip


@pytest.fixture(params=SHAPES, ids=str)
def text(request: pytest.FixtureRequest) -> str:
    return file_of(render(SHAPES[request.param]))


def test_it_compiles_and_uses_no_name_that_is_not_imported(text: str) -> None:
    compile(text, "test_work.py", "exec")
    table = symtable.symtable(text, "test_work.py", "exec")
    known = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    known |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_namespace()} | set(dir(builtins))
    scopes = [table]
    for scope in scopes:
        scopes += scope.get_children()
        wanted = {symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global()}
        assert wanted <= known
    # a global scope's own free names (decorators) are looked up there
    assert {s.get_name() for s in table.get_symbols() if s.is_referenced()} <= known


def test_its_names_are_identifiers_and_differ() -> None:
    everything = [c for cases in SHAPES.values() for c in cases]
    names = [candidate.name for candidate in render(everything, taken=frozenset({"test_work_for_a"}))]
    assert all(name.isidentifier() and name.startswith("test_work") for name in names)
    assert len({*names, "test_work_for_a"}) == len(names) + 1


def test_ruff_finds_nothing_to_say_and_nothing_to_format(tmp_path: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    if not ruff.exists() and not shutil.which("ruff"):
        pytest.skip("ruff is not installed here")
    command = str(ruff) if ruff.exists() else "ruff"
    for name, cases in SHAPES.items():
        (tmp_path / f"test_{name.replace('-', '_')}.py").write_text(file_of(render(cases)), encoding="utf-8")
    rules = "E,F,W,I,PT,RUF,SIM,UP"
    ours = "lint.isort.known-first-party = ['shop']"
    # RUF005 is about an input that a search found; PT011 cannot be satisfied where an error has no message.
    check = ("check", "--config", ours, "--select", rules, "--ignore", "RUF005,PT011")
    for action in (check, ("format", "--diff")):
        done = subprocess.run(
            [command, *action, "--isolated", "--line-length", "88", str(tmp_path)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout


def only(cases: Sequence[Case], qualname: str = "work") -> str:
    (candidate,) = render(cases, qualname)
    return candidate.code


def test_a_value() -> None:
    assert only(SHAPES["value"]) == 'def test_work_of_a():\n    assert work("a") == 3'


def test_a_kept_argument_has_three_steps() -> None:
    assert only(SHAPES["kept"]) == (
        'def test_work_of_b_a():\n    text = ["b", "a"]\n\n    work(text)\n\n    assert text == ["a", "b"]'
    )


def test_a_variable_never_hides_what_is_called() -> None:
    code = only(SHAPES["kept-with-a-name-in-use"])
    assert "work_value = [2]\n    l_value = [1]\n" in code
    assert "assert work(work_value, l=l_value) == 1" in code
    assert "assert work_value == []\n    assert l_value == []" in code


def test_a_made_object_is_called_what_it_is() -> None:
    code = only(SHAPES["object"], "Box.__init__")
    assert code == "def test_box_of_3():\n    box = Box(3)\n    assert box.size == 3"


def test_a_context_manager_that_raises_is_entered() -> None:
    assert 'with pytest.raises(ValueError, match=r"^bad"), work("a"):\n        pass' in only(
        SHAPES["raises-on-entering"]
    )


def test_a_message_of_several_lines_is_escaped_by_the_test() -> None:
    assert "match=re.escape(" in only(SHAPES["raises-in-several-lines"])
    ast.parse(only(SHAPES["raises-in-several-lines"]))


def test_a_table_of_results_and_one_of_a_single_result() -> None:
    assert only(SHAPES["table"]).splitlines() == [
        "@pytest.mark.parametrize(",
        '    ("text", "expected"),',
        "    [",
        '        pytest.param("a", 0, id="a"),',
        '        pytest.param("b", 1, id="b"),',
        '        pytest.param("c", 2, id="c"),',
        "    ],",
        ")",
        "def test_work(text, expected):",
        "    assert work(text) == expected",
    ]
    assert "assert work(text) is True" in only(SHAPES["table-of-one-result"])
    assert "def test_work_is_true(text):" in only(SHAPES["table-of-one-result"])
    assert "work(text) is expected" in only(SHAPES["table-of-constants"])
    assert 'pytest.param("b", pytest.approx(0.10000000000004)' in only(SHAPES["table-of-floats"])


def test_errors_are_compared_with_their_messages() -> None:
    code = only(SHAPES["table-that-raises-differently"])
    assert "def test_work_raises_value_error(text, message):" in code
    assert 'with pytest.raises(ValueError, match="^" + re.escape(message)):\n        work(text)' in code


def test_two_of_a_kind_are_no_table() -> None:
    assert len(render(SHAPES["table"][:2])) == 2


def test_cells_of_a_table_stand_outside_of_the_test() -> None:
    assert len(render(SHAPES["in-several-folders"])) == 3


def test_a_table_is_named_after_what_its_rows_have_in_common() -> None:
    first, second = ([case(text, str(i), expected=str(i)) for i in range(3)] for text in ("'a'", "'lost'"))
    assert "def test_work_of_lost(number, expected):" in only(second)
    assert "def test_work_of_a(number, expected):" in only(first)


def test_rows_of_numbers_are_sorted_and_others_stay() -> None:
    rows = [case(number, expected="1") for number in ("10000", "-1", "9")]
    assert re.findall(r"param\((\S+), id", only(rows)) == ["-1", "9", "10000"]
    texts = [case(text, expected="1") for text in ("'b'", "'a'", "'c'")]
    assert re.findall(r"param\((\S+), id", only(texts)) == ['"b"', '"a"', '"c"']


def test_rows_without_short_words_go_by_what_comes_of_them() -> None:
    long = [f"'{letter * 35}'" for letter in "abc"]
    errors = [case(text, error="ValueError", message=f"no {text[1]}") for text in long]
    assert re.findall(r'id="(.*)"', only(errors)) == ["no-a", "no-b", "no-c"]


def test_errors_come_last() -> None:
    cases = [case("''", error="ValueError", message="bad"), case("'a'", expected="1")]
    assert [c.name for c in render(cases)] == ["test_work_of_a", "test_work_raises_value_error_for_empty"]


def test_oracles_say_what_a_test_rests_on() -> None:
    cases = [
        case("''", error="ValueError", message="bad"),
        case("'a'", expected="1"),
        case("'b'", "2", expected="1", documented=True),
    ]
    assert [c.oracles for c in render(cases)] == [("observed",), ("documented",), ("declared-raise",)]


def test_a_definition_before_the_call_is_a_block_of_its_own() -> None:
    code = only(SHAPES["after-a-definition"])
    block = "    async def items():\n        for item in [1]:\n            yield item\n\n    assert asyncio.run(work(items())) == [1]"
    assert block in code

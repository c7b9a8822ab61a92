from __future__ import annotations

import ast
import builtins
import re
import shutil
import subprocess
import symtable
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.domain.code.read_module import read_module
from greenline.domain.generation.render import render_together
from unit.generation.rendered import BOX, SOURCE, WORK, case, file_of, render

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
    "approximate-list": [case("'a'", expected="[1.0, 0.30000000000000004, None]")],
    "table-of-details": [case(f"{i}", details=(f"result.real == 0.{i}0000000000004", "result.imag == 0")) for i in (1, 2, 3)],
    "approximate-called": [case("'a'", expected="[Counter(a=1), 0.30000000000000004]", imports=(WORK, ("Counter", "collections", "Counter")))],
    "approximate-large": [case("'a'", expected="(0.30000000000000004, 12345678)")],
    "approximate-nested": [case("'a'", expected="[(1.0, 0.30000000000000004)]")],
    "approximate-dict": [case("'a'", expected="{'a': 0.30000000000000004}")],
    "approximate-details": [case("'a'", details=("result.real == 0.30000000000000004", "result.imag == 0"))],
    "approximate-after": [case("[1]", expected="None", after=("text == [0.30000000000000004, 2]",), kept=frozenset({0}))],
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


def only_name(cases: Sequence[Case]) -> str:
    (candidate,) = render(cases)
    return candidate.name


def test_a_value() -> None:
    assert only(SHAPES["value"]) == 'def test_work():\n    assert work("a") == 3'


def test_a_kept_argument_has_three_steps() -> None:
    (kept,) = SHAPES["kept"]
    assert only([replace(kept, expected="3")]) == (
        'def test_work():\n    text = ["b", "a"]\n    assert work(text) == 3\n    assert text == ["a", "b"]'
    )
    assert only([replace(kept, expected=None)]) == (
        'def test_work():\n    text = ["b", "a"]\n\n    work(text)\n\n    assert text == ["a", "b"]'
    )


def test_a_variable_never_hides_what_is_called() -> None:
    code = only(SHAPES["kept-with-a-name-in-use"])
    assert "work_value = [2]\n    l_value = [1]\n" in code
    assert "assert work(work_value, l=l_value) == 1" in code
    assert "assert work_value == []\n    assert l_value == []" in code


def test_a_made_object_is_called_what_it_is() -> None:
    code = only(SHAPES["object"], "Box.__init__")
    assert code == "def test_box():\n    box = Box(3)\n    assert box.size == 3"


def test_a_context_manager_that_raises_is_entered() -> None:
    assert 'with pytest.raises(ValueError, match="bad"), work("a"):\n        pass' in only(SHAPES["raises-on-entering"])


def test_a_message_of_several_lines_is_escaped_by_the_test() -> None:
    assert "match=re.escape(" in only(SHAPES["raises-in-several-lines"])
    ast.parse(only(SHAPES["raises-in-several-lines"]))


def test_a_table_of_results_and_one_of_a_single_result() -> None:
    assert only(SHAPES["table"]).splitlines() == [
        "@pytest.mark.parametrize(",
        '    ("text", "expected"),',
        "    [",
        '        ("a", 0),',
        '        ("b", 1),',
        '        ("c", 2),',
        "    ],",
        ")",
        "def test_work(text, expected):",
        "    assert work(text) == expected",
    ]
    assert "assert work(text) is True" in only(SHAPES["table-of-one-result"])
    assert "def test_work_is_true(text):" in only(SHAPES["table-of-one-result"])
    assert "work(text) is expected" in only(SHAPES["table-of-constants"])
    assert '("b", pytest.approx(0.10000000000004))' in only(SHAPES["table-of-floats"])


def test_floats_that_were_calculated_are_approximate_also_in_a_collection() -> None:
    assert 'work("a") == pytest.approx([1.0, 0.30000000000000004, None])' in only(SHAPES["approximate-list"])
    assert 'work("a") == pytest.approx({"a": 0.30000000000000004})' in only(SHAPES["approximate-dict"])
    assert "assert result.real == pytest.approx(0.30000000000000004)" in only(SHAPES["approximate-details"])
    assert "assert text == pytest.approx([0.30000000000000004, 2])" in only(SHAPES["approximate-after"])
    assert "(2, pytest.approx(0.20000000000004))," in only(SHAPES["table-of-details"])
    # pytest compares nothing that is nested so, and a millionth of a large number could be another one.
    assert 'work("a") == [Counter(a=1), 0.30000000000000004]' in only(SHAPES["approximate-called"])
    assert 'work("a") == (0.30000000000000004, 12345678)' in only(SHAPES["approximate-large"])
    assert 'work("a") == [(1.0, 0.30000000000000004)]' in only(SHAPES["approximate-nested"])


def test_errors_are_compared_with_their_messages() -> None:
    code = only(SHAPES["table-that-raises-differently"])
    assert "def test_work_raises_value_error(text, message):" in code
    assert "with pytest.raises(ValueError, match=message):\n        work(text)" in code
    special = [case(f"'{c}'", error="ValueError", message=f"bad ({c})") for c in "abc"]
    assert "with pytest.raises(ValueError, match=re.escape(message)):\n        work(text)" in only(special)


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("no such name", '"no such name"'),
        ("'a-b' is no name", "\"'a-b' is no name\""),
        ("bad (a) [b]", r'r"bad \(a\) \[b\]"'),
        ('a "b" c.', r"""r'a "b" c\.'"""),
    ],
)
def test_a_message_has_no_more_escapes_than_it_needs(message: str, shown: str) -> None:
    assert f"pytest.raises(ValueError, match={shown})" in only([case("'a'", error="ValueError", message=message)])


def test_none_is_asserted_where_it_is_an_answer() -> None:
    """``work`` returns values, ``Box.put`` never does."""
    (kept,) = SHAPES["kept"]
    assert "assert work(text) is None\n    assert text == ['a', 'b']" in only([kept]).replace('"', "'")
    (changed,) = SHAPES["changed"]
    assert "    box.put('pen')\n" in only([changed], "Box.put").replace('"', "'")


def test_two_cases_are_a_table_where_no_branch_sets_them_apart() -> None:
    two = SHAPES["table"][:2]
    assert len(render(two)) == 1
    told_apart = [replace(one, edges=frozenset({arc})) for one, arc in zip(two, ((2, 3), (2, 4)), strict=True)]
    assert [c.name for c in render(told_apart)] == ["test_work_when_text_is_blank", "test_work"]
    assert len(render([*told_apart, SHAPES["table"][2]])) == 1


def test_what_is_made_differently_for_each_case_is_a_column() -> None:
    rows = [
        case("1", call="box.put", parameters=["item"], arrange=(f"box = Box({size})",), expected=size) for size in "123"
    ]
    code = only(rows, "Box.put")
    assert '("box", "expected"),' in code
    assert 'pytest.param(Box(1), 1, id="box-1"),' in code
    assert "def test_box_put(box, expected):\n    assert box.put(1) == expected" in code


def test_what_is_set_or_written_before_is_a_column() -> None:
    setting = "monkeypatch.setenv('MY_MODE', {})"
    code = only([case(arrange=(setting.format(text),), expected="True") for text in ("'1'", "'on'", "'yes'")])
    assert 'monkeypatch.setenv("MY_MODE", my_mode)\n    assert work() is True' in code
    writing = "(tmp_path / 'data.txt').write_text({})"
    read = [case("tmp_path / 'data.txt'", arrange=(writing.format(repr(c)),), expected=repr(c)) for c in "abc"]
    code = only(read)
    assert '(tmp_path / "data.txt").write_text(content)\n    assert work(tmp_path / "data.txt") == expected' in code


def test_what_a_case_does_not_pass_is_the_default_in_its_row() -> None:
    cases = [
        case("'a'", expected="1"),
        case("'a'", "2", labels=["", "number="], expected="2"),
        case("'a'", "'k'", parameters=["text", "key"], labels=["", "key="], expected="3"),
    ]
    code = only(cases)
    assert '("number", "key", "expected"),' in code
    assert 'pytest.param(1, None, 1, id="1"),' in code
    assert '        (1, "k", 3),' in code
    assert 'work("a", number=number, key=key) == expected' in code


def test_a_default_that_only_the_module_knows_is_no_cell() -> None:
    cases = [case("'a'", expected="1"), case("'a'", "2", labels=["", "other="], expected="2")]
    assert len(render(cases)) == 2


def test_what_is_asserted_of_results_is_a_table_too() -> None:
    rows = [
        case(text, details=(f"isinstance(result, {kind})", f"result.text == {text}", "result.at == 1", f"len(result) == {n}"))
        for text, kind, n in (("'a'", "str", 1), ("'bc'", "str", 2), ("'def'", "Box", 3))
    ]  # fmt: skip
    code = only([replace(row, imports=(WORK, BOX)) for row in rows])
    assert '("text", "expected_type", "expected_length"),' in code
    assert '        ("def", Box, 3),' in code
    assert code.endswith(
        "    result = work(text)\n"
        "    assert isinstance(result, expected_type)\n"
        "    assert result.text == text\n"
        "    assert result.at == 1\n"
        "    assert len(result) == expected_length"
    )


def test_other_assertions_of_results_are_no_table() -> None:
    rows = [case(f"'{c}'", details=(f"abs(result - {i}) < 1",)) for i, c in enumerate("abc")]
    assert len(render(rows)) == 3


def test_what_is_read_once_is_no_cell() -> None:
    assert len(render([case(f"io.StringIO('{c}')", expected=str(i)) for i, c in enumerate("abc")])) == 3


def test_a_row_is_read_at_a_glance() -> None:
    parameters = ["text", "number", "key", "fourth", "fifth"]
    wide = [case(*(f"'{letter}{i}'" for letter in "abcde"), parameters=parameters, expected=str(i)) for i in range(3)]
    assert len(render(wide)) == 3


def test_comparisons_are_asserted_as_they_are_said() -> None:
    def compared(call: str, expected: str) -> str:
        made = case("3", arrange=("box = Box(1)",), expected=expected, parameters=["other"])
        return only([replace(made, call=call)], "Box.put").splitlines()[-1].strip()

    assert compared("(box < \x000\x00)", "True") == "assert box < 3"
    assert compared("(box < \x000\x00)", "False") == "assert not box < 3"
    assert compared("(box == \x000\x00)", "False") == "assert box != 3"
    assert compared("(\x000\x00 in box)", "False") == "assert 3 not in box"
    assert compared("(box != \x000\x00)", "False") == "assert (box != 3) is False"


def test_an_expression_that_raises_does_not_stand_alone() -> None:
    code = only([replace(case("3", error="ValueError", message="bad"), call="(work == \x000\x00)")])
    assert code.endswith("        _ = work == 3")


def test_later_tests_of_a_constructor_show_what_is_new() -> None:
    make = {"call": "Box", "parameters": ["size"], "shape": "object"}
    first = case("3", **make, details=("result.size == 3", "result.lid is None"))
    second = case("4", labels=["size="], **make, details=("result.size == 4", "result.lid is None"))
    assert [c.code for c in render([first, second], "Box.__init__")] == [
        "def test_box():\n    box = Box(3)\n    assert box.size == 3\n    assert box.lid is None",
        "def test_box_with_size():\n    box = Box(size=4)\n    assert box.size == 4",
    ]


def test_what_was_found_for_a_private_function_is_among_the_tests_of_what_it_calls() -> None:
    module, _ = read_module(SOURCE)
    work, put = module.function("work"), module.function("Box.put")
    assert work
    assert put
    mine = [replace(case("'a'", expected="1"), tested="work")]
    found = [replace(case(f"'{text}'", expected="2"), tested="work") for text in "bc"]
    together = render_together([(put, [*found, *mine]), (work, mine)], SOURCE, {})
    (table,) = together[work]
    assert together[put] == ()
    assert (table.name, table.found_for) == ("test_work", ("Box.put",))
    rows = [line.strip() for line in table.code.splitlines()[3:6]]
    assert rows == ['("a", 1),', '("b", 2),', '("c", 2),']


def test_names_say_what_is_odd_and_what_an_error_is_about() -> None:
    def name_of(one: Case) -> str:
        return render([one])[0].name

    assert name_of(case("''", expected="1")) == "test_work_for_empty_text"
    assert name_of(case("'a'", "-1", expected="1")) == "test_work_for_negative_number"
    assert name_of(case("'a'", "True", labels=["", "key="], expected="1")) == "test_work_with_key"
    assert name_of(case("'a'", error="ValueError", message="bad number")) == "test_work_raises_value_error_for_number"


def test_names_say_what_is_set_and_what_was_done_before() -> None:
    made = case("3", arrange=("box = Box(1)",), parameters=["size"], after=("box.size == 3",))
    setting = replace(made, call="box.size = \x000\x00")
    stepped = replace(made, call="box.put(\x000\x00)", arrange=("box = Box(1)", "box.put('a')", "_ = box.lid"))
    assert [c.name for c in render([setting, stepped], "Box.put")] == [
        "test_box_set_put",
        "test_box_put_after_put_and_lid",
    ]


def test_comparisons_that_hold_need_no_word() -> None:
    holds = replace(case("3", arrange=("box = Box(1)",), expected="True"), call="(box < \x000\x00)")
    assert render([holds], "Box.put")[0].name == "test_box_put"


def test_a_name_that_would_be_too_long_says_less() -> None:
    long = "'" + "very long text " * 3 + "'"
    names = [c.name for c in render([case(long, error="ValueError", message="x"), case(long, "1", error="ValueError")])]
    assert all(len(name) <= 80 and not name.endswith("_") for name in names)


def test_cells_of_a_table_stand_outside_of_the_test() -> None:
    assert len(render(SHAPES["in-several-folders"])) == 3


def test_a_table_is_named_after_what_its_rows_have_in_common() -> None:
    flagged = [case(f"'{c}'", "True", labels=["", "key="], parameters=["text", "key"], expected=c) for c in "123"]
    assert "def test_work_with_key(text, expected):" in only(flagged)
    plain, lost = ([case(text, str(i), expected=str(i)) for i in range(3)] for text in ("'a'", "'lost'"))
    assert "def test_work(number, expected):" in only(lost)
    (second,) = render(lost, taken=frozenset({only_name(plain)}))
    assert second.name == "test_work_of_lost"


def test_rows_of_numbers_are_sorted_and_others_stay() -> None:
    rows = [case(number, expected="1") for number in ("10000", "-1", "9")]
    assert re.findall(r"^ {8}(\S+),$", only(rows), re.MULTILINE) == ["-1", "9", "10000"]
    texts = [case(text, expected="1") for text in ("'b'", "'a'", "'c'")]
    assert re.findall(r"^ {8}(\S+),$", only(texts), re.MULTILINE) == ['"b"', '"a"', '"c"']


def test_rows_without_short_words_go_by_what_comes_of_them() -> None:
    long = [f"'{letter * 45}'" for letter in "abc"]
    errors = [case(text, error="ValueError", message=f"no {text[1]}") for text in long]
    assert re.findall(r'id="(.*)"', only(errors)) == ["gives-no-a", "gives-no-b", "gives-no-c"]


def test_errors_come_last() -> None:
    cases = [case("''", error="ValueError", message="bad"), case("'a'", expected="1")]
    assert [c.name for c in render(cases)] == ["test_work", "test_work_raises_value_error_for_empty_text"]


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


def test_what_is_entered_is_looked_at_inside_however_many_cases_there_are() -> None:
    cases = [case(repr(text), expected=f"{n}", shape="with") for n, text in enumerate("abc")]
    codes = [candidate.code for candidate in render(cases)]
    assert [re.findall(r"with work\((.*)\) as value:\n        assert value == (\d)", code) for code in codes] == [
        [('"a"', "0")],
        [('"b"', "1")],
        [('"c"', "2")],
    ]


def test_contexts_are_entered_one_by_one() -> None:
    text = file_of(render([case("'a'", expected="1", shape="with"), case("'b'", expected="2", shape="with")]))

    assert text.count("with work(") == 2
    assert "parametrize" not in text


def test_what_is_passed_more_than_once_is_counted_off() -> None:
    rows = [
        case(f"'{a}'", f"'{b}'", parameters=["items", "items"], expected=f"'{a + b}'") for a, b in ("ab", "cd", "ef")
    ]

    (table,) = render(rows)

    assert '("first_item", "second_item", "expected"),' in table.code
    assert "assert work(first_item, second_item) == expected" in table.code


def test_what_was_done_before_and_after_is_a_column_where_one_expression_differs() -> None:
    run = "run = create_autospec(subprocess.run, return_value=subprocess.CompletedProcess([], 0, stdout={}))"
    rows = [
        case("'a'", arrange=(run.format(out), "monkeypatch.setattr(subprocess, 'run', run)"), expected=told)
        for out, told in (("''", "None"), ("'one\\n'", "'one'"), ("'two\\n'", "'two'"))
    ]
    code = only(rows)
    assert '("stdout", "expected"),' in code
    assert "subprocess.CompletedProcess([], 0, stdout=stdout)" in code
    assert 'pytest.param("", None, id="empty-stdout"),' in code


def test_what_is_printed_is_a_column() -> None:
    rows = [
        case(f"'{name}'", expected="None", after=(f"capsys.readouterr().out == 'Hello {name}\\n'",))
        for name in ("Ada", "Bo", "Cleo")
    ]
    silent = only([replace(row, call="box.put(\x000\x00)", imports=(BOX,)) for row in rows], "Box.put")
    assert '("text", "expected_out"),' in silent
    assert "    box.put(text)\n    assert capsys.readouterr().out == expected_out" in silent
    assert "    assert work(text) is None\n    assert capsys.readouterr().out == expected_out" in only(rows)


def test_a_class_that_differs_in_a_number_is_a_table() -> None:
    frozen = "class Frozen(datetime):\n    @classmethod\n    def now(cls):\n        return cls(2024, 5, 17, {})"
    rows = [
        case(
            "'a'", arrange=(frozen.format(hour), "monkeypatch.setattr(clock, 'datetime', Frozen)"), expected=f"'{told}'"
        )
        for hour, told in ((6, "early"), (12, "noon"), (23, "late"))
    ]
    code = only(rows)
    assert "        return cls(2024, 5, 17, given)" in code.replace("            return", "        return")
    assert '        (6, "early"),' in code


def test_statements_that_differ_in_more_are_tests_of_their_own() -> None:
    rows = [case("'a'", arrange=(f"box.put({a}, {b})",), expected=a) for a, b in (("1", "2"), ("3", "4"), ("5", "6"))]
    assert len(render([replace(row, expected=str(n)) for n, row in enumerate(rows)])) == 3
    made = [case("'a'", arrange=(f"box.put(local{n}())",), expected=str(n)) for n in range(3)]
    assert len(render(made)) == 3


def test_a_row_for_which_alone_a_table_has_a_column_is_a_test_of_its_own() -> None:
    rows = [case(f"'{letter}'", expected=str(number)) for number, letter in enumerate("abc")]
    lone = case("'a'", "'k'", parameters=["text", "key"], labels=["", "key="], expected="9")
    table, alone = render([*rows, lone])
    assert '("text", "expected"),' in table.code
    assert alone.code == 'def test_work_with_key():\n    assert work("a", key="k") == 9'
    two = [lone, replace(lone, expected="8", arguments=(rows[1].arguments[0], lone.arguments[1]))]
    assert '("text", "key", "expected"),' in only([*rows, *two])


def test_what_was_asked_at_length_is_no_cell() -> None:
    rows = [
        case(f"'{letter}'", expected="3", after=(f"ask.call_args_list == [call('{letter}', {LISTS})]",))
        for letter in "abc"
    ]
    assert len(render(rows)) == 3
    short = [
        case(f"'{letter}'", expected="3", after=(f"ask.call_args_list == [call('{letter}')]",)) for letter in "abc"
    ]
    assert len(render(short)) == 1

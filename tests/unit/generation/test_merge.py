from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate
from greenline.domain.generation.reach import Reach
from greenline.domain.generation.source_text import SourceText, apply_insertions

if TYPE_CHECKING:
    from greenline.domain.generation.merge import Merged

_OURS = "lint.isort.known-first-party=['parcels']"


def candidate(name: str, body: str, *imports: str) -> Candidate:
    return Candidate(name, f"def {name}():\n    {body}\n", imports)


PARSE = candidate("test_parse_rejects_empty", "assert parse('') is None", "from parcels.core import parse")
WEIGH = candidate("test_weigh", "assert weigh(1) == 1", "from parcels.core import weigh")
RAISES = candidate("test_boom", "pytest.raises(ValueError, boom)", "import pytest", "from parcels import boom")


def merged(base: str | None, *candidates: Candidate, target: str | None = None) -> Merged:
    result = merge_tests(base, candidates, target=target)
    assert not result.problem
    SourceText(result.new_text).parse()
    if base is not None:
        assert apply_insertions(base, result.insertions) == result.new_text
    return result


def functions_of(tree: ast.Module) -> list[str]:
    """The functions of a module, and the methods of its classes as pytest names them."""
    found = []
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else []
        found += [node.name] if isinstance(node, ast.FunctionDef) else []
        found += [f"{node.name}::{each.name}" for each in inside if isinstance(each, ast.FunctionDef)]  # type: ignore[attr-defined]
    return found


def is_subsequence(part: str, whole: str) -> bool:
    rest = iter(whole)
    return all(character in rest for character in part)


def test_a_new_file_is_what_import_sorters_and_formatters_leave_alone(tmp_path: Path) -> None:
    many = "from parcels.tariffs import " + ", ".join(f"{c * 12}" for c in "zyxwvutsrq")
    mixed = Candidate(
        "test_mixed",
        "def test_mixed():\n    assert math.pi\n    assert parcels.x2 and LIMIT and Parcel and aliased\n",
        (
            "import math",
            "import parcels",
            "from parcels.x10 import b",
            "from parcels.x2 import b as aliased",
            "from parcels.core import LIMIT, Parcel",
            "from collections import abc",
            "from __future__ import annotations",
            "import os.path",
            many,
        ),
    )
    result = merged(None, RAISES, PARSE, WEIGH, mixed)

    assert result.new_text.startswith("from __future__ import annotations\n\nimport math\nimport os.path\n")
    assert "from parcels.core import LIMIT, Parcel, parse, weigh\n" in result.new_text
    written = tmp_path / "test_new.py"
    written.write_text(result.new_text)
    ruff = [str(Path(sys.executable).parent / "ruff")]
    sorting = [*ruff, "check", "--isolated", "--no-cache", "--select", "I", "--config", _OURS, str(written)]
    done = subprocess.run(sorting, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    layout = [*ruff, "format", "--isolated", "--no-cache", "--diff", "--config", "format.quote-style='preserve'"]
    done = subprocess.run([*layout, str(written)], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_new_file_without_imports_starts_with_its_test() -> None:
    assert merged(None, candidate("test_one", "assert 1")).new_text == "def test_one():\n    assert 1\n"


def test_tests_join_those_of_the_same_function() -> None:
    base = dedent("""\
        from parcels.core import parse, weigh


        def test_parse():
            assert parse("x")

            # why this matters


        def test_weigh_heavy():
            assert weigh(9)
        """)
    names = [node.name for node in ast.parse(merged(base, PARSE).new_text).body if isinstance(node, ast.FunctionDef)]
    assert names == ["test_parse", "test_parse_rejects_empty", "test_weigh_heavy"]
    assert "    # why this matters\n\n\ndef test_parse_rejects_empty" in merged(base, PARSE).new_text


def test_tests_of_a_method_join_those_that_use_it() -> None:
    base = dedent("""\
        from parcels.core import Parcel


        def test_price_of_a_letter():
            assert Parcel(1).price() == 2


        def test_price_list():
            assert price() == 2
        """)
    new = candidate("test_price_is_zero", "assert Parcel(0).price() == 0", "from parcels.core import Parcel")
    names = [
        node.name
        for node in ast.parse(merged(base, new, target="Parcel.price").new_text).body
        if isinstance(node, ast.FunctionDef)
    ]
    assert names == ["test_price_of_a_letter", "test_price_is_zero", "test_price_list"]


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ("from parcels.core import parse\n", "from parcels.core import parse, weigh\n"),
        ("from parcels.core import zoo\n", "from parcels.core import weigh, zoo\n"),
        ("from parcels.core import weigh\n", "from parcels.core import weigh\n"),
        ("from parcels.core import (\n    parse,\n    zoo,  # x\n)\n", "    parse,\n    weigh,\n    zoo,  # x\n)\n"),
        ("from parcels.core import (parse)\n", "from parcels.core import (parse, weigh)\n"),
        ("from parcels.core import (parse, zoo,)  # x\n", "from parcels.core import (parse, weigh, zoo,)  # x\n"),
        ("from parcels.core import (\n    a, b,\n    parse\n)\n", "(\n    a, b,\n    parse, weigh\n)\n"),
        ("from parcels.core import (a,  # x\n    b,)  # y\n", "(a,  # x\n    b, weigh,)  # y\n"),
        (f"from parcels.core import (a,\n    {'b' * 82})\n", f"(a,\n    {'b' * 82},\n    weigh)\n"),
        ("from parcels.core import a, \\\n    b\n", "a, \\\n    b\nfrom parcels.core import weigh\n"),
        ("import pytest\n", "import pytest\n\nfrom parcels.core import weigh\n"),
        ("from parcels import zoo\nfrom zebra import x\n", "from parcels import zoo\nfrom parcels.core import weigh\n"),
        ("import parcels.core as weigh\n", "from parcels.core import weigh as core_weigh\n"),
        ("if TYPE_CHECKING:\n    from parcels.core import weigh\n", "from parcels.core import weigh\n\nif TYPE"),
        ("# licence\n\nx = 1\n", "# licence\n\nfrom parcels.core import weigh\n\nx = 1\n"),
        ("#!/bin/python\nx = 1\n", "#!/bin/python\n\nfrom parcels.core import weigh\n\nx = 1\n"),
    ],
)
def test_imports_go_where_they_fit(existing: str, expected: str) -> None:
    new_text = merged(existing, WEIGH).new_text
    assert expected in new_text
    assert new_text.count("weigh,") + new_text.count("import weigh") + new_text.count(", weigh\n") <= 2


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("there", [f"{'b' * 40}, {'x' * 22}", f"{'x' * 40}, {'b' * 22}", f"{'y' * 62}, z"])
def test_an_import_that_gets_too_long_becomes_a_table(there: str, newline: str) -> None:
    base = f"import os{newline}from parcels.core import {there}{newline}x = 1{newline}"
    text = merged(base, WEIGH, PARSE).new_text
    ordered = list(there.split(", "))
    everything = [*ordered, "parse", "weigh"]
    expected = sorted(everything) if ordered == sorted(ordered) else everything
    table = "".join(f"    {name},{newline}" for name in expected)
    assert f"from parcels.core import ({newline}{table}){newline}x = 1" in text


def test_a_long_import_with_a_comment_keeps_its_line() -> None:
    base = f"from parcels.core import {'b' * 60}  # noqa\n"
    assert merged(base, WEIGH).new_text.startswith(f"{base}from parcels.core import weigh\n")


def test_one_binding_in_two_forms_is_one_import() -> None:
    new = candidate("test_m", "assert m.f()", "import pkg.mod as m")
    assert merged("from pkg import mod as m\n", new).new_text.count("import") == 1


def test_a_module_alias_that_is_there_is_used() -> None:
    base = "from parcels.core import parse as read\n\nparse = 1\n"
    assert "assert read('') is None" in merged(base, PARSE).new_text


@pytest.mark.parametrize(
    "base",
    [
        "def parse():\n    return 1\n",
        "parse = 3\n",
        "from other import parse\n",
        "try:\n    from other import parse\nexcept ImportError:\n    pass\n",
        "def test_old():\n    assert parse\n",
    ],
)
def test_a_name_that_means_something_else_is_imported_under_another(base: str) -> None:
    new_text = merged(base, PARSE).new_text
    assert "from parcels.core import parse as core_parse\n" in new_text
    assert "assert core_parse('') is None" in new_text


def test_a_builtin_that_old_tests_use_keeps_its_meaning() -> None:
    base = "def test_old():\n    assert filter(None, [])\n"
    new = candidate("test_filter", "assert filter()", "from parcels.core import filter")
    assert "assert core_filter()" in merged(base, new).new_text


def test_local_names_are_not_renamed_with_the_import() -> None:
    code = (
        "def test_x():\n    other = [parse for parse in (1, 2)]\n    assert (lambda parse: parse)(3) and parse.parse\n"
    )
    new = Candidate("test_x", code, ("from parcels.core import parse",))
    text = merged("parse = 3\n", new).new_text
    assert "[parse for parse in (1, 2)]" in text
    assert "(lambda parse: parse)(3) and core_parse.parse" in text


def test_names_inside_format_strings_are_renamed_too() -> None:
    new = Candidate("test_x", "def test_x():\n    assert f'{parse(1)!r:>{parse(2)}}'\n", PARSE.imports)
    tree = ast.parse(merged("parse = 3\n", new).new_text)
    assert {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call)} == {"core_parse"}  # type: ignore[attr-defined]


def test_a_dotted_import_whose_root_is_taken() -> None:
    new = candidate("test_d", "assert parcels.core.parse(1)", "import parcels.core")
    text = merged("def parcels(): ...\n", new).new_text
    assert "import parcels.core as parcels_core\n" in text
    assert "assert parcels_core.parse(1)" in text


def test_two_candidates_that_mean_different_things_by_one_name() -> None:
    other = candidate("test_other", "assert parse(2)", "from letters.core import parse")
    text = merged(None, PARSE, other).new_text
    assert "from letters.core import parse as core_parse\n" in text
    assert "assert core_parse(2)" in text


def test_a_clashing_test_gets_a_number() -> None:
    base = "def test_weigh():\n    pass\n\n\ntest_weigh_2 = 1\n"
    result = merged(base, WEIGH)
    assert result.names == ("test_weigh_3",)
    assert "def test_weigh_3():" in result.code


def test_the_same_test_is_not_added_twice() -> None:
    base = merged(None, WEIGH).new_text
    again = candidate("test_weigh_again", "assert weigh(1) == 1", "from parcels.core import weigh")
    result = merged(base, again)
    assert result.new_text == base
    assert result.placed == (None,)
    assert not result.insertions
    assert merged(None, WEIGH, again).names == ("test_weigh",)


def test_a_future_import_is_not_added_to_tests_that_do_without() -> None:
    new = candidate("test_f", "assert 1", "from __future__ import annotations")
    assert "__future__" not in merged("x = 1\n", new).new_text


def test_tests_stand_above_a_closing_main_block() -> None:
    base = 'import pytest\n\n\n# run me\nif __name__ == "__main__":\n    pytest.main()\n'
    text = merged(base, PARSE).new_text
    assert text.endswith('is None\n\n\n# run me\nif __name__ == "__main__":\n    pytest.main()\n')


def test_a_base_that_does_not_parse_stays_and_says_so() -> None:
    result = merge_tests("def test_x(:\n", [WEIGH])
    assert result.new_text == "def test_x(:\n"
    assert not result.insertions
    assert "does not parse: line 1" in result.problem


@pytest.mark.parametrize("base", ["x = '\0'", "nonlocal x", "return = 1"])
def test_a_base_that_the_compiler_refuses_is_a_problem_in_words(base: str) -> None:
    assert "does not parse" in merge_tests(base, [WEIGH]).problem


def test_a_candidate_that_is_not_python_is_left_out() -> None:
    result = merged("x = 1\n", Candidate("test_bad", "def test_bad(:\n"), WEIGH)
    assert result.placed == (None, "test_weigh")


NASTY = {
    "empty": "",
    "blank": "\n\n  \n",
    "byte order mark, CRLF, cookie": "\ufeff# -*- coding: utf-8 -*-\r\nimport os\r\n\r\ndef test_a():\r\n    pass",
    "old Mac": "import os\rdef test_a():\r    pass\r",
    "mixed endings": "import os\r\nimport re\ndef test_a():\r\n    '''a\rb'''\n",
    "tabs": "import os\nclass TestA:\n\tdef test_a(self):\n\t\tassert os\n\t# tail\n",
    "form feeds": "\x0cimport os\n\x0c\ndef test_a():\n    pass\n\x0c",
    "no final newline": "import os",
    "comment without newline": "x = 1\n# the end \\",
    "docstring only": '"""doc"""',
    "docstring shares its line": '"""doc"""; import os; x = """\n"""; y = 2\n',
    "statements sharing lines": "import os; x = '''\n'''; import sys; z = (\n1)\nimport re\n",
    "line continuation": "import os \\\n\nfrom parcels.core import \\\n    parse\nx = 1\n",
    "continuation into code": "import os; \\\nx = 1\n",
    "future": '"""d"""\nfrom __future__ import annotations\ndef test_a(): ...\n',
    "type checking": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from parcels.core import parse, weigh\n",
    "path hack": "import sys\nsys.path.insert(0, '..')\nimport parcels\n\ndef test_a(): ...\n",
    "main": "def test_parse(): ...\nif __name__ == '__main__': test_parse()",
    "main alone": "if __name__ == '__main__':\n    pass",
    "main sharing a line": "x = '''\n'''\nif __name__ == '__main__': pass",
    "line separators in strings": "x = 'a\x0b\x1c\u2028\x85b'\nfrom parcels.core import parse\n",
    "wide characters": "é = '🎈'; from parcels.core import é, zoo\n",
    "surrogates": "x = '\\ud800'\nimport os\n",
    "decorated": "import pytest\n@pytest.fixture\ndef weigh(): ...\n# after\n@pytest.fixture(\n)\ndef parse(): ...\n",
    "trailing spaces": "import os   \n\n\ndef test_parse():\n    pass\n        ",
    "star": "from parcels.core import *\n",
    "semicolon": "from parcels.core import parse;\n",
    "commented": "from parcels.core import parse  # noqa\n",
    "invalid escape": "x = '\\d'\n",
    "cookie on line two": "#!/usr/bin/env python\n# vim: set fileencoding=utf-8 :\nx = 1\n",
    "only comments": "# one\n# two",
}


@pytest.mark.parametrize("base", NASTY.values(), ids=NASTY.keys())
def test_nothing_but_insertions_whatever_the_base(base: str) -> None:
    result = merged(base, PARSE, WEIGH, RAISES)

    assert is_subsequence(base, result.new_text)
    tree = SourceText(result.new_text).parse()
    assert set(result.names) <= set(functions_of(tree))
    newlines = {"\r\n"} if "CRLF" in base else None
    if newlines:
        assert "\n" not in result.new_text.replace("\r\n", "")


def test_the_line_ending_of_the_base_is_used() -> None:
    text = merged("import os\r\n\r\n\r\ndef test_a():\r\n    pass\r\n", PARSE).new_text
    assert "\n" not in text.replace("\r\n", "")


def test_the_new_tests_of_a_merged_file_run(tmp_path: Path) -> None:
    base = "import json\n\nfrom json import loads as parse\n\n\ndef test_old():\n    assert parse('1') == 1\n"
    new = candidate("test_old", "assert parse(1) == '1'", "from json import dumps as parse")
    (tmp_path / "test_it.py").write_text(merged(base, new).new_text)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        str(tmp_path),
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "2 passed" in done.stdout, done.stdout


GUARDS = {
    "skip": "except ImportError:\n    pytest.skip('needs C', allow_module_level=True)\n",
    "none": "except ImportError:\n    add = None\n",
    "other": "except ImportError:\n    from parcels.slow import add\n",
}


@pytest.mark.parametrize("guard", GUARDS.values(), ids=GUARDS)
@pytest.mark.parametrize("name", ["add", "sub"])
def test_an_import_that_is_tried_is_not_made_again_above(guard: str, name: str) -> None:
    base = f"import pytest\n\ntry:\n    from parcels.fast import add\n{guard}\n\ndef test_old():\n    assert add(1)\n"
    new = Candidate("test_new", f"def test_new():\n    assert {name}(2)\n", (f"from parcels.fast import {name}",))
    merged = merge_tests(base, [new])
    assert merged.new_text.count("parcels.fast") == 1
    wanted = {"add": "    from parcels.fast import add\n", "sub": "    from parcels.fast import add, sub\n"}[name]
    assert wanted in merged.new_text
    compile(merged.new_text, "test_it.py", "exec")


def test_what_is_skipped_without_a_library_stays_so() -> None:
    base = "import pytest\n\nnp = pytest.importorskip('numpy')\n\n\ndef test_old():\n    assert np\n"
    new = Candidate("test_new", "def test_new():\n    assert np.array([1])\n", ("import numpy as np",))
    assert "import numpy" not in merge_tests(base, [new]).new_text


def test_one_name_a_statement_stays_the_habit() -> None:
    base = "from parcels import add\nfrom parcels import sub\n\n\ndef test_old():\n    assert add(sub(1))\n"
    new = Candidate("test_new", "def test_new():\n    assert mul(2)\n", ("from parcels import mul",))
    assert (
        "from parcels import add\nfrom parcels import mul\nfrom parcels import sub\n"
        in merge_tests(base, [new]).new_text
    )


def test_what_a_package_passes_on_is_not_imported_again_under_another_name() -> None:
    base = "from parcels import add\n\n\ndef test_old():\n    assert add(1)\n"
    new = Candidate("test_new", "def test_new():\n    assert add(2)\n", ("from parcels.core import add",))
    text = merge_tests(base, [new]).new_text
    assert text.endswith("def test_new():\n    assert add(2)\n")
    assert "parcels.core" not in text
    other = Candidate("test_new", "def test_new():\n    assert add(2)\n", ("from boxes import add",))
    assert "import add as boxes_add" in merge_tests(base, [other]).new_text


@pytest.mark.parametrize(
    ("there", "needed", "expected"),
    [
        ("shop", "shop.parcels", "price(2)"),
        ("shop.parcels", "shop", "price(2)"),
        ("shop.legacy", "shop", "shop_price(2)"),
        ("shop", "shop.legacy", "legacy_price(2)"),
    ],
)
def test_only_what_was_seen_to_be_the_same_is_taken_for_it(there: str, needed: str, expected: str) -> None:
    reach = Reach({"shop": {"price": "shop.parcels"}})
    base = f"from {there} import price\n\n\ndef test_old():\n    assert price(1)\n"
    code = "def test_new():\n    assert price(2)\n"
    new = Candidate("test_new", code, (f"from {needed} import price",), reach=reach)

    assert merge_tests(base, [new]).new_text.endswith(f"def test_new():\n    assert {expected}\n")


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ("from shop import price\n\nprice = price.fresh()", "parcels_price(2)"),
        ("from shop import price\nfrom shop.legacy import price", "parcels_price(2)"),
        ("if TYPE_CHECKING:\n    from shop import price", "parcels_price(2)"),
        ("from shop import price\nfrom shop.parcels import price", "price(2)"),
    ],
)
def test_a_name_that_means_something_else_by_then_is_not_taken(there: str, expected: str) -> None:
    reach = Reach({"shop": {"price": "shop.parcels"}})
    base = f"{there}\n\n\ndef test_old():\n    assert price(1)\n"
    code = "def test_new():\n    assert price(2)\n"
    new = Candidate("test_new", code, ("from shop.parcels import price",), reach=reach)

    assert merge_tests(base, [new]).new_text.endswith(f"def test_new():\n    assert {expected}\n")

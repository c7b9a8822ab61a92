from __future__ import annotations

# ruff: noqa: E501 - one case a line
import ast
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from greenline.domain.asking.asserted import asserted_in
from greenline.domain.asking.model import ProposedTest
from greenline.domain.asking.repair import Around, repaired
from greenline.domain.asking.weakened import weakened
from greenline.domain.generation.test_style import Waiting

SOURCE = """\
import time
from decimal import Decimal
from time import sleep

import requests
from requests import get as fetch

from .clients import Client

LIMIT = 3


class Cart:
    def total(self): ...


def add(a, b):
    from shop.late import rate

    requests.post("x")
    return a + b
"""
AROUND = Around("shop.core", SOURCE)
ADDS = "def test_adds():\n    assert add(1, 2) == 3\n"


def mended(code: str, *imports: str, around: Around = AROUND) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    done = repaired(ProposedTest("test_adds", code, imports), around)
    return done.test.code, done.test.imports, done.changes


def test_what_is_right_stays_as_it_is() -> None:
    test = ProposedTest("test_adds", ADDS, ("from shop.core import add, Cart",))
    assert repaired(test, AROUND).test is test
    assert repaired(test, AROUND).changes == ()


@pytest.mark.parametrize(
    ("code", "imports"),
    [
        ("def test_a():\n    assert add(LIMIT, 2) == 3\n", ("from shop.core import LIMIT, add",)),
        ("def test_a():\n    with pytest.raises(ValueError):\n        Cart()\n", ("import pytest", "from shop.core import Cart")),
        ("def test_a():\n    assert Cart().total() == Decimal(1)\n", ("from decimal import Decimal", "from shop.core import Cart")),
        ("def test_a():\n    assert add(Client(), 1)\n", ("from shop.clients import Client", "from shop.core import add")),
        ("def test_a():\n    assert json.loads('1') == math.floor(1.5)\n", ("import json", "import math")),
        ("def test_a():\n    assert MagicMock() and AsyncMock()\n", ("from unittest.mock import AsyncMock, MagicMock",)),
        ("def test_a():\n    assert core.add(1, 2) == 3\n", ("from shop import core",)),
        ("def test_a():\n    assert datetime.datetime(2020, 1, 1)\n", ("import datetime",)),
        ("def test_a():\n    assert datetime(2020, 1, 1) < date(2020, 1, 1)\n", ("from datetime import date, datetime",)),
        ("def test_a(tmp_path):\n    assert Path(tmp_path)\n", ("from pathlib import Path",)),
        ("def test_a():\n    assert fetch\n", ("from requests import get as fetch",)),
        ("def test_a():\n    for x in [1]:\n        try:\n            assert x\n        except ValueError as e:\n            raise e\n", ()),
        ("def test_a():\n    assert nobody_knows(1)\n", ()),
    ],
)  # fmt: skip
def test_missing_imports_are_added(code: str, imports: tuple[str, ...]) -> None:
    done, found, changes = mended(code)
    assert set(found) == set(imports)
    assert done == code
    assert len(changes) >= len(imports)


def test_what_the_file_has_already_is_not_imported_again() -> None:
    around = replace(AROUND, test_text="import pytest\nfrom shop.core import add\n\n\ndef given():\n    pass\n")
    assert mended("def test_a():\n    assert add(given(), pytest.approx(1))\n", around=around)[2] == ()


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("from core import add", "from shop.core import add"),
        ("from your_module import add as plus", "from shop.core import add as plus"),
        ("from src.shop.core import add", "from shop.core import add"),
        ("from .core import add", "from shop.core import add"),
        ("from .core import missing", "from .core import missing"),
        ("from other.core import add", "from other.core import add"),
        ("from shop import add", "from shop import add"),
        ("from core import missing", "from core import missing"),
    ],
)
def test_the_module_under_test_is_imported_by_its_name(written: str, right: str) -> None:
    code = "def test_a():\n    assert add and plus and missing\n"
    around = replace(AROUND, test_text="add = plus = missing = 1\n")
    assert mended(code, written, around=around)[1] == (right,)


def test_a_bare_name_is_an_import() -> None:
    assert mended(ADDS, "pytest", "shop.core.add")[1] == ("import pytest", "from shop.core import add")
    assert mended(ADDS.replace("add(", "thing("), "not an import at all")[1] == ("not an import at all",)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("time.sleep", "shop.core.sleep"),
        ("requests.get", "shop.core.fetch"),
        ("core.requests.get", "shop.core.requests.get"),
        ("src.shop.core.add", "shop.core.add"),
        ("your_module.requests.post", "shop.core.requests.post"),
        ("shop.core.sleep", "shop.core.sleep"),
        ("requests.post", "requests.post"),
        ("shop.late.rate", "shop.late.rate"),
        ("os.getcwd", "os.getcwd"),
        ("core.missing", "core.missing"),
    ],
)
@pytest.mark.parametrize(
    "code",
    [
        "@patch('{}')\ndef test_a(it):\n    assert add(1, it)\n",
        'def test_a():\n    with mock.patch("{}", return_value=1) as it:\n        assert add(1, it)\n',
        "def test_a(mocker):\n    it = mocker.patch('{}')\n    assert add(1, it)\n",
        "def test_a(monkeypatch):\n    monkeypatch.setattr('{}', 1)\n    assert add(1, 2)\n",
    ],
)
def test_a_name_is_patched_where_it_is_looked_up(code: str, written: str, right: str) -> None:
    assert mended(code.format(written))[0] == code.format(right)


@pytest.mark.parametrize(
    "code",
    [
        "    def test_adds():\n        assert add(1, 2) == 3\n",
        "def test_adds():\n\tassert add(1, 2) == 3\n".replace("\t", "    ") + "```\n",
        "```python\ndef test_adds():\n    assert add(1, 2) == 3\n```",
        "python\ndef test_adds():\n    assert add(1, 2) == 3",
        "def test_adds():\nassert add(1, 2) == 3\n",
        "def test_adds():\n   assert add(1, 2) == 3\n  \n  \n".replace("   assert", "     assert") + "    # done\n",
        "def test_adds():\\n    assert add(1, 2) == 3",
        ">>> def test_adds():\n...     assert add(1, 2) == 3\n",
    ],
)
def test_layout_is_put_right(code: str) -> None:
    done, _, _ = mended(code)
    assert ast.dump(ast.parse(done)) == ast.dump(ast.parse(ADDS))


def test_self_goes_where_there_is_no_class() -> None:
    assert mended(ADDS.replace("()", "(self)", 1))[0] == ADDS
    assert (
        mended("def test_a(self, tmp_path):\n    assert tmp_path\n")[0]
        == "def test_a(tmp_path):\n    assert tmp_path\n"
    )


AWAITS = 'async def test_a(tmp_path):\n    """Waits."""\n    # first\n    x = await add(1, 2)\n\n    assert x == """a\nb"""\n'
RUN = '''\
def test_a(tmp_path):
    """Waits."""
    async def scenario():
        # first
        x = await add(1, 2)

        assert x == """a
b"""

    asyncio.run(scenario())
'''


@pytest.mark.parametrize(
    ("waiting", "mark", "code"),
    [
        ("asyncio", "", f"@pytest.mark.asyncio\n{AWAITS}"),
        ("anyio", "", f"@pytest.mark.anyio\n{AWAITS}"),
        ("anyio", "@pytest.mark.asyncio\n", f"@pytest.mark.anyio\n{AWAITS}"),
        ("asyncio", "@pytest.mark.asyncio\n", f"@pytest.mark.asyncio\n{AWAITS}"),
        ("plain", "@pytest.mark.asyncio\n", AWAITS),
        ("run", "@pytest.mark.asyncio\n", RUN),
        ("", "", RUN),
    ],
)
@pytest.mark.parametrize("is_async", [True, False])
def test_coroutines_are_waited_for_as_the_projects_tests_do(
    waiting: Waiting, mark: str, code: str, is_async: bool
) -> None:
    written = mark + (AWAITS if is_async else AWAITS.removeprefix("async "))
    done, imports, _ = mended(written, "from shop.core import add", around=replace(AROUND, waiting=waiting))
    assert done == code
    assert ("import asyncio" in imports) == (code == RUN)
    assert ("import pytest" in imports) == ("pytest.mark" in code)


def test_a_file_with_a_mark_for_all_needs_no_other() -> None:
    around = replace(AROUND, waiting="asyncio", test_text="import pytest\n\npytestmark = pytest.mark.asyncio\n")
    assert mended(AWAITS, "from shop.core import add", around=around)[0] == AWAITS


_codes = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [ADDS, AWAITS, RUN, f"@pytest.mark.anyio\n{AWAITS}", "@patch('time.sleep')\ndef test_a(s):\n    assert s\n"]
    ),
    st.lists(
        st.sampled_from(
            [
                "def test_a(self):",
                "    await f()",
                "    assert add(1) == json.x",
                "```",
                "  assert y",
                "class A: ...",
                "x = (",
                ">>> 1",
            ]
        ),
        max_size=7,
    ).map("\n".join),
)
_waiting = st.sampled_from(["", "run", "asyncio", "anyio", "plain"])


@example("def test_a(self):\n    await f()\ndef test_a(self):\n    await f()", [], "")
@given(
    _codes,
    st.lists(st.sampled_from(["import pytest", "pytest", "from core import add", "import", "x y"]), max_size=2),
    _waiting,
)
@settings(deadline=None)
def test_repairing_once_is_enough_and_takes_no_assertion_away(code: str, imports: list[str], waiting: Waiting) -> None:
    around = replace(AROUND, waiting=waiting)
    done = repaired(ProposedTest("test_a", code, tuple(imports)), around)
    again = repaired(done.test, around)
    assert again.test == done.test
    assert again.changes == ()
    assert weakened(code, done.test.code) == ""
    assert (done.test == ProposedTest("test_a", code, tuple(imports))) == (done.changes == ())
    try:
        before = asserted_in(ast.parse(code))
    except (SyntaxError, ValueError):
        return
    assert len(asserted_in(ast.parse(done.test.code))) >= len(before)

"""The same test in the hand of other projects."""

from __future__ import annotations

import ast
from dataclasses import replace
from textwrap import dedent

import pytest

from greenline.domain.generation.in_style import in_style
from greenline.domain.generation.model import Brought, Candidate
from greenline.domain.generation.reach import Reach
from greenline.domain.generation.test_style import TestStyle, style_of

TABLE = """
@pytest.mark.parametrize(
    ("text", "strict", "expected"),
    [
        pytest.param("3 kg", True, 3, id="kilograms"),
        pytest.param("it's", False, None, id="words"),
    ],
)
def test_weight(text, strict, expected):
    assert weight(text, strict=strict) == expected
"""
WAITING = """
def test_fetch_twice():
    assert asyncio.run(fetch("a")) == asyncio.run(fetch("b")).size
"""
COLLECTING = """
def test_pages():
    async def collect():
        return [item async for item in pages(2)]

    assert asyncio.run(collect()) == [1, 2]
"""
PLAIN = TestStyle(learned=True)


def styled(code: str, *imports: str, style: TestStyle, docstring: str = "") -> tuple[str, tuple[str, ...]]:
    found = in_style(Candidate("test", code.strip("\n"), imports), style, "shop.parcels", docstring)
    ast.parse(found.code)
    return found.code, found.imports


@pytest.mark.parametrize("code", [TABLE, WAITING, COLLECTING])
def test_the_usual_style_changes_nothing(code: str) -> None:
    imports = ("import pytest", "from shop.parcels import weight")

    assert styled(code, *imports, style=TestStyle()) == (code.strip("\n"), imports)


def test_single_quotes_are_taken_where_they_need_no_escapes() -> None:
    code, _ = styled(TABLE, style=replace(PLAIN, quotes="'"))

    assert "pytest.param('3 kg', True, 3, id='kilograms')" in code
    assert '"it\'s"' in code


def test_names_in_one_text_and_ids_in_a_list() -> None:
    code, _ = styled(TABLE, style=replace(PLAIN, row_names="string", names_apart=", ", row_ids="list"))

    assert (
        code
        == dedent("""
        @pytest.mark.parametrize(
            "text, strict, expected",
            [
                ("3 kg", True, 3),
                ("it's", False, None),
            ],
            ids=["kilograms", "words"],
        )
        def test_weight(text, strict, expected):
            assert weight(text, strict=strict) == expected
    """).strip()
    )


def test_names_in_a_list_and_no_ids() -> None:
    code, _ = styled(TABLE, style=replace(PLAIN, row_names="list", row_ids="none"))

    assert '["text", "strict", "expected"]' in code
    assert "id" not in code.replace("pytest.param", "")


def test_parameters_are_annotated_as_their_cells_say() -> None:
    code, _ = styled(TABLE, style=replace(PLAIN, annotated=True))
    assert 'def test_weight(text: str, strict: bool, expected: "int | None") -> None:' in code

    code, imports = styled(
        "def test_load(tmp_path, capsys):\n    assert load(tmp_path) is None",
        style=replace(PLAIN, annotated=True),
    )
    assert "def test_load(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:" in code
    assert imports == ("from pathlib import Path", "import pytest")


def test_a_cell_of_no_simple_type_is_anything() -> None:
    table = '@pytest.mark.parametrize("box", [Box(1), 3])\ndef test_box(box):\n    assert put(box) is None'
    lists = '@pytest.mark.parametrize("items", [[], ["a"]])\ndef test_items(items):\n    assert put(items) is None'
    style = replace(PLAIN, annotated=True)

    assert styled(table, style=style)[1] == ("from typing import Any",)
    assert "(items: list[str]) -> None" in styled(lists, style=style)[0]


def test_a_head_that_becomes_too_long_is_broken() -> None:
    style = replace(PLAIN, annotated=True)
    code, _ = styled(
        "def test_a_rather_long_name(monkeypatch, tmp_path, caplog, capsys):\n    assert f() is None", style=style
    )

    assert max(map(len, code.split("\n"))) <= 88
    assert code.count("def ") == 1


@pytest.mark.parametrize(
    ("waiting", "mark"), [("asyncio", "@pytest.mark.asyncio"), ("anyio", "@pytest.mark.anyio"), ("plain", "")]
)
def test_coroutines_are_awaited_in_the_projects_way(waiting: str, mark: str) -> None:
    style = replace(PLAIN, waiting=waiting)
    code, imports = styled(WAITING, "import asyncio", "from shop.web import fetch", style=style)

    assert code.startswith(f"{mark}\nasync def test_fetch_twice():" if mark else "async def test_fetch_twice():")
    assert 'assert await fetch("a") == (await fetch("b")).size' in code
    assert "import asyncio" not in imports
    assert ("import pytest" in imports) == bool(mark)


def test_items_that_come_one_by_one_need_no_function_any_more() -> None:
    code, _ = styled(COLLECTING, "import asyncio", style=replace(PLAIN, waiting="plain"))

    assert code == "async def test_pages():\n    assert [item async for item in pages(2)] == [1, 2]"


def test_a_test_that_waits_for_nothing_stays_a_function() -> None:
    assert "async" not in styled(TABLE, style=replace(PLAIN, waiting="asyncio"))[0]


def test_what_is_tested_is_reached_through_its_module() -> None:
    imports = ("import pytest", "from shop.parcels import weight")

    code, needed = styled(TABLE, *imports, style=replace(PLAIN, imports="module"))
    assert "assert shop.parcels.weight(text, strict=strict) == expected" in code
    assert needed == ("import pytest", "import shop.parcels")

    code, needed = styled(TABLE, *imports, style=replace(PLAIN, imports="from"))
    assert "assert parcels.weight(text, strict=strict) == expected" in code
    assert needed == ("import pytest", "from shop import parcels")


def test_a_variable_of_the_modules_name_keeps_the_import_of_names() -> None:
    code = "def test_weigh():\n    parcels = [1]\n\n    assert weight(parcels) == 1"
    imports = ("from shop.parcels import weight",)

    assert styled(code, *imports, style=replace(PLAIN, imports="from")) == (code, imports)


def test_what_is_patched_is_patched_by_mocker_where_that_is_the_way() -> None:
    code = 'def test_now(monkeypatch):\n    monkeypatch.setattr(clock, "now", lambda: 3)\n\n    assert hour() == 3'
    both = code.replace("\n\n", '\n    monkeypatch.setenv("TZ", "UTC")\n\n')
    style = replace(PLAIN, patching="mocker")

    assert styled(code, style=style)[0].startswith(
        'def test_now(mocker):\n    mocker.patch.object(clock, "now", lambda: 3)'
    )
    assert styled(both, style=style)[0].startswith("def test_now(monkeypatch, mocker):")


def test_a_docstring_is_put_in_front() -> None:
    code, _ = styled(TABLE, style=PLAIN, docstring="A weight is read.\n\nOr not.")

    assert 'expected):\n    """A weight is read.\n\n    Or not.\n    """\n    assert' in code
    assert styled(code, style=PLAIN, docstring="Another.")[0] == code


def test_what_does_not_parse_stays() -> None:
    found = Candidate("test", "def test(:")

    assert in_style(found, replace(PLAIN, annotated=True)) is found


REACH = Reach({"shop": {"price": "shop.parcels", "Cart": "shop.carts"}})


def reached(imports: str, used: str, *, reach: Reach = REACH) -> tuple[str, list[str]]:
    """Return the test's assertion and its imports, as a file with these imports has them."""
    sources = ["shop", "shop.parcels", "shop.carts"]
    style = style_of(f"{imports}\n\n\ndef test_a():\n    assert {used}\n", sources)
    mine = ("from shop.parcels import price", "from shop.carts import Cart", "from shop.parcels import weigh")
    single = Candidate("test_b", "def test_b():\n    assert price(Cart(), weigh(1)) == 3\n", mine)
    found = in_style(single, style, "shop.parcels", reach=reach)
    return found.code.rstrip().rpartition("assert ")[2], list(found.imports)


@pytest.mark.parametrize(
    ("imports", "used", "expected", "needed"),
    [
        (
            "from shop import orders_of",
            "orders_of(1)",
            "price(Cart(), weigh(1)) == 3",
            ["from shop import price", "from shop import Cart", "from shop.parcels import weigh"],
        ),
        (
            "from shop import orders_of\nfrom shop.carts import Cart",
            "orders_of(1)",
            "price(Cart(), weigh(1)) == 3",
            ["from shop import price", "from shop.carts import Cart", "from shop.parcels import weigh"],
        ),
        (
            "from shop import parcels",
            "parcels.weigh(1)",
            "parcels.price(Cart(), parcels.weigh(1)) == 3",
            ["from shop import parcels", "from shop.carts import Cart"],
        ),
        (
            "import shop as s",
            "s.orders_of(1)",
            "s.price(Cart(), shop.parcels.weigh(1)) == 3",
            ["import shop as s", "from shop.carts import Cart", "import shop.parcels"],
        ),
        (
            "import shop",
            "shop.orders_of(1)",
            "shop.price(Cart(), shop.parcels.weigh(1)) == 3",
            ["import shop", "from shop.carts import Cart", "import shop.parcels"],
        ),
        (
            "import shop\nimport shop.parcels as p",
            "p.weigh(1)",
            "shop.parcels.price(Cart(), shop.parcels.weigh(1)) == 3",
            ["import shop.parcels", "from shop.carts import Cart"],
        ),
    ],
)
def test_what_a_package_has_is_taken_from_it_where_the_file_does_so(
    imports: str, used: str, expected: str, needed: list[str]
) -> None:
    assert reached(imports, used) == (expected, needed)


def test_what_the_package_has_from_elsewhere_is_taken_from_the_module() -> None:
    reach = Reach({"shop": {"price": "shop.offers"}})

    assert reached("from shop import orders_of", "orders_of(1)", reach=reach)[1][0] == "from shop.parcels import price"
    assert reached("import shop", "shop.orders_of(1)", reach=reach)[0].startswith("shop.parcels.price(")


@pytest.mark.parametrize(("seen", "expected"), [({}, "shop.price("), ({"shop": {"price": ""}}, "shop.parcels.price(")])
def test_what_the_file_reaches_so_is_reached_so_unless_another_thing_was_seen_there(
    seen: dict[str, dict[str, str]], expected: str
) -> None:
    """A package may find its names only when it is asked."""
    assert reached("import shop", "shop.price(1)", reach=Reach(seen))[0].startswith(expected)


def test_a_module_that_something_else_stands_before_is_not_reached_by_its_name() -> None:
    """``shop.price`` is the function: ``shop.price.price`` is nothing."""
    style = style_of("import shop\n\n\ndef test_a():\n    assert shop.ship(1)\n", ["shop", "shop.price"])
    imports = ("from shop.price import price", "from shop.price import weigh")
    single = Candidate("test_b", "def test_b():\n    assert price(weigh(1)) == 3\n", imports)

    found = in_style(single, style, "shop.price", reach=Reach({"shop": {"price": "shop.price"}}, shadowed=True))

    assert found.code.rstrip() == "def test_b():\n    assert shop.price(weigh(1)) == 3"
    assert found.imports == ("import shop", "from shop.price import weigh")


def test_fixtures_that_come_along_import_from_the_package_too() -> None:
    style = style_of("from shop import orders_of\n\n\ndef test_a():\n    assert orders_of(1)\n", ["shop", "shop.carts"])
    brought = Brought("cart", "@pytest.fixture\ndef cart():\n    return Cart()", ("from shop.carts import Cart",))
    single = Candidate("test_b", "def test_b(cart):\n    assert cart.size == 0\n", fixtures=(brought,))

    assert in_style(single, style, "shop.carts", reach=REACH).fixtures[0].imports == ("from shop import Cart",)


@pytest.mark.parametrize(
    "own",
    ["s = 1", "import s", "for s in ():\n        pass", "try:\n        pass\n    except OSError as s:\n        pass",
     "def s(): ..."],
)  # fmt: skip
def test_what_is_called_like_the_package_in_the_test_keeps_the_import_of_names(own: str) -> None:
    style = style_of("import shop as s\n\n\ndef test_a():\n    assert s.ship(1)\n", ["shop", "shop.parcels"])
    single = Candidate(
        "test_b", f"def test_b():\n    {own}\n    assert price(1) == 3\n", ("from shop.parcels import price",)
    )

    assert in_style(single, style, "shop.parcels", reach=REACH) == single

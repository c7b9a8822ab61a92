from __future__ import annotations

import pytest

from greenline.domain.asking.style_words import style_words
from greenline.domain.generation.test_style import TestStyle


@pytest.mark.parametrize(
    ("style", "module", "said"),
    [
        pytest.param(
            TestStyle(), "shop.cart", "Import the names under test: `from shop.cart import name`.", id="names"
        ),
        pytest.param(
            TestStyle(imports="from"),
            "shop.cart",
            "Import the module under test from its package: `from shop import cart`, and write `cart.name`.",
            id="from-its-package",
        ),
        pytest.param(
            TestStyle(imports="from"),
            "cart",
            "Import the module under test as a whole: `import cart`, and write `cart.name`.",
            id="from-no-package",
        ),
        pytest.param(
            TestStyle(quotes="'", naming="camel"),
            "m",
            "Names are like `testMoveWhenFull`; plain texts have ' around them.",
            id="quotes-and-names",
        ),
        pytest.param(
            TestStyle(row_names="string", row_ids="none"),
            "m",
            'Tables name their columns as `"a, b"`. Rows of a table have no ids.',
            id="tables",
        ),
        pytest.param(TestStyle(docstrings=True), "m", "Each test has a docstring of one sentence.", id="docstrings"),
        pytest.param(TestStyle(annotated=True), "m", "Tests are annotated: parameters, and `-> None`.", id="annotated"),
        pytest.param(
            TestStyle(patching="mocker"), "m", "Replace things by the fixture `mocker` of pytest-mock.", id="mocker"
        ),
        pytest.param(
            TestStyle(waiting="asyncio"),
            "m",
            "Tests of coroutines are `async def` with `@pytest.mark.asyncio`.",
            id="marked-coroutines",
        ),
        pytest.param(
            TestStyle(grouping="classes"),
            "m",
            "Tests are methods of classes. Write plain functions all the same: they are put into the class.",
            id="classes",
        ),
    ],
)
def test_what_a_suite_has_in_common_is_said_in_a_sentence(style: TestStyle, module: str, said: str) -> None:
    assert said in style_words(style, module)


def test_a_suite_of_unittest_is_asked_for_what_can_become_a_method() -> None:
    said = " ".join(style_words(TestStyle(base="unittest.TestCase", grouping="classes"), "m"))
    assert "methods of `unittest.TestCase`" in said
    assert "without fixtures and without `parametrize`" in said
    assert "monkeypatch" not in said

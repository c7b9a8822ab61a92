"""How a project's tests are written, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.domain.generation.test_style import TestStyle

_NAMING = {"camel": "testMoveWhenFull", "it": "test_it_moves_when_full", "snake": "test_move_when_full"}
_PATCHING = {
    "monkeypatch": "Replace things by the fixture `monkeypatch`.",
    "mocker": "Replace things by the fixture `mocker` of pytest-mock.",
    "mock": "Replace things by `unittest.mock.patch`.",
}
_WAITING = {
    "": "Nothing here is known to run coroutines as tests: write plain functions and call `asyncio.run`.",
    "run": "Coroutines are run by `asyncio.run` in plain test functions.",
    "asyncio": "Tests of coroutines are `async def` with `@pytest.mark.asyncio`.",
    "anyio": "Tests of coroutines are `async def` with `@pytest.mark.anyio`.",
    "plain": "Tests of coroutines are `async def`, without any mark.",
}
_IMPORTS = {
    "names": "Import the names under test: `from {module} import name`.",
    "module": "Import the module under test as a whole: `import {module}`, and write `{module}.name`.",
    "from": "Import the module under test from its package: `from {package} import {last}`, and write `{last}.name`.",
}
_ROWS = {"tuple": '("a", "b")', "list": '["a", "b"]', "string": '"a, b"'}
_IDS = {
    "params": 'Rows of a table get their id by `pytest.param(..., id="...")`.',
    "list": "Rows of a table get their ids by the list `ids=[...]`.",
    "none": "Rows of a table have no ids.",
}


def style_words(style: TestStyle, module: str) -> tuple[str, ...]:
    """Return what new tests of a module have in common with those that are there, a sentence each."""
    return tuple(_words(style, module))


def _words(style: TestStyle, module: str) -> Iterator[str]:
    package, _, last = module.rpartition(".")
    way = "module" if style.imports == "from" and not package else style.imports
    yield f"Names are like `{_NAMING[style.naming]}`; plain texts have {style.quotes} around them."
    yield _IMPORTS[way].format(module=module, package=package, last=last)
    if style.docstrings:
        yield "Each test has a docstring of one sentence."
    if style.annotated:
        yield "Tests are annotated: parameters, and `-> None`."
    if style.unittest:
        yield (
            f"Tests are methods of `{style.base}`. Write plain functions with `assert` and `pytest.raises` all the "
            "same, without fixtures and without `parametrize`: they are put into the class, in its words."
        )
        return
    if style.grouping == "classes":
        yield "Tests are methods of classes. Write plain functions all the same: they are put into the class."
    yield f"Tables name their columns as `{_ROWS[style.row_names]}`. {_IDS[style.row_ids]}"
    yield _PATCHING[style.patching]
    yield _WAITING[style.waiting]

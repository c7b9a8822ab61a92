from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, TypeVar

import pytest

from greenline_probe.explore.fitting import fits

T = TypeVar("T")


class Box:
    pass


@pytest.mark.parametrize(
    ("hint", "source"),
    [
        (int, "3"), (int, "True"), (float, "3"), (str, "'a'"), (None, "3"), (Any, "[1]"), (T, "3"), (object, "3"),
        (int | None, "None"), (int | str, "'a'"), (list[int], "[1, 2]"), (list[int], "[]"), (list, "['a']"),
        (dict[str, list[int]], "{'a': [1]}"), (Mapping[str, Any], "{'a': 1}"), (Iterable[str], "'abc'"),
        (Iterable[int], "(1, 2)"), (tuple[int, str], "(1, 'a')"), (tuple[int, ...], "(1, 2, 3)"), (Literal["r"], "'r'"),
        (Box, "Box()"), (Callable[[int], int], "len"), (int, "not source"),
    ],
)  # fmt: skip
def test_what_an_annotation_allows(hint: Any, source: str) -> None:
    assert fits(hint, source)


@pytest.mark.parametrize(
    ("hint", "source"),
    [
        (int, "'a'"), (int, "1.5"), (str, "b'a'"), (str, "None"), (int | None, "'a'"), (list[int], "(1,)"),
        (list[int], "[1, 'a']"), (dict[str, str], "{'grams': 'abc', 'number': 1}"), (dict[str, list[int]], "{'a': 1}"),
        (Iterable[int], "('a',)"), (tuple[int, str], "(1,)"), (tuple[int, ...], "(1, 'a')"), (Literal["r"], "'w'"),
        (Box, "3"), (Callable[[int], int], "3"),
    ],
)  # fmt: skip
def test_what_it_does_not_allow(hint: Any, source: str) -> None:
    assert not fits(hint, source)

"""What the variables of a test and the columns of a table are called."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from greenline.domain.generation.case_names import distinct
from greenline.domain.generation.statements import looked_up, names_in
from greenline.domain.generation.table_shape import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.generation.case import Case
    from greenline.domain.generation.table_shape import TableShape

_RESERVED = frozenset(
    # what the rendered code itself uses, what pytest keeps for itself, and what linters find hard to read
    {"list", "islice", "asyncio", "collect", "re", "pytest", "expected", "message", "result"}
    | {"request", *FIXTURES}
    | {"l", "O", "I"}
)
_ORDINALS = ("first", "second", "third", "fourth")


def variables_of(case: Case) -> dict[int, str]:
    """Name the variables of the arguments that need one: as the parameter, where that hides nothing."""
    kept = sorted(case.kept)
    wanted = [case.arguments[index].parameter for index in kept]
    entered = {"value"} if case.shape == "with" else set()
    return dict(zip(kept, _free(wanted, looked_up(case) | entered), strict=True))


def columns_of(shape: TableShape, cases: Sequence[Case]) -> list[str]:
    """Name the columns: as what they stand for, where that hides nothing that the test or its rows need."""
    texts = [re.sub(r"\x01\d+\x01", "0", text) for text in (*shape.arrange, shape.call, *shape.checks, *shape.after)]
    cells = [cell for row in shape.cells for cell in row]
    imported = {name for case in cases for name, _, _ in case.imports}
    made = {shape.columns[index] for index in shape.made}
    made |= {"value"} if cases[0].shape == "with" else set()
    others = [name for index, name in enumerate(shape.columns) if index not in shape.made]
    free = iter(_free(others, names_in([*texts, *cells]) | imported | made))
    return [name if index in shape.made else next(free) for index, name in enumerate(shape.columns)]


def _free(wanted: Sequence[str], hidden: set[str]) -> list[str]:
    """Return names for variables: as wanted, with a word more where that hides something or is hard to read."""
    hidden = hidden | _RESERVED
    wanted = [f"{name}_value" if name in hidden else name for name in wanted]
    return list(distinct(_counted_off(wanted), hidden))


def _counted_off(names: Sequence[str]) -> list[str]:
    """Tell names apart of what is passed more than once: ``first_item`` and ``second_item`` for ``items``."""
    found, seen = [], Counter[str]()
    for name in names:
        one = name[:-1] if name.endswith("s") and not name.endswith("ss") else name
        several = 1 < names.count(name) <= len(_ORDINALS)
        found.append(f"{_ORDINALS[seen[name]]}_{one}" if several else name)
        seen[name] += 1
    return found

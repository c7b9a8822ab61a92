from __future__ import annotations

from pathlib import Path

import pytest

from greenline_probe.explore.annotations import hints_of, scope_of
from greenline_probe.explore.template import Choice
from unit.explore.explored import explored, module_of, pool_source


@pytest.mark.parametrize(
    ("head", "annotation", "expected"),
    [
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import datetime as dt\n", "dt.date", "date"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from decimal import Decimal\n",
            "Decimal",
            "Decimal",
        ),
        ("def g():\n    import uuid\n", "uuid.UUID", "UUID"),
        ("import typing\nif typing.TYPE_CHECKING:\n    import nowhere_to_be_found as n\n", "n.X", ""),
        ("import typing\nif typing.TYPE_CHECKING:\n    from . import nothing\n", "nothing.X", ""),
    ],
)
def test_what_is_imported_for_type_checkers_only_is_found(
    tmp_path: Path, head: str, annotation: str, expected: str
) -> None:
    text = f"from __future__ import annotations\n{head}\ndef f(value: {annotation}, n: int):\n    return value\n"
    with module_of(tmp_path, text) as module:
        hints = hints_of(module.f, module)

    assert hints["n"] is int
    assert getattr(hints.get("value"), "__name__", "") == expected


def test_a_name_of_the_module_itself_comes_first(tmp_path: Path) -> None:
    text = "class date:\n    pass\ndef f():\n    from datetime import date\n    return date\n"
    with module_of(tmp_path, text) as module:
        assert scope_of(module)["date"] is module.date


def test_such_values_are_tried(tmp_path: Path) -> None:
    text = """
    from __future__ import annotations
    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        import datetime as dt
    def f(day: dt.date | dt.timedelta) -> int:
        import datetime as dt
        return 1 if isinstance(day, dt.date) else 2
    """
    with explored(tmp_path, text, "f") as world:
        pool = pool_source(world, "day")
        seen = [world.observer.run(Choice(world.templates[0], (source,))).expected for source in pool]

    assert set(seen) >= {"1", "2"}

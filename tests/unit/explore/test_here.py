from __future__ import annotations

import platform
import sys
from pathlib import Path

from greenline_probe.explore.here import is_tied
from greenline_probe.explore.template import Choice
from unit.explore.explored import explored


def test_what_names_this_machine_is_told() -> None:
    version = platform.python_version()

    assert is_tied(f"'app/1.0 Python/{version}'", "f('app')")
    assert is_tied(repr(sys.executable), "f()")
    assert not is_tied(f"'Python/{version}'", f"f({version!r})")
    assert not is_tied("'1.2.3'", "f()")
    assert not is_tied(f"'a{version}7'", "f()")


def test_such_values_reach_no_assertion(tmp_path: Path) -> None:
    text = """
    import platform
    def f(name: str):
        return f"{name}/{platform.python_version()}"
    """
    with explored(tmp_path, text, "f") as world:
        seen = world.observer.run(Choice(world.templates[0], ("'app'",)))

    assert seen.expected is None
    assert not seen.usable


def test_large_counts_reach_no_assertion(tmp_path: Path) -> None:
    text = """
    class Many:
        def __init__(self, count: int) -> None:
            self._count = count
        def __len__(self) -> int:
            return self._count
    def f(count: int):
        return Many(count)
    """
    with explored(tmp_path, text, "f") as world:
        few, many = (world.observer.run(Choice(world.templates[0], (s,))) for s in ("3", "36"))

    assert few.details == ("isinstance(result, Many)", "len(result) == 3")
    assert many.details == ("isinstance(result, Many)",)

"""What the assertions of a copied test see, instead of failing: the values of now, as the test file can write them."""

from __future__ import annotations

import contextlib
import re
import types
from typing import TYPE_CHECKING, Any

from greenline_probe.explore.express import Expresser, Names
from greenline_probe.guard import GuardRefusal

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 200
_row: dict[str, int] = {}
_seen: list[dict[str, Any]] = []


def begin(item: Any) -> None:
    """Take the test that runs next; of a row of a table, which row."""
    _row.clear()
    indices = getattr(getattr(item, "callspec", None), "indices", None) or {}
    _row.update({str(name): int(index) for name, index in indices.items()})


def take() -> list[dict[str, Any]]:
    """Return what was noted: the fields of the server's ``Noted`` each."""
    found, _seen[:] = list(_seen), []
    return found


def equal(number: int, space: dict[str, Any], actual: Any, expected: Any) -> None:
    """Note a value that should be equal; ``space`` holds the globals of the test file."""
    _note(number, space, actual, is_same=bool(actual == expected))


def same(number: int, space: dict[str, Any], actual: Any, expected: Any) -> None:
    """Note a value that should be the same object."""
    _note(number, space, actual, is_same=actual is expected)


class Caught:
    """What a block raised, for the lines after it."""

    value: Any = None
    type: Any = None

    @property
    def exception(self) -> Any:
        """The value, by the name that it has in ``unittest``."""
        return self.value


@contextlib.contextmanager
def raises(number: int, space: dict[str, Any], error: Any, match: str | None = None) -> Iterator[Caught]:
    """Note what a block raises."""
    caught = Caught()
    try:
        yield caught
    except (GuardRefusal, KeyboardInterrupt):
        raise
    except BaseException as raised:
        caught.value, caught.type = raised, type(raised)
        known = isinstance(raised, error)
        told = match is None or re.search(match, str(raised)) is not None
        source = _NamesOfFile(space).of(error if known and isinstance(error, type) else type(raised))
        _add(number, is_same=known and told, source=source or "", words=str(raised))
    else:
        _add(number, is_same=False, raised=False)


def _note(number: int, space: dict[str, Any], value: Any, *, is_same: bool) -> None:
    if is_same:
        _add(number, is_same=True)
        return
    source = Expresser(_NamesOfFile(space)).express(value)
    try:
        words = repr(value)
    except Exception:  # a value that cannot even be shown
        words = f"a {type(value).__name__}"
    _add(number, is_same=False, source=source or "", words=words[:_LONGEST])


def _add(number: int, *, is_same: bool, source: str = "", words: str = "", raised: bool = True) -> None:
    _seen.append(
        {"number": number, "row": dict(_row), "same": is_same, "source": source, "words": words, "raised": raised}
    )


class _NamesOfFile(Names):
    """The names that a test file has already: what it would have to import for, it cannot say."""

    def __init__(self, space: dict[str, Any]) -> None:
        super().__init__(types.ModuleType("none"))
        self.bound = space

    def of(self, thing: Any) -> str | None:
        """Return how the file speaks of a class, function or module, None when it does not."""
        qualname = getattr(thing, "__qualname__", "")
        if qualname and getattr(thing, "__module__", None) == "builtins" and qualname not in self.bound:
            return str(qualname)
        for name, value in self.bound.items():
            if value is thing and name.isidentifier():
                return name
        for name, value in list(self.bound.items()):
            if qualname and (isinstance(value, (types.ModuleType, type))) and name.isidentifier():
                found = _below(value, qualname if isinstance(value, types.ModuleType) else "", thing)
                if found:
                    return f"{name}.{found}"
        return None

    def bind(self, wanted: str, module: str, attribute: str, value: Any) -> str:  # noqa: ARG002 - that of Names
        """Return the name that the file has for it. Raises LookupError when it has none."""
        found = self.of(value)
        if found is None:
            raise LookupError(wanted)
        return found


def _below(holder: Any, qualname: str, thing: Any) -> str:
    """Return how a thing is reached from a module by its qualified name, or right below a class; empty when not."""
    if not qualname:
        name = getattr(thing, "__name__", "")
        return name if vars(holder).get(name) is thing else ""
    found = holder
    for part in qualname.split("."):
        found = getattr(found, part, None)
    return qualname if found is thing else ""

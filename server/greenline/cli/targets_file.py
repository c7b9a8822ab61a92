"""The file that says what is wanted of which module: ``greenline.targets.yaml``. A mistake is told with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click
import yaml

from greenline.domain.bulk.plan import EngineName, Wish

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS = ("module", "coverage", "max_iterations", "engine")
_MOST_ITERATIONS = 20
_Node = Any
"""Of PyYAML, which has no types."""


@dataclass(frozen=True, slots=True)
class WishedTarget:
    """One entry: what stands for the files, as it is written, and what is wished for them."""

    module: str
    wish: Wish
    line: int


def read_targets(file: Path) -> list[WishedTarget]:
    """Return the entries. Raises click.UsageError that names file, line, mistake, and what is allowed."""
    try:
        root = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file} cannot be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it is no YAML"
        raise click.UsageError(f"{file}:{mark.line + 1 if mark else 1}: {problem}.") from error
    return list(_Reader(file).entries(root))


class _Reader:
    def __init__(self, file: Path) -> None:
        self._file = file

    def entries(self, root: _Node) -> Iterator[WishedTarget]:
        if root is None:
            raise click.UsageError(f"{self._file}:1: it is empty; it needs `targets:`, a list of modules.")
        whole = self._mapping(root, ("defaults", "targets"), "the file")
        defaults = (
            self._wish(self._mapping(whole["defaults"], _KEYS[1:], "`defaults`"), Wish())
            if "defaults" in whole
            else Wish()
        )
        if "targets" not in whole:
            raise self._mistake(root, "`targets` is missing, a list of modules")
        if not isinstance(whole["targets"], yaml.SequenceNode) or not whole["targets"].value:
            raise self._mistake(whole["targets"], "`targets` is a list of modules, with a `- ` before each")
        for node in whole["targets"].value:
            yield self._entry(node, defaults)

    def _entry(self, node: _Node, defaults: Wish) -> WishedTarget:
        line = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return WishedTarget(self._text(node, "a module"), defaults, line)
        keys = self._mapping(node, _KEYS, "a target")
        if "module" not in keys:
            raise self._mistake(node, "`module` is missing: a file, a folder, a pattern or a dotted name")
        return WishedTarget(self._text(keys["module"], "`module`"), self._wish(keys, defaults), line)

    def _wish(self, keys: dict[str, _Node], defaults: Wish) -> Wish:
        coverage, rounds, engine = defaults.coverage, defaults.rounds, defaults.engine
        if "coverage" in keys:
            coverage = self._number(keys["coverage"], "`coverage`", 0, 100)
        if "max_iterations" in keys:
            rounds = int(self._number(keys["max_iterations"], "`max_iterations`", 1, _MOST_ITERATIONS, whole=True))
        if "engine" in keys:
            said = self._text(keys["engine"], "`engine`")
            engine = next((name for name in get_args(EngineName) if name == said), None)
            if engine is None:
                raise self._mistake(keys["engine"], f"`engine` is {said!r}; allowed: {', '.join(get_args(EngineName))}")
        return Wish(coverage, rounds, engine)

    def _mapping(self, node: _Node, allowed: tuple[str, ...], what: str) -> dict[str, _Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self._mistake(node, f"{what} has keys with values; allowed: {', '.join(allowed)}")
        found: dict[str, _Node] = {}
        for key, value in node.value:
            name = self._text(key, "a key")
            if name not in allowed:
                raise self._mistake(key, f"{name!r} is not known in {what}; allowed: {', '.join(allowed)}")
            if name in found:
                raise self._mistake(key, f"{name!r} stands in {what} twice")
            found[name] = value
        return found

    def _text(self, node: _Node, what: str) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self._mistake(node, f"{what} is a text")
        return str(node.value)

    def _number(self, node: _Node, what: str, least: float, most: float, *, whole: bool = False) -> float:
        said = self._text(node, what)
        try:
            number = float(said.removesuffix("%"))
        except ValueError:
            number = least - 1
        if not least <= number <= most or (whole and number != int(number)):
            kind = "a whole number" if whole else "a number"
            raise self._mistake(node, f"{what} is {said!r}; allowed: {kind} from {least:g} to {most:g}")
        return number

    def _mistake(self, node: _Node, words: str) -> click.UsageError:
        return click.UsageError(f"{self._file}:{node.start_mark.line + 1}: {words}.")

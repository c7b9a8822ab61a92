"""A command that runs a program elsewhere: in a container, on another machine; and the paths that are others there."""

from __future__ import annotations

import dataclasses
import re
import shlex
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_COMMAND = "{command}"
PLACES = ("{project}", "{scratch}", "{probe}", "{python}")
"""The project; the folder of one run, which it writes to; the folder of our code; the interpreter."""
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")
_SETTING = "greenline.isolation.command"
_PATHS_SETTING = "greenline.isolation.paths"


class TemplateProblem(Exception):
    """The setting cannot be used; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class CommandTemplate:
    """``words`` of the command; ``paths`` are pairs of a place here and its name there, both with placeholders."""

    words: tuple[str, ...]
    paths: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, command: str, paths: str = "") -> CommandTemplate:
        """Read the settings: ``docker run -i image {command}``, ``{project}=/project; ...``. Raises TemplateProblem."""
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise TemplateProblem(f"The setting {_SETTING} cannot be read: {error}. It is: {command}") from error
        if not words:
            raise TemplateProblem(
                f"The setting greenline.isolation.level is `command`, and {_SETTING} is empty. "
                "Say how to run a program elsewhere: `docker run --rm -i ... {command}`."
            )
        if _COMMAND not in words:
            raise TemplateProblem(f"In the setting {_SETTING}, {_COMMAND} is missing, as a word of its own: {command}")
        _check(_SETTING, command, (*PLACES, _COMMAND))
        _check(_PATHS_SETTING, paths, PLACES)
        if shutil.which(words[0]) is None:
            raise TemplateProblem(f"The setting {_SETTING} begins with {words[0]}, and there is no such program here.")
        return cls(tuple(words), tuple(_pair(pair) for pair in paths.split(";") if pair.strip()))

    def command(self, places: Mapping[str, Path], entry: Path, environment: Mapping[str, str]) -> list[str]:
        """Return the words that start ``entry`` there, with these variables; ``places`` has the ``PLACES``."""
        there = self.mapping(places)
        variables = [f"{name}={there.out(value)}" for name, value in environment.items()]
        return self._around(
            places, ["env", *variables, there.out(str(places["{python}"])), there.out(str(entry)), "tied"]
        )

    def asking(self, places: Mapping[str, Path]) -> list[str]:
        """Return the words that have Python there do what comes on its standard input.

        Its arguments are the project, the scratch folder and that of our code, as they are called there.
        """
        there = self.mapping(places)
        python, *arguments = (
            there.out(str(places[name])) for name in ("{python}", "{project}", "{scratch}", "{probe}")
        )
        return self._around(places, ["env", python, "-", *arguments])

    def _around(self, places: Mapping[str, Path], whole: list[str]) -> list[str]:
        return [part for word in self.words for part in (whole if word == _COMMAND else [_filled(word, places)])]

    def mapping(self, places: Mapping[str, Path]) -> PathMapping:
        """Return how paths are called there."""
        return PathMapping(tuple((_filled(here, places), _filled(there, places)) for here, there in self.paths))


@dataclass(frozen=True, slots=True)
class PathMapping:
    """Pairs of the beginning of a path here and there."""

    pairs: tuple[tuple[str, str], ...] = ()

    def out(self, text: str) -> str:
        """Return a text about paths of here with their names there."""
        return _replaced(text, dict(self.pairs))

    def back(self, text: str) -> str:
        """Return a text about paths of there with their names here."""
        return _replaced(text, {there: here for here, there in self.pairs})

    def message_out(self, message: Any) -> Any:
        """Return the message as the probe there understands it."""
        return _mapped(message, self.out) if self.pairs else message

    def message_back(self, message: Any) -> Any:
        """Return the message as it is understood here."""
        return _mapped(message, self.back) if self.pairs else message


def _pair(text: str) -> tuple[str, str]:
    here, equals, there = (part.strip() for part in text.partition("="))
    if not (here and equals and there):
        raise TemplateProblem(
            f"The setting {_PATHS_SETTING} is a list like `{{project}}=/project; {{scratch}}=/scratch`; "
            f"this is no pair: {text.strip()}"
        )
    return here, there


def _check(setting: str, text: str, known: tuple[str, ...]) -> None:
    for placeholder in _PLACEHOLDER.findall(text):
        if placeholder not in known:
            raise TemplateProblem(
                f"The setting {setting} has {placeholder}; what can be filled in is {', '.join(known)}."
            )


def _filled(word: str, places: Mapping[str, Path]) -> str:
    return _PLACEHOLDER.sub(lambda found: str(places.get(found[0], found[0])), word)


def _replaced(text: str, names: Mapping[str, str]) -> str:
    """Replace whole paths and their beginnings, never a part of a name; the longest one counts."""
    if not names:
        return text
    longest = sorted(names, key=len, reverse=True)
    path = re.compile(rf"(?<![\w./-])(?:{'|'.join(map(re.escape, longest))})(?![\w.-])")
    return path.sub(lambda found: names[found[0]], text)


def _mapped(value: Any, name: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value, **{field.name: _mapped(getattr(value, field.name), name) for field in dataclasses.fields(value)}
        )
    if isinstance(value, str):
        return name(value)
    if isinstance(value, list):
        return [_mapped(item, name) for item in value]
    if isinstance(value, dict):
        return {_mapped(key, name): _mapped(item, name) for key, item in value.items()}
    return value

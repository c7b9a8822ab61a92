"""What a person writes after ``--``: from where they are, and without what cannot count in a run that is measured."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_CACHE = "pytest's cache stays as it is; --affected runs what failed the last time and what changes affect"
_NO_RUN = "it runs no tests; ask pytest itself: python -m pytest {}"
_NOBODY = "nobody could answer a debugger here; run python -m pytest {}"
_MEASURED = "Greenline measures by itself, and shows it with `greenline gaps`"
_REFUSED = (
    (r"--(lf|last-failed|ff|failed-first|nf|new-first|lfnf|last-failed-no-failures)", _CACHE),
    (r"--(sw|stepwise)(-skip|-reset)?|--cache-(show|clear)", _CACHE),
    (r"--(co|collect-?only|fixtures|funcargs|fixtures-per-test|markers|setup-?(plan|only)|version|help)", _NO_RUN),
    (r"--(pdb|trace|pdbcls)", _NOBODY),
    (r"--cov(-[\w-]+)?", _MEASURED),
    (r"--(reruns(-delay)?|only-rerun|rerun-except)", "a test that passes at the second try did not pass"),
    (r"--(forked|boxed)", "tests are measured in the process that imports them"),
    (r"--looponfail", "a run here has an end; editors run affected tests whenever a file is saved"),
    (r"--dist=each", "each test runs once"),
)
"""What the option does not agree with is said in its place: it is not left out in silence."""
_LETTERS = {"h": "--help", "V": "--version", "f": "--looponfail"}
_WITH_VALUE = "[kmpcoWrnd]"
"""One letter, and the rest is its value, or the next word is."""
_PATHS = {
    "--junitxml", "--junit-xml", "--ignore", "--ignore-glob", "--confcutdir", "--rootdir", "--config-file", "-c",
    "--basetemp", "--log-file", "--html", "--report-log", "--json-report-file", "--durations-path",
}  # fmt: skip
_VALUES = {
    "-k", "-m", "-p", "-o", "-W", "-r", "-n", "--tb", "--maxfail", "--deselect", "--import-mode", "--durations",
    "--override-ini", "--pythonwarnings", "--numprocesses", "--dist", "--capture", "--color", "--log-level",
    "--timeout", "--randomly-seed", "--verbosity", "--show-capture",
}  # fmt: skip
"""Their next word is no path, even where a file has its name."""


def checked(options: Sequence[str], here: Path) -> tuple[list[str], list[str]]:
    """Return the test paths among pytest's options, absolute, and the options, whose paths are absolute.

    Relative paths begin at ``here``; pytest itself runs in the project's root. They stand in one word with their
    option's name, where that is a long one. Raises click.UsageError for what cannot
    count.
    """
    for option in _joined(options):
        for name, reason in _refused(option):
            raise click.UsageError(f"{name} does not go with greenline test: {reason.format(name)}.")
    paths: list[str] = []
    others: list[str] = []
    before = ""
    for word in options:
        if before in _PATHS:
            others[-1:] = [f"{before}={here / word}"] if before.startswith("--") else [before, str(here / word)]
        elif word.startswith("-"):
            name, equals, value = word.partition("=")
            others.append(f"{name}={here / value}" if equals and name in _PATHS else word)
        elif before not in _VALUES and _is_test_path(word, here, after_option=before.startswith("-")):
            paths.append(str(here / word))
        else:
            others.append(word)
        before = word
    return paths, others


def _joined(options: Sequence[str]) -> Iterator[str]:
    """Yield the options without the values of those that have one; ``--dist each`` as ``--dist=each``."""
    before = ""
    for word, after in zip(options, [*options[1:], ""], strict=True):
        if before not in _VALUES | _PATHS and word.startswith("-"):
            yield f"{word}={after}" if word == "--dist" else word
        before = word


def _refused(option: str) -> Iterator[tuple[str, str]]:
    """Yield the name of what cannot count, and why."""
    names = [option] if option.startswith("--") else [_LETTERS[c] for c in _flags(option) if c in _LETTERS]
    for name in names:
        bare = name if name.startswith("--dist=") else name.partition("=")[0]
        for pattern, reason in _REFUSED:
            if re.fullmatch(pattern, bare):
                yield (bare if option.startswith("--") else option), reason


def _flags(option: str) -> str:
    """Return the letters of ``-xvs`` that are options: those after ``-k`` are its value."""
    return re.split(_WITH_VALUE, option[1:], maxsplit=1)[0]


def _is_test_path(word: str, here: Path, *, after_option: bool) -> bool:
    path = word.partition("::")[0]
    looks_so = "::" in word or "/" in word or os.sep in word or path.endswith(".py")
    return (looks_so or not after_option) and (here / path).exists()

"""Which files are never sent: patterns as those of a .gitignore."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_PATTERNS: tuple[str, ...] = (
    ".env",
    ".env.*",
    "!.env.example",
    "!.env.sample",
    "!.env.template",
    ".envrc",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "*.kdbx",
    "*.tfvars",
    "*.tfstate",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".pgpass",
    ".htpasswd",
    ".git-credentials",
    "credentials",
    "credentials.json",
    "credentials.y*ml",
    "credentials.toml",
    "credentials.ini",
    "local_settings.py",
    "*credentials*.json",
    "*service*account*.json",
    "client_secret*.json",
    "secrets.*",
    "*_secrets.*",
    "*-secrets.*",
    ".secrets/",
    "secrets/",
    ".ssh/",
    ".aws/",
    ".gnupg/",
    ".kube/",
    ".docker/",
)
"""What keeps keys and passwords in most projects; a person can add to it, and except from it by ``!``."""


def ignored(path: str, patterns: Sequence[str] = ()) -> str:
    """Return the pattern by which a file is never sent, empty where it may be.

    ``path`` is relative to the project, with ``/``. ``patterns`` come after the usual ones, in the syntax of a
    .gitignore (``git help gitignore``): the last that matches decides, ``!`` excepts, but not what is in a folder
    that matches. Small and large letters are the same. What is no pattern matches nothing.
    """
    parts = [part for part in path.split("/") if part not in {"", "."}]
    rules = [rule for pattern in (*DEFAULT_PATTERNS, *patterns) if (rule := _rule(pattern))]
    for count in range(1, len(parts) + 1):
        found = _decided("/".join(parts[:count]), rules, is_folder=count < len(parts))
        if found:
            return found
    return ""


def ignored_itself(path: str, patterns: Sequence[str] = (), *, is_folder: bool = False) -> str:
    """Return the same for a file, or a folder, in folders that are not ignored: for those who walk from the top."""
    if not _any_of(tuple(patterns)).match(path):  # as for most
        return ""
    rules = [rule for pattern in (*DEFAULT_PATTERNS, *patterns) if (rule := _rule(pattern))]
    return _decided(path, rules, is_folder=is_folder)


def patterns_of(setting: str) -> tuple[str, ...]:
    """Return the patterns of a setting that parts them by ``;``."""
    return tuple(pattern.strip() for pattern in setting.split(";") if pattern.strip())


def why_ignored(path: str, patterns: Sequence[str] = ()) -> str:
    """Return in a sentence why a file is never sent, empty where it may be; arguments as for ``ignored``."""
    pattern = ignored(path, patterns)
    if not pattern:
        return ""
    usual = " of what usually keeps secrets" if pattern in DEFAULT_PATTERNS else " of greenline.model.ignore"
    return f"{path} is never sent to a model: it matches {pattern}{usual}"


class _Rule:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        text = _without_trailing_blanks(pattern)
        self.excepts = text.startswith("!")
        text = text.removeprefix("!")
        self.for_folders = text.endswith("/")
        text = text[:-1] if self.for_folders else text
        anchored = "/" in text
        self.regex = re.compile(
            ("" if anchored else r"(?:.*/)?") + _translated(text.removeprefix("/")) + r"\Z", re.DOTALL | re.IGNORECASE
        )


@lru_cache(maxsize=512)
def _rule(pattern: str) -> _Rule | None:
    if not pattern.strip() or pattern.startswith("#") or not pattern.strip("!/ "):
        return None
    try:
        return _Rule(pattern)
    except (re.error, ValueError):
        return None


@lru_cache(maxsize=16)
def _any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    rules = [rule for pattern in (*DEFAULT_PATTERNS, *patterns) if (rule := _rule(pattern))]
    return re.compile("|".join(rule.regex.pattern for rule in rules if not rule.excepts), re.DOTALL | re.IGNORECASE)


def _decided(path: str, rules: Sequence[_Rule], *, is_folder: bool) -> str:
    for rule in reversed(rules):
        if (is_folder or not rule.for_folders) and rule.regex.match(path):
            return "" if rule.excepts else rule.pattern
    return ""


def _without_trailing_blanks(pattern: str) -> str:
    while pattern.endswith(" ") and not pattern.endswith("\\ "):
        pattern = pattern[:-1]
    return pattern


_PIECE = re.compile(r"/\*\*(?=/|\Z)|\A(?:\*\*/)+|\*+|\?|\\.|\[(?:\]|[!^]\]?)?(?:\\.|\[:\w+:\]|[^\]\\])*\]|.", re.DOTALL)
_CLASSES = {"alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "lower": "a-z", "upper": "A-Z", "space": r"\s"}


def _translated(pattern: str) -> str:
    """Return the regular expression of what ``fnmatch`` means in git: stars do not cross a slash."""
    found: list[str] = []
    for piece in _PIECE.findall(pattern):
        if piece == "/**":
            found.append("(?:/.*)?")
        elif piece.startswith("**/"):
            found.append("(?:.*/)?")
        elif piece.startswith("*"):
            found.append("[^/]*")
        elif piece == "?":
            found.append("[^/]")
        elif piece.startswith("[") and len(piece) > 1:
            found.append(_one_of(piece[1:-1]))
        else:
            found.append(re.escape(piece[-1] if piece.startswith("\\") and len(piece) > 1 else piece))
    if found and found[-1] == "(?:/.*)?":
        found[-1] = "/.+"  # what is in the folder, not the folder
    return "".join(found)


def _one_of(inside: str) -> str:
    negated = inside[:1] in {"!", "^"}
    pieces = re.findall(r"\\.|\[:\w+:\]|.", inside[1:] if negated else inside, re.DOTALL)
    found: list[str] = []
    while pieces:
        if pieces[1:2] == ["-"] and pieces[2:]:
            found.append(f"{re.escape(pieces[0][-1])}-{re.escape(pieces[2][-1])}")
            del pieces[:3]
        else:
            piece = pieces.pop(0)
            found.append(_CLASSES.get(piece[2:-2], "") if piece.startswith("[:") else re.escape(piece[-1]))
    return f"(?!/)[{'^' if negated else ''}{''.join(found)}]"

"""What a text imports, read by pattern."""

from __future__ import annotations

import re

_STATEMENT = r"(?:^|[;:])[ \t\f]*"
"""Where one may begin: ``try: import a; import b``."""
_FROM = re.compile(
    _STATEMENT + r"from\b([. \t]*(?:\w[\w.]*[ \t]+)?)import\b[ \t]*"
    r"(?=(\([^()#]*(?:#[^\n]*\n?[^()#]*)*|[^\n#;]*))",  # a comment in the list may hold a parenthesis
    re.MULTILINE,
)
_IMPORT = re.compile(_STATEMENT + r"import[ \t]+([^\n#;]+)", re.MULTILINE)
_COMMENT = re.compile(r"#[^\n]*")
_INDENTED = re.compile(r"^[ \t\f]+(?=(?:from|import)\b)", re.MULTILINE)


def imported_names(text: str, package: str) -> frozenset[str]:
    """Return the dotted names that a module of ``package`` imports, modules and their members alike.

    Read by pattern, not parsed: it is asked of many files, and of ones that do not parse. What looks like an import
    in a string may be among them; none that Python would see is left out.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\\n", " ")
    found: set[str] = set()
    for module, listed in _FROM.findall(text):
        full = _absolute("".join(module.split()), package)
        found.add(full)
        members = _COMMENT.sub("", listed).strip("()").split(",")
        found.update(f"{full}.{_first_word(member)}".lstrip(".") for member in members if member.strip())
    for modules in _IMPORT.findall(text):
        for module in modules.split(","):
            parts = _first_word(module).split(".")
            found.update(".".join(parts[:count]) for count in range(1, len(parts) + 1))
    return frozenset(found - {""})


def imported_for_all(text: str, package: str) -> frozenset[str]:
    """Return those of the imported names that stand at the left margin: what the whole module has them for."""
    return imported_names(_INDENTED.sub("#", text), package)


def _absolute(module: str, package: str) -> str:
    name = module.lstrip(".")
    dots = len(module) - len(name)
    if not dots:
        return name
    parts = package.split(".") if package else []
    base = parts[: len(parts) - dots + 1]
    return ".".join([*base, *([name] if name else [])])


def _first_word(text: str) -> str:
    return next(iter(text.split()), "")

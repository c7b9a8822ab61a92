"""Read configuration files that may be missing or broken."""

from __future__ import annotations

import configparser
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


def read_toml(file: Path) -> Mapping[str, Any]:
    """Return the tables, empty when the file is missing or broken."""
    try:
        tables: Mapping[str, Any] = _tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    return tables


def toml_problem(file: Path) -> str:
    """Return why a file that is there cannot be read, in the parser's or the system's words; empty for nothing."""
    try:
        _tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror or str(error)
    except ValueError as error:
        return str(error)
    return ""


def toml_table(tables: Mapping[str, Any], *names: str) -> Mapping[str, Any] | None:
    """Return a nested table, None when there is none."""
    node: Any = tables
    for name in names:
        node = node.get(name) if isinstance(node, dict) else None
    return node if isinstance(node, dict) else None


def read_ini(file: Path) -> configparser.RawConfigParser:
    """Return the sections, none when the file is missing or broken."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, configparser.Error):
        return configparser.RawConfigParser()
    return parser

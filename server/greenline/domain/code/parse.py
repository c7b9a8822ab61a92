"""Parse a text that may be broken."""

from __future__ import annotations

import ast
import warnings


def parse(text: str) -> tuple[ast.Module | None, list[str]]:
    """Return the tree, or None and what is wrong in words. Raises nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the person's invalid escapes are not ours to print
            return ast.parse(text.removeprefix("\ufeff")), []
    except SyntaxError as error:
        where = f" at line {error.lineno}" if error.lineno else ""
        return None, [f"syntax error{where}: {error.msg}"]
    except (RecursionError, MemoryError):
        return None, ["the source is nested too deeply to be parsed"]
    except ValueError as error:  # null bytes before 3.12, lone surrogates
        return None, [f"the source holds characters that Python refuses: {error}"]

"""How Greenline starts a process of its own: as it runs itself, and with nothing of the folder that it is run in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import greenline


def own_python(module: str) -> list[str]:
    """Return what runs a module of Greenline: it imports from where this process does, and keeps bytecode likewise.

    Greenline may be started with its libraries in a folder that no variable names, and without site-packages.
    """
    start = (
        f"import sys; sys.path[:] = {import_path()!r}; sys.pycache_prefix = {sys.pycache_prefix!r}; "
        f"sys.dont_write_bytecode = {sys.dont_write_bytecode!r}; "
        f"import runpy; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    )
    flags = [*(["-S"] if sys.flags.no_site else []), *(["-X", "utf8"] if sys.flags.utf8_mode else [])]
    return [sys.executable, "-I", *flags, "-c", start]


def import_path() -> list[str]:
    """Return ours without the current folder, which ``python -m`` and ``-c`` put first: the code there is not ours."""
    here = os.getcwd()  # noqa: PTH109 - as text, as it stands in sys.path
    first, *others = [entry or here for entry in sys.path] or [""]
    is_ours = first and (first != here or Path(greenline.__file__).parents[1] == Path(here))
    return [first, *others] if is_ours else others

"""From which folders of a project its Python imports by itself, as after ``pip install -e .``."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.ports.project import Interpreter, Project

_SECONDS = 10.0
# The folder it runs in is no place to import from, though the person's PYTHONPATH may name places from there.
_QUESTION = """
import sys
sys.path[:] = [entry for entry in sys.path if entry]
import importlib.util, json
def places(name):
    try:
        spec = importlib.util.find_spec(name)
    except Exception:
        return []
    return [place for place in [spec.origin, *(spec.submodule_search_locations or [])] if place] if spec else []
print(json.dumps({"greenline": {name: places(name) for name in sys.argv[1:]}}))
"""


def imported_folders(project: Project, interpreter: Interpreter) -> tuple[Path, ...]:
    """Return the source roots of which the interpreter finds a module; none where it does not answer."""
    names = {root: sorted(_modules(root)) for root in project.source_roots if root.is_relative_to(project.root)}
    wanted = sorted({name for some in names.values() for name in some})
    told = _answer(project, interpreter, wanted) if wanted else {}
    return tuple(
        root
        for root, some in names.items()
        if any(Path(os.path.realpath(place)).is_relative_to(root.resolve() / name) or _is_file(place, root, name)
               for name in some for place in told.get(name, ()))
    )  # fmt: skip


def _is_file(place: str, root: Path, name: str) -> bool:
    found = Path(os.path.realpath(place))
    return found.parent == root.resolve() and found.name.partition(".")[0] == name


def _modules(root: Path) -> Iterator[str]:
    """Yield the names at the top of a folder that Python could import."""
    try:
        entries = list(root.iterdir())
    except OSError:
        return
    for entry in entries:
        name = entry.stem if entry.suffix == ".py" else entry.name
        if name.isidentifier() and (entry.suffix == ".py" or (entry / "__init__.py").is_file()):
            yield name


def _answer(project: Project, interpreter: Interpreter, names: list[str]) -> dict[str, list[str]]:
    try:
        asked = subprocess.run(
            [str(interpreter.path), "-c", _QUESTION, *names],
            cwd=project.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        told: dict[str, list[str]] = json.loads(asked.stdout.splitlines()[-1])["greenline"]
    except (OSError, subprocess.SubprocessError, ValueError, LookupError):
        return {}
    return told

"""Environments as people have them, made from a cache that `make environments` filled; no network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
_SET_UP = REPOSITORY / ".venv" / "environments"
_UV = _SET_UP / "uv"
_LOCKED = REPOSITORY / "requirements"
_AS_STARTED = dict(os.environ)
_ABOUT_ENVIRONMENTS = {"VIRTUAL_ENV", "CONDA_PREFIX", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "PYTHONPATH", "PYTHONHOME"}


def missing() -> str:
    """Say why environments cannot be made here; empty where they can."""
    if (_SET_UP / "ready").exists():
        return ""
    return f"{_SET_UP} is not set up: run `make environments`"


def make(folder: Path, *packages: str, locked: str = "environments.txt", tool: str = "uv") -> Path:
    """Make a virtual environment, as ``tool`` (uv or venv) makes it, with packages in it. Returns its python."""
    if tool == "venv":
        _run(sys.executable, "-m", "venv", str(folder))
    else:
        _uv("venv", "--python", sys.executable, str(folder))
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install(python, *packages, locked=locked)
    return python


def install(python: Path, *packages: str, locked: str = "environments.txt") -> None:
    """Install locked versions into an environment or prefix."""
    if packages:
        constraints = str(_LOCKED / locked)
        _uv("pip", "install", "--python", str(python), "--no-build-isolation", "-c", constraints, *packages)


def offline() -> dict[str, str]:
    """Return variables with which uv is found, and installs from the cache."""
    path = os.pathsep.join([str(_SET_UP), os.environ.get("PATH", "")])
    found = {"PATH": path, "UV_OFFLINE": "1", "UV_CACHE_DIR": str(_SET_UP / "cache")}
    home = Path(_AS_STARTED.get("HOME", ""))
    own = Path(_AS_STARTED.get("XDG_CONFIG_HOME") or home / ".config") / "uv" / "uv.toml"
    return {**found, "UV_CONFIG_FILE": str(own)} if own.exists() else found


def _uv(*arguments: str) -> None:
    _run(str(_UV), "--offline", "--quiet", "--cache-dir", str(_SET_UP / "cache"), *arguments)


def _run(*command: str) -> None:
    # As the set-up ran, which may have had an index of its own in uv's configuration: the cache is by index.
    environment = {k: v for k, v in _AS_STARTED.items() if k not in _ABOUT_ENVIRONMENTS}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, env=environment)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}\n{ended.stderr}"

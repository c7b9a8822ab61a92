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
    return {"PATH": path, "UV_OFFLINE": "1", "UV_CACHE_DIR": str(_SET_UP / "cache"), "UV_NO_CONFIG": "1"}


def make_prefix(folder: Path) -> Path:
    """Make what conda makes: a whole Python of its own, no virtual environment. Returns its python."""
    base = Path(os.path.realpath(sys.executable))
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (folder / "bin").mkdir(parents=True)
    (folder / "conda-meta").mkdir()
    (folder / "conda-meta" / "history").touch()
    python = folder / "bin" / version
    python.write_bytes(base.read_bytes())
    python.chmod(0o755)
    for name in ("python", "python3"):
        (folder / "bin" / name).symlink_to(version)
    library = folder / "lib" / version
    (library / "site-packages").mkdir(parents=True)
    for path in Path(os.__file__).parent.iterdir():
        if path.name not in {"site-packages", "dist-packages", "__pycache__", "EXTERNALLY-MANAGED"}:
            (library / path.name).symlink_to(path)
    for shared in (base.parent.parent / "lib").glob("libpython*"):
        (folder / "lib" / shared.name).symlink_to(shared)
    return folder / "bin" / "python"


def _uv(*arguments: str) -> None:
    _run(str(_UV), "--offline", "--quiet", "--no-config", "--cache-dir", str(_SET_UP / "cache"), *arguments)


def _run(*command: str) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("UV_", "VIRTUAL_ENV", "CONDA", "PYTHON"))}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, env=environment)
    assert ended.returncode == 0, f"{' '.join(command)}\n{ended.stdout}\n{ended.stderr}"

"""Build vscode-client/greenline.vsix, with the server and all that it needs in it; print what became of it.

The server is started as ``python -I -S bundled/libs`` by any Python 3.10 or newer, on every system: so all of it is
pure Python, in the versions that also run on 3.10 (requirements/bundled.txt).
"""  # noqa: INP001

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CLIENT = REPOSITORY / "vscode-client"
LIBS = CLIENT / "bundled" / "libs"
PACKAGE = CLIENT / "greenline.vsix"

_ANY_PLATFORM = ("--platform", "any", "--implementation", "py", "--abi", "none", "--python-version", "3.10")
_START = """\
from greenline.lsp import server

raise SystemExit(server.serve_stdio())
"""
_NOT_OURS_TO_SHIP = shutil.ignore_patterns("__pycache__", "cli", "__main__.py", "py.typed")
"""Of the server: the terminal's face, which needs more libraries and is not started from an editor."""


def main() -> int:
    """Build, and return the exit code."""
    bundle()
    subprocess.run([_npm(), "run", "--silent", "package"], cwd=CLIENT, stdout=subprocess.DEVNULL, check=True)
    with zipfile.ZipFile(PACKAGE) as package:
        inside = package.infolist()
    server = sum(file.compress_size for file in inside if "/bundled/" in file.filename)
    size = f"{PACKAGE.stat().st_size / 1e6:.2f} MB in {len(inside)} files"
    print(f"{PACKAGE.relative_to(REPOSITORY)}: {size}, of it the server {server / 1e6:.2f} MB")  # noqa: T201 - it is called for that
    return 0


def bundle() -> None:
    """Put the server and its libraries into ``LIBS``, in place of what is there."""
    shutil.rmtree(LIBS, ignore_errors=True)
    requirements = REPOSITORY / "requirements" / "bundled.txt"
    pip = [*_pip(), "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps"]
    exactly = ["--require-hashes", "--only-binary", ":all:", *_ANY_PLATFORM, "--requirement", str(requirements)]
    subprocess.run([*pip, *exactly, "--target", str(LIBS)], check=True)
    _clear_away()
    for name in ("greenline", "greenline_probe"):
        # The probe is complete: it is started as a file of its own.
        ignored = _NOT_OURS_TO_SHIP if name == "greenline" else shutil.ignore_patterns("__pycache__", "py.typed")
        shutil.copytree(REPOSITORY / "server" / name, LIBS / name, ignore=ignored)
    # Not among the libraries, as it has native parts: the server installs it into the editor's storage, after asking.
    shutil.copyfile(REPOSITORY / "requirements" / "model.txt", LIBS / "greenline" / "model_requirements.txt")
    (LIBS / "__main__.py").write_text(_START, encoding="utf-8")


def _pip() -> list[str]:
    """Return the command of a pip; an environment that uv made has none yet."""
    command = [sys.executable, "-m", "pip"]
    if subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:
        brought = subprocess.run(
            [sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL, check=False
        )
        if brought.returncode:
            raise SystemExit(f"pip is missing: put it into the environment of {sys.executable}.")
    return command


def _npm() -> str:
    found = shutil.which("npm")  # on Windows it is npm.cmd, which only its whole name starts
    if found is None:
        raise SystemExit("npm is missing: install Node 20 or newer.")
    return found


def _clear_away() -> None:
    """Remove what installing leaves that nothing reads; licences and what tells the versions stay."""
    for folder in (LIBS / "bin", LIBS / "coverage" / "htmlfiles"):
        shutil.rmtree(folder, ignore_errors=True)
    for unread in (*LIBS.glob("*.pth"), *LIBS.rglob("*.pyi"), *LIBS.rglob("py.typed")):
        unread.unlink()
    for about in LIBS.glob("*.dist-info"):
        for file in about.iterdir():
            if file.is_file() and not file.name.startswith(("METADATA", "LICEN", "NOTICE", "AUTHORS")):
                file.unlink()


if __name__ == "__main__":
    raise SystemExit(main())

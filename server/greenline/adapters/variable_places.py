"""What variables of the environment name: packages, libraries and certificates, and nothing beside them."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.adapters.interpreter_places import is_below

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIBRARIES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
_CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NIX_SSL_CERT_FILE", "SSL_CERT_DIR")
_LIBRARY = re.compile(r".+\.(?:so(?:\.[\d.]+)?|dylib)")
_CERTIFICATE = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----")
_PRIVATE = b"PRIVATE KEY"
_LARGEST = 8_000_000
"""Bytes of a file of certificates; all authorities of the web are 250 kB."""
_MOST = 1000
"""Files of one folder: each is shown on its own."""


def user_packages(project: Path) -> list[Path]:
    """Return the folders of what pip installs for the person alone."""
    base = Path(os.environ.get("PYTHONUSERBASE") or Path.home() / ".local")
    if not base.is_absolute() or is_below(os.path.realpath(base), os.path.realpath(project)):
        return []
    return sorted((base / "lib").glob("py*/site-packages"))


def named_libraries(project: Path) -> list[Path]:
    """Return the libraries that variables name: folders, and files of such as are below the home."""
    return list(_found(_LIBRARIES, project, lambda file: bool(_LIBRARY.fullmatch(os.path.basename(file)))))  # noqa: PTH119 - a real path


def named_certificates(project: Path) -> list[Path]:
    """Return the certificates that variables name, the same way; none that comes with its key."""
    return list(_found(_CERTIFICATES, project, _holds_certificates))


def _found(names: tuple[str, ...], project: Path, is_one: Callable[[str], bool]) -> Iterator[Path]:
    home, root = os.path.realpath(Path.home()), os.path.realpath(project)
    places = [Path(place) for name in names for place in os.environ.get(name, "").split(os.pathsep)]
    for place in dict.fromkeys(filter(Path.is_absolute, places)):
        real = os.path.realpath(place)
        # Of the project, each file is judged on its own account.
        if is_below(home, real) or is_below(root, real) or is_below(real, root):
            continue
        if not place.is_dir():
            yield from [place] if is_one(real) else []
        elif not is_below(real, home):
            yield place
        elif not _is_hidden_in(real, home):
            yield from _files_of(place, is_one)


def _is_hidden_in(real: str, home: str) -> bool:
    """Tell whether it is what a program keeps for itself: ~/.ssh, ~/.local; a folder in it may be a library's."""
    return os.path.dirname(real) == home and os.path.basename(real).startswith(".")  # noqa: PTH119, PTH120 - a real path


def _files_of(folder: Path, is_one: Callable[[str], bool]) -> list[Path]:
    with contextlib.suppress(OSError):
        return [each for each in sorted(folder.iterdir())[:_MOST] if each.is_file() and is_one(os.path.realpath(each))]
    return []


def _holds_certificates(file: str) -> bool:
    with contextlib.suppress(OSError), open(file, "rb") as opened:  # noqa: PTH123 - a real path
        text = opened.read(_LARGEST)
        return _CERTIFICATE.search(text) is not None and _PRIVATE not in text
    return False

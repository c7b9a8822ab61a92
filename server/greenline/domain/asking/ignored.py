"""Which files are never sent: patterns as those of a .gitignore."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_PATTERNS: tuple[str, ...] = (
    ".env",
    ".env.*",
    "!.env.example",
    "*.pem",
    "*.key",
    "*.p12",
    "*.pfx",
    "*.jks",
    "*.keystore",
    "id_rsa*",
    "id_dsa*",
    "id_ecdsa*",
    "id_ed25519*",
    ".netrc",
    ".pypirc",
    ".npmrc",
    ".pgpass",
    "credentials.*",
    "*credentials*.json",
    "secrets.*",
    "*_secrets.*",
    ".ssh/",
    ".aws/",
    ".gnupg/",
)
"""What keeps keys and passwords in most projects; a person can add to it, and except from it by ``!``."""


def ignored(path: str, patterns: Sequence[str] = ()) -> str:
    """Return the pattern by which a file is never sent, empty where it may be.

    ``path`` is relative to the project, with ``/``. ``patterns`` come after the usual ones, in the syntax of a
    .gitignore: the last that matches decides, ``!`` excepts.
    """
    raise NotImplementedError

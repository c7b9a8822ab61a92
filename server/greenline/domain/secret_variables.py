"""Environment variables whose values are nobody's business but the person's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORDS = frozenset(
    {"apikey", "auth", "credential", "credentials", "key", "keys", "pass", "passcode", "passphrase", "passwd",
     "password", "pat", "pwd", "secret", "secrets", "token", "tokens"}
)  # fmt: skip
_ENDS = ("pass", "password", "pw")
"""PGPASSWORD has no word of its own."""
_NO_SECRETS = frozenset({"PWD", "SSH_AUTH_SOCK"})
"""The folder that a shell is in, and the place of a socket."""
_NAMES_OF_PERSON = ("USER", "LOGNAME")
_PLAIN = re.compile(r"-?\d{0,6}|[A-Za-z_]{1,12}")
_NEEDED = frozenset(
    {"PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE", "VIRTUAL_ENV", "CONDA_PREFIX",
     "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE",
     "NIX_SSL_CERT_FILE", "DJANGO_SETTINGS_MODULE", "FLASK_APP", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR",
     "COMSPEC", "PATHEXT"}
)  # fmt: skip
_NEEDED_BEGINNINGS = ("LC_", "PYTHON", "PYTEST_", "HYPOTHESIS_")
_IN_ADDRESS = re.compile(r"(?<=://)(?P<user>[^/@:\s]*):(?P<password>[^/@\s]+)(?=@)")


def masked(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the variables with secrets replaced by text of the same form, so that what parses them still can.

    Secrets are passwords within addresses, and the values of names that have a word such as KEY, TOKEN or AUTH, or end
    as PGPASSWORD does.
    """
    return {
        name: _same_form(value) if _is_secret(name) else _IN_ADDRESS.sub(_without_password, value)
        for name, value in variables.items()
    }


def masked_but_for_needed(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the same with everything replaced that neither Python nor its tools are known to need.

    A number or a plain word (``1``, ``production``) stays: it says nothing of the person, and code may choose by it.
    """
    return {
        name: value if _is_needed(name) or _PLAIN.fullmatch(value) else _same_form(value)
        for name, value in masked(variables).items()
        if name not in _NAMES_OF_PERSON
    } | dict.fromkeys(_NAMES_OF_PERSON, "somebody")


def _is_needed(name: str) -> bool:
    return name.upper() in _NEEDED or name.upper().startswith(_NEEDED_BEGINNINGS)


def _is_secret(name: str) -> bool:
    if name.upper() in _NO_SECRETS:
        return False
    return name.lower().endswith(_ENDS) or not _WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))


def _without_password(found: re.Match[str]) -> str:
    return f"{found['user']}:{_same_form(found['password'])}"


def _same_form(value: str) -> str:
    """Keep the length, and of each character its kind: of ``sk-A1`` that is ``aa-A0``."""
    return "".join("0" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c for c in value)

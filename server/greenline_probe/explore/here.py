"""Words that belong to this machine and interpreter: what says them is true here only."""

from __future__ import annotations

import functools
import os
import platform
import re
import sys

SHORTEST = 4


def is_tied(text: str, given: str) -> bool:
    """Tell whether a text names this machine, its user, its system or its Python.

    ``given`` are the texts that the code got or has in itself: what they say is no news of this machine.
    """
    return any(word in text and word not in given and _is_whole(word, text) for word in _words())


def _is_whole(word: str, text: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", text) is not None


@functools.lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    version = platform.python_version()
    found = {
        sys.executable, sys.prefix, sys.base_prefix, sys.platform, sys.implementation.cache_tag or "", version,
        platform.system(), platform.machine(), platform.node(), platform.release(), os.path.expanduser("~"),
        os.environ.get("USER", ""), os.environ.get("LOGNAME", ""), f"python{version.rpartition('.')[0]}",
        str(tuple(sys.version_info[:3])), str(tuple(sys.version_info[:2])),
    }  # fmt: skip
    return tuple(sorted(w for w in found if len(w) >= SHORTEST))

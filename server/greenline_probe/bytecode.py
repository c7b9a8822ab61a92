"""Where bytecode is kept."""

from __future__ import annotations

import sys


def keep_bytecode(folder: str) -> None:
    """Keep the bytecode of what is imported from now on in ``folder``; without one, keep none.

    Only for installed code. The project's own may change within a second, and its copy has another path each time.
    """
    sys.pycache_prefix = folder or None
    sys.dont_write_bytecode = not folder

"""Node ids as pytest's command line takes them: from the folder of the call, wherever its configuration is."""

from __future__ import annotations

import os
from typing import Any, Callable


def as_called(config: Any) -> Callable[[str], str]:
    """Return what turns a node id into one that begins at the folder of the call; pytest's begin at its rootdir."""
    top, here = str(config.rootpath), str(config.invocation_params.dir)
    if top == here or os.path.splitdrive(top)[0] != os.path.splitdrive(here)[0]:
        return str

    def seen(node_id: str) -> str:
        path, colons, test = node_id.partition("::")
        if not path or os.path.isabs(path):
            return node_id
        return os.path.relpath(os.path.join(top, path), here).replace(os.sep, "/") + colons + test

    return seen

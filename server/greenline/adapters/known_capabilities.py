"""What models can do, as it was heard: in memory, and for a day in the person's cache folder."""

from __future__ import annotations

import dataclasses
import json
import time
from contextlib import suppress
from hashlib import blake2b
from typing import TYPE_CHECKING

from greenline.adapters.replaced_file import replace_file
from greenline.domain.asking.model import Capabilities

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FORM = 1
"""Of the files; another number, and those of before are not read."""
_DAY = 24 * 3600.0


class KnownCapabilities:
    """By place and model. Without a folder, or one that cannot be written to, they stay in memory."""

    def __init__(self, folder: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        self._heard: dict[tuple[str, str], tuple[float, Capabilities]] = {}

    def of(self, place: str, model: str) -> Capabilities | None:
        """Return what is known, unless that is older than a day."""
        at, capabilities = self._heard.get((place, model)) or self._read(place, model) or (0.0, None)
        return capabilities if 0 <= self._clock() - at < _DAY else None

    def remember(self, place: str, model: str, capabilities: Capabilities, *, lasting: bool = True) -> None:
        """Keep what was heard; without ``lasting`` only as long as this process lives."""
        self._heard[place, model] = self._clock(), capabilities
        if lasting and self._folder is not None:
            with suppress(OSError):
                self._write(self._file(self._folder, place, model), capabilities)

    def forget(self, place: str, model: str) -> None:
        """Have it asked again."""
        self._heard.pop((place, model), None)
        if self._folder is not None:
            with suppress(OSError):
                self._file(self._folder, place, model).unlink(missing_ok=True)

    def _read(self, place: str, model: str) -> tuple[float, Capabilities] | None:
        if self._folder is None:
            return None
        try:
            kept = json.loads(self._file(self._folder, place, model).read_bytes())
            told = {**kept["capabilities"], "efforts": tuple(kept["capabilities"]["efforts"])}
            found = float(kept["at"]), Capabilities(**told)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        self._heard[place, model] = found
        return found

    def _write(self, file: Path, capabilities: Capabilities) -> None:
        replace_file(file, json.dumps({"at": self._clock(), "capabilities": dataclasses.asdict(capabilities)}))

    @staticmethod
    def _file(folder: Path, place: str, model: str) -> Path:
        name = "\0".join([str(_FORM), place, model])
        return folder / f"{blake2b(name.encode(), digest_size=12).hexdigest()}.json"

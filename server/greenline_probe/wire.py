"""The messages between server and probe: one JSON object a line. The only module that both sides import."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Type, TypeVar  # noqa: UP035 - 3.9 evaluates these names

T = TypeVar("T")


def encode(message: Any) -> str:
    """Return one line of JSON, the message's class name under ``"type"``."""
    return json.dumps({"type": type(message).__name__, **dataclasses.asdict(message)}, ensure_ascii=True)


def decode(line: str, *kinds: Type[T]) -> T:
    """Read one line back as one of ``kinds``. Raises ValueError on anything else."""
    values = json.loads(line)
    if not isinstance(values, dict):
        raise ValueError(f"not a message: {line[:80]!r}")
    name = values.pop("type", None)
    for kind in kinds:
        if kind.__name__ == name:
            known = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
            return kind(**{k: v for k, v in values.items() if k in known})
    raise ValueError(f"unexpected message {name!r}")

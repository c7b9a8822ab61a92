"""The messages between server and probe: one JSON object a line. The only module that both sides import."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Optional, TypeVar

T = TypeVar("T")


def encode(message: Any) -> str:
    """Return one line of JSON, the message's class name under ``"type"``."""
    return json.dumps({"type": type(message).__name__, **dataclasses.asdict(message)}, ensure_ascii=True)


def decode(line: str, *kinds: type[T]) -> T:
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


# Running tests: one RunTests; then Started, TestBegan and TestDone as they happen; last RunDone or Problem.


@dataclass
class RunTests:
    """Run pytest once, in this process, then leave."""

    root: str
    """Working directory, and first on ``sys.path`` as for ``python -m pytest``."""
    selection: list[str]
    scratch: str
    """Folder below which writing is allowed."""
    files: dict[str, str] = field(default_factory=dict)
    """What to record: a file as code objects may name it -> the name to report."""
    roots: list[str] = field(default_factory=list)
    """Record each file below these too."""
    refuse: list[str] = field(default_factory=list)
    """Kinds of ``guard.KINDS``."""
    seed: int = 0
    """For plugins that shuffle or seed."""
    cpu_seconds: Optional[int] = None
    limited: bool = True
    """Lower the limits on memory, file size and open files."""


@dataclass
class Started:
    """Collection is over; so many tests will run."""

    total: int


@dataclass
class TestBegan:
    """The test that runs now: the last one named when the process dies."""

    __test__ = False
    node_id: str


@dataclass
class TestDone:
    """One test (or a file that could not be collected) came to its end."""

    __test__ = False
    node_id: str
    outcome: str
    message: str = ""


@dataclass
class RunDone:
    """pytest returned. ``coverage`` is name -> [lines, arcs]; ``refusals`` say in words what the guard refused."""

    exit_code: int
    coverage: dict[str, list[list[Any]]]
    refusals: list[str] = field(default_factory=list)
    internal_error: str = ""
    versions: dict[str, str] = field(default_factory=dict)


@dataclass
class Problem:
    """The request could not be carried out. Kinds: "no-pytest", "internal"."""

    kind: str
    message: str


REQUESTS: list[type[Any]] = [RunTests]
"""What a probe accepts; one handler module each."""

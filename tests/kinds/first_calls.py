"""Run in the Python that has the libraries: makes the first call of each way to a target, and prints what it is.

Arguments: the folder of the server, the module's file, the target. Prints a list of objects with ``call``, ``says``
(what a test would assert), ``says_of_all`` (the same where all that may be left out is given),
``error``, ``pools`` (what is tried, by name), ``lines`` (that ran), ``brought`` (fixtures), ``is_bug`` and
``left_out`` (why kinds could not answer).
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

SECONDS = 60


def first_calls(file: Path, target: str) -> list[dict[str, Any]]:
    """Make the calls in this process, where nothing is refused."""
    explore = "greenline_probe.explore."
    parts = {name: importlib.import_module(explore + name) for name in _PARTS}
    subjects, template, express = parts["subject"], parts["template"], parts["express"]
    module = subjects.import_module(file.stem)
    parts["idioms"].set_up()
    subject = subjects.resolve(module, target, file.read_text(encoding="utf-8"))
    names = express.Names(module)
    tracer = importlib.import_module("greenline_probe.trace").Tracer({str(file): "target"})
    observer = parts["observe"].Observer(subject, express.Expresser(names), tracer, tempfile.mkdtemp(), lambda _: True)
    observer.seconds = SECONDS
    makers = [*fixtures_of(file.with_name("conftest.py")), *fixtures_of(file.with_name(f"test_{file.name}"))]
    observer.makers = parts["project_makers"].ProjectMakers(makers, names, lambda _: True)
    values = parts["values"].Values(names, subject.facts, observer.attempt, observer.makers)
    values.guarded = observer.guarded
    found = []
    for way in template.templates(subject, values):
        first = template.Choice(way, way.first())
        whole = template.Choice(way, tuple(next(filter(None, slot.pool), "") for slot in way.slots))
        seen, filled = observer.run(first), observer.run(whole)
        told = parts["accidents"].told([seen] if seen.kind == "raise" and not seen.deliberate else [])
        found.append(
            {
                "call": template.described(first),
                "says": _said(seen),
                "says_of_all": _said(filled),
                "error": seen.error_text,
                "lines": sorted({end for _, end in seen.edges if end > 0}),
                "pools": {slot.name: slot.pool for slot in way.slots},
                "brought": observer.makers.brought,
                "left_out": list(parts["idioms"].left_out.values()),
                "is_bug": any(each["typed"] for each in told),
            }
        )
    return found


def _said(seen: Any) -> list[str]:
    return [f"result == {seen.expected}"] * (seen.expected is not None) + [*seen.details, *seen.after]


def fixtures_of(tests: Path) -> list[Any]:
    """Return the fixtures of a file, as the server tells of them."""
    if not tests.exists():
        return []
    read = importlib.import_module("greenline.domain.generation.project_makers").makers_in
    fixtures, _ = read(tests.read_text(encoding="utf-8"))
    maker = importlib.import_module("greenline_probe.wire").Maker
    where = {"file": str(tests), "root": str(tests.parent), "module": tests.stem}
    return [maker(each.name, list(each.gives), needs=list(each.needs), **where) for each in fixtures]


_PARTS = ("subject", "template", "express", "idioms", "observe", "project_makers", "values", "accidents")

if __name__ == "__main__":
    sys.path[:0] = [sys.argv[1], str(Path(sys.argv[2]).resolve().parent)]
    sys.stdout.write(json.dumps(first_calls(Path(sys.argv[2]).resolve(), sys.argv[3])))

"""What was found as plain values, for a file or another machine. Paths are told from a folder that both know."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from greenline.domain.bulk.found import Found
from greenline.domain.bulk.records import Record, relative, summary_of, summary_record, typed
from greenline.domain.code.model import Target
from greenline.domain.generation.model import Asked, Coverage, Status, Strength, SuspectedBug, TargetResult, TestEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = (int, float)
_AS_THEY_ARE: dict[str, type | tuple[type, ...]] = {
    "status": str,
    "reason": str,
    "engine": str,
    "code": str,
    "observations": int,
    "seconds": _NUMBER,
    "placed": str,
    "model_problem": str,
    "wants_key": bool,
    "awaits_consent": bool,
    "tokens": int,
    "dollars": (int, float, type(None)),
}
_TEXTS = ("tests", "oracles", "not_tested", "refused", "model_notes")


def found_record(found: Found, root: Path) -> Record:
    """Return what was found as JSON can have it."""
    return {
        "path": relative(found.path, root),
        "results": [_result_record(one) for one in found.results],
        "edit": _edit_record(found.edit, root) if found.edit else None,
        "stopped": found.stopped,
    }


def found_of(record: Mapping[str, Any], root: Path) -> Found:
    """Return what a record tells. Raises KeyError, TypeError or ValueError for what is none."""
    path, edit = root / record["path"], _edit_of(record["edit"], root) if record["edit"] else None
    results = tuple(_result_of(one, path, edit) for one in record["results"])
    return Found(path, results, edit, typed(record, "stopped", bool))


def _edit_record(edit: TestEdit, root: Path) -> Record:
    """Return an edit without its places, which are for editors: who writes the file writes all of it."""
    return {"path": relative(edit.path, root), "creates": edit.creates, "base": edit.base_text, "new": edit.new_text}


def _edit_of(record: Mapping[str, Any], root: Path) -> TestEdit:
    creates, base, new = typed(record, "creates", bool), typed(record, "base", str), typed(record, "new", str)
    return TestEdit(root / record["path"], creates, base, new)


def _result_record(result: TargetResult) -> Record:
    coverage, strength = result.coverage, result.strength
    return {
        "function": result.target.qualname,
        **{name: getattr(result, name) for name in _AS_THEY_ARE},
        **{name: list(getattr(result, name)) for name in _TEXTS},
        "edits": result.edit is not None,
        "coverage": [summary_record(coverage.before), summary_record(coverage.after)] if coverage else None,
        "suspected_bugs": [asdict(bug) for bug in result.suspected_bugs],
        "strength": [strength.mutants, strength.killed] if strength else None,
        "engines": dict(result.engines),
        "asked": asdict(result.asked),
    }


def _result_of(record: Mapping[str, Any], path: Path, edit: TestEdit | None) -> TargetResult:
    coverage, strength = record["coverage"], record["strength"]
    plain: dict[str, Any] = {name: typed(record, name, kinds) for name, kinds in _AS_THEY_ARE.items()}
    if record["status"] not in get_args(Status):
        raise ValueError(f"status is {record['status']!r}")
    texts: dict[str, Any] = {name: _texts(record, name) for name in _TEXTS}
    return TargetResult(
        Target(path, record["function"]),
        **plain,
        **texts,
        edit=edit if record["edits"] else None,
        coverage=Coverage(*map(summary_of, coverage)) if coverage else None,
        suspected_bugs=tuple(SuspectedBug(**bug) for bug in record["suspected_bugs"]),
        strength=Strength(*strength) if strength else None,
        engines=dict(record["engines"]),
        asked=Asked(**record["asked"]),
    )


def _texts(record: Mapping[str, Any], name: str) -> tuple[str, ...]:
    if not all(isinstance(one, str) for one in typed(record, name, list)):
        raise TypeError(f"{name} is {record[name]!r}")
    return tuple(record[name])

"""What was found as plain values, for a file or another machine. Paths are told from a folder that both know."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from greenline.domain.bulk.found import Found
from greenline.domain.bulk.records import Record, relative, summary_of, summary_record
from greenline.domain.code.model import Target
from greenline.domain.generation.model import Asked, Coverage, Strength, SuspectedBug, TargetResult, TestEdit

if TYPE_CHECKING:
    from collections.abc import Mapping

_AS_THEY_ARE = (
    "status", "reason", "engine", "code", "observations", "seconds", "placed", "model_problem", "wants_key",
    "awaits_consent", "tokens", "dollars",
)  # fmt: skip
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
    return Found(path, results, edit, record["stopped"])


def _edit_record(edit: TestEdit, root: Path) -> Record:
    """Return an edit without its places, which are for editors: who writes the file writes all of it."""
    return {"path": relative(edit.path, root), "creates": edit.creates, "base": edit.base_text, "new": edit.new_text}


def _edit_of(record: Mapping[str, Any], root: Path) -> TestEdit:
    return TestEdit(root / record["path"], record["creates"], record["base"], record["new"])


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
    plain: dict[str, Any] = {name: record[name] for name in _AS_THEY_ARE}
    texts: dict[str, Any] = {name: tuple(record[name]) for name in _TEXTS}
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

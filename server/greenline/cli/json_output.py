"""The JSON that other programs read. Its shape is a promise: add keys, never change or remove them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from greenline.cli.console import true_path
from greenline.cli.json_text import json_text
from greenline.cli.target_names import as_written
from greenline.domain.coverage.mapping import summarize
from greenline.domain.coverage.model import Ratio, Summary
from greenline.domain.coverage.worth import FileWorth
from greenline.domain.failures import Place
from greenline.domain.generation.model import Asked, TargetResult
from greenline.page.words import GOALS
from greenline.services.find_gaps import GapReport
from greenline.services.picture import Picture
from greenline.services.picture_basis import Basis
from greenline.services.rank_gaps import Ranking
from greenline.services.run_suite import SuiteRun


def results_json(results: Iterable[TargetResult], texts: Mapping[Path, str]) -> str:
    """Return the object of ``generate --format json``: one entry in ``targets`` for each function."""
    return json_text({"targets": [result_json(result, texts) for result in results]})


def report_json(report: GapReport, ranking: Ranking) -> str:
    """Return the object of ``gaps --format json``: one entry in ``files`` for each file, the total, and the ranking."""
    unreadable = [{"path": true_path(path), "message": message} for path, message in report.unreadable]
    whole = {
        "files": [_picture(p) for p in report.pictures],
        "unreadable": unreadable,
        "total": _summary(ranking.total),
        "ranking": [_ranked(file) for file in ranking.files],
        "left_out": dict(ranking.left_out),
        "complete": ranking.complete,
        "not_told": ranking.not_told,
        "tests_left_out": ranking.tests_left_out,
        "skipped_folders": [true_path(folder) for folder in ranking.skipped],
        "goals": [
            {"percent": goal.percent, "files": goal.files, "lines": goal.lines, "points": round(goal.points, 2)}
            for goal in map(ranking.goal, () if ranking.changed_since else GOALS)
        ],
        "without_commits": ranking.without_commits,
        "basis": [_basis(basis) for basis in report.basis],
    }
    return json_text(whole)


def suite_json(ran: SuiteRun) -> str:
    """Return the object of ``test --format json``."""
    whole = {
        "ok": ran.ok and not ran.problem,
        "message": ran.message,
        "tests": ran.tests,
        "passed": sorted(ran.passed),
        "failures": [
            {
                "test": failure.node_id,
                "kind": failure.kind,
                "message": failure.message,
                "next_step": failure.next_step,
                "at": _place(failure.test),
                "source": _place(failure.source),
            }
            for failure in ran.failures
        ],
        "problem": ran.problem,
        "seconds": round(ran.seconds, 2),
    }
    return json_text(whole)


def _basis(basis: Basis) -> dict[str, Any]:
    return {
        "project": true_path(basis.root),
        "report": true_path(basis.report) if basis.report else None,
        "report_age_seconds": None if basis.report_age is None else round(basis.report_age),
        "tests": basis.tests,
        "test_files": [basis.test_files, basis.test_files_there],
        "all_tests": basis.is_all,
    }


def _ranked(file: FileWorth) -> dict[str, Any]:
    return {
        "path": true_path(file.row.path),
        "package": file.row.package,
        "worth": round(file.worth, 2),
        "lines": file.row.lines,
        "branches": file.row.branches,
        "statements": file.row.summary.lines.total,
        "commits": file.commits,
        "functions": [
            {
                "name": function.row.name,
                "line": function.row.line,
                "worth": round(function.worth, 2),
                "lines": function.row.lines,
                "branches": function.row.branches,
                "complexity": function.row.complexity,
                "calls": function.calls,
                "in_the_way": function.row.in_the_way,
            }
            for function in file.functions
        ],
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"path": true_path(place.path), "line": place.line}


def result_json(result: TargetResult, texts: Mapping[Path, str]) -> dict[str, Any]:
    """Return one entry of ``targets``."""
    coverage = result.coverage
    return {
        "target": as_written(result.target, texts),
        "status": result.status,
        "reason": result.reason,
        "engine": result.engine,
        "test_file": true_path(result.edit.path) if result.edit else None,
        "test_file_reason": result.placed if result.edit else "",
        "tests": list(result.tests),
        "code": result.code,
        "coverage": {"before": _summary(coverage.before), "after": _summary(coverage.after)} if coverage else None,
        "observations": result.observations,
        "seconds": round(result.seconds, 2),
        "mutants": {"total": result.strength.mutants, "killed": result.strength.killed} if result.strength else None,
        "oracles": list(result.oracles),
        "suspected_bugs": [
            {
                "call": b.call,
                "error": b.error,
                "line": b.line,
                "documented": b.documented or None,
                "said": b.said or None,
            }
            for b in result.suspected_bugs
        ],
        "not_tested": list(result.not_tested),
        "refused": list(result.refused),
        "engines": dict(result.engines),
        "model_notes": list(result.model_notes),
        "tokens": result.tokens,
        "dollars": result.dollars,
        "asked": _asked(result.asked),
    }


def _asked(asked: Asked) -> dict[str, Any]:
    counts = {"requests": asked.requests, "proposed": asked.proposed, "passed": asked.passed, "kept": asked.kept}
    return {**counts, "not_kept": dict(asked.not_kept)}


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "path": true_path(picture.path),
        "state": picture.state,
        "message": picture.message,
        "coverage": _summary(summarize(picture.map)) if picture.map else None,
        "functions": {name: _summary(summary) for name, summary in picture.functions.items()},
        "gaps": [
            {
                "kind": gap.kind,
                "function": gap.function,
                "start_line": gap.span.start_line,
                "end_line": max(gap.span.start_line, gap.span.end_line - (gap.span.end_column == 0)),
                "message": gap.message,
            }
            for gap in picture.gaps
        ],
    }


def _summary(summary: Summary) -> dict[str, list[int]]:
    return {"lines": _ratio(summary.lines), "branches": _ratio(summary.branches)}


def _ratio(ratio: Ratio) -> list[int]:
    return [ratio.covered, ratio.total]

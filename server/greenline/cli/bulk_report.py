"""The report of a run over many files, for other programs. Its shape is a promise: add keys, never change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline import __version__
from greenline.cli.console import true_path
from greenline.cli.json_text import json_text
from greenline.cli.plan_view import plan_record
from greenline.domain.bulk.records import outcome_record, summary_record, unit_record
from greenline.services.sum_up_run import sum_up, suspected_bugs

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.prove_suite import Proof
    from greenline.services.run_plan import RunPlan
    from greenline.services.sum_up_run import Suspected


def report_json(run: RunPlan, root: Path) -> str:
    """Return the object of ``generate --report`` and of ``--format json`` for many files. Paths are from ``root``."""
    return json_text(report_record(run, root))


def report_record(run: RunPlan, root: Path) -> dict[str, Any]:
    """Return the report as plain values."""
    sums, plan = sum_up(run), plan_record(run.plan)
    outcomes = sorted(run.outcomes.values(), key=lambda outcome: outcome.path)
    return {
        "version": 1,
        "greenline": __version__,
        "coverage": {"before": summary_record(run.before), "after": summary_record(run.total)},
        "counts": {
            **sums.statuses,
            "not_begun": sums.not_begun,
            "tests": sums.tests,
            "cases": sums.cases,
            "test_files": sums.test_files,
        },
        "mutants": {"total": sums.strength.mutants, "killed": sums.strength.killed} if sums.strength else None,
        "not_testable": {reason: list(names) for reason, names in sums.not_testable.items()},
        "failed": {reason: list(names) for reason, names in sums.failed.items()},
        "suspected_bugs": [_suspected_record(one, root) for one in suspected_bugs(run)],
        "files": [outcome_record(outcome, root) for outcome in outcomes],
        "not_begun": [unit_record(unit, root)["path"] for unit in run.left],
        "left_out": plan["left_out"],
        "short": [
            {"path": _name(path, root), "coverage": summary_record(now), "wished": wanted}
            for path, (now, wanted) in run.short.items()
        ],
        "skipped_folders": plan["skipped_folders"],
        "outside_functions": plan["outside_functions"],
        "tried_already": plan["tried_already"],
        "problems": plan["problems"],
        "final_runs": [_proof_record(project, proof, root) for project, proof in run.proofs.items()],
        "stopped": run.stopped,
        "seconds": round(run.seconds, 1),
        "dollars": round(run.dollars, 4),
    }


def _suspected_record(one: Suspected, root: Path) -> dict[str, Any]:
    return {
        "path": _name(one.path, root),
        "line": one.bug.line,
        "function": one.qualname,
        "call": one.bug.call,
        "what": one.bug.words,
        "other_calls": one.others,
    }


def _proof_record(project: Path, proof: Proof, root: Path) -> dict[str, Any]:
    return {
        "project": true_path(project),
        "green": proof.is_green,
        "tests": proof.tests,
        "taken_out": [
            {"test": f"{_name(file, root)}::{name}", "reason": why} for (file, name), why in proof.taken_out.items()
        ],
        "failing": list(proof.failing),
        "failing_in_random_order": list(proof.unsteady),
        "problem": proof.problem,
        "complaint": proof.complaint,
    }


def _name(file: Path, root: Path) -> str:
    return (file.relative_to(root) if file.is_relative_to(root) else file).as_posix()

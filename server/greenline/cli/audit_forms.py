"""An audit for programs and browsers: JSON, SARIF 2.1.0, GitHub's annotations, Markdown for a job's summary, a page."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from greenline.cli.console import shown, true_path
from greenline.cli.gaps_annotations import MOST, escaped, notices
from greenline.cli.gaps_markdown import code
from greenline.cli.gaps_sarif import digest, document, told, uri_of
from greenline.cli.json_text import json_text
from greenline.cli.repository_names import name_in_repository
from greenline.domain.auditing.model import KINDS, MEANINGS
from greenline.page.audit_words import left_out, name_of, summary
from greenline.page.words import one_line

if TYPE_CHECKING:
    from greenline.domain.auditing.model import Weakness
    from greenline.services.audit_tests import Audit


def as_json(audit: Audit) -> str:
    """Return one object; keys may be added, but are not changed or removed."""
    whole = {
        "weaknesses": [
            {
                "kind": one.kind,
                "subject": one.subject,
                "path": true_path(one.path),
                "line": one.line,
                "evidence": one.evidence,
                "advice": one.advice,
            }
            for one in audit.weaknesses
        ],
        "tests": audit.tests,
        "files": audit.files,
        "left_out": dict(audit.left_out),
        "notes": list(audit.notes),
        "problems": list(audit.problems),
    }
    return json_text(whole)


def markdown(audit: Audit) -> str:
    """Return a table under a line that sums it up."""
    lines = [f"**{summary(audit)}**", ""]
    if audit.weaknesses:
        lines += ["| what | where | why | what to do |", "| --- | --- | --- | --- |"]
        lines += [_row(one) for one in audit.weaknesses]
        lines.append("")
    lines += [f"- {one_line(line)}" for line in _besides(audit)]
    return "\n".join(lines).rstrip()


def html(audit: Audit) -> str:
    """Return one page that needs no network."""
    from greenline.page.audit_page import audit_page  # noqa: PLC0415 - for this form only

    return audit_page(audit, "Audit of tests", shown)


def workflow_text(audit: Audit) -> str:
    """Return commands of GitHub's workflows: the worst as warnings, and how many more there are."""
    lines = []
    for one in audit.weaknesses[:MOST]:
        place = f"file={escaped(name_in_repository(one.path), in_property=True)},line={one.line}"
        words = f"{name_of(one)}: {one.evidence} {one.advice}"
        lines.append(f"::warning {place},title={escaped(one.kind, in_property=True)}::{escaped(words)}")
    if (more := len(audit.weaknesses) - MOST) > 0:
        lines.append(f"::notice title=Tests::{more} more weaknesses: `greenline audit` shows all of them.")
    return "\n".join([*lines, *notices(_besides(audit), "Tests")])


def sarif(audit: Audit) -> str:
    """Return one run with a result for each weakness; places begin at the top of the repository."""
    seen: Counter[str] = Counter()
    results = []
    for one in audit.weaknesses:
        # By what it says but for its lines, which change with every edit above it, and the how manieth that is.
        said = f"{uri_of(one.path)}\0{one.subject}\0{one.kind}\0{re.sub(r'[0-9]+', '', one.evidence)}"
        seen[said] += 1
        results.append(_result(one, digest(f"{said}\0{seen[said]}")))
    used = {one.kind for one in audit.weaknesses}
    rules = [
        {"id": f"greenline/{kind}", "shortDescription": {"text": MEANINGS[kind]},
         "defaultConfiguration": {"level": "warning"}}
        for kind in KINDS if kind in used
    ]  # fmt: skip
    return document(rules, results, told(_besides(audit)))


def _besides(audit: Audit) -> list[str]:
    """Return what is no weakness: what was left out, and what nobody could tell."""
    return [*left_out(audit), *audit.notes, *audit.problems]


def _result(one: Weakness, known_by: str) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": uri_of(one.path)}, "region": {"startLine": one.line}}
    return {
        "ruleId": f"greenline/{one.kind}",
        "level": "warning",
        "message": {"text": f"{name_of(one)}: {one.evidence} {one.advice}"},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"greenlineWeakness/v1": known_by},
    }


def _row(one: Weakness) -> str:
    where = f"{code(f'{shown(one.path)}:{one.line}')} {code(name_of(one))}"
    cells = [one.kind, where, *(one_line(words).replace("|", "\\|") for words in (one.evidence, one.advice))]
    return f"| {' | '.join(cells)} |"

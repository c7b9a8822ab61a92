"""Gaps as SARIF 2.1.0 (OASIS Standard, 27 March 2020), which code scanning of several forges reads."""

from __future__ import annotations

import os
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from greenline import __version__
from greenline.cli.json_text import json_text
from greenline.cli.repository_names import name_in_repository

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from greenline.domain.coverage.model import Gap
    from greenline.services.find_gaps import GapReport

_RULES = {
    "uncovered": ("Not covered", "No test reaches these lines."),
    "partial-branch": ("Branch never taken", "Tests reach the line, but none takes this way on from it."),
}


def sarif(report: GapReport, invocations: Sequence[Mapping[str, Any]] = ()) -> str:
    """Return one run with a result for each gap; places begin at the top of the repository."""
    results = []
    for picture in report.pictures:
        uri, seen = uri_of(picture.path), Counter[str]()
        for gap in sorted(picture.gaps, key=lambda gap: gap.span.start_line):
            # By what it says but for its lines, which change with every edit above it, and the how manieth that is.
            said = f"{uri}\0{gap.function}\0{gap.kind}\0{re.sub(r'[0-9]+', '', gap.message)}"
            seen[said] += 1
            results.append(_result(uri, gap, digest(f"{said}\0{seen[said]}")))
    return document([_rule(name) for name in _RULES], results, invocations)


def told(lines: Sequence[str]) -> list[dict[str, Any]]:
    """Return the invocation that a run tells lines with, which no result is about; none where there are no lines."""
    notes = [{"level": "note", "message": {"text": line}} for line in lines]
    return [{"executionSuccessful": True, "toolExecutionNotifications": notes}] if notes else []


def document(
    rules: Sequence[Mapping[str, Any]],
    results: Sequence[Mapping[str, Any]],
    invocations: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Return one run of Greenline as a document."""
    driver = {"name": "Greenline", "version": __version__, "rules": rules}
    run: dict[str, Any] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    run |= {"invocations": [*invocations]} if invocations else {}
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
    return json_text({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    title, words = _RULES[name]
    return {
        "id": f"greenline/{name}",
        "shortDescription": {"text": title},
        "fullDescription": {"text": words},
        "help": {"text": f"{words} `greenline generate FILE:LINE` writes a test that does, where it finds one."},
        "defaultConfiguration": {"level": "note"},
    }


def uri_of(path: Path) -> str:
    """Return where a file is, from the top of its repository; outside of any the whole path."""
    name = name_in_repository(path)
    return path.as_uri() if Path(name).is_absolute() else quote(os.fsencode(name))


def digest(said: str) -> str:
    """Return what a result is known by; names of functions and files may hold what no text can."""
    return sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _result(uri: str, gap: Gap, known_by: str) -> dict[str, Any]:
    region = {"startLine": gap.span.start_line, "startColumn": gap.span.start_column + 1,
              "endLine": gap.span.end_line, "endColumn": gap.span.end_column + 1}  # fmt: skip
    return {
        "ruleId": f"greenline/{gap.kind}",
        "level": "note",
        "message": {"text": gap.explanation},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"greenlineGap/v1": known_by},
    }

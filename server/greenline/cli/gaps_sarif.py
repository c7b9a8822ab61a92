"""Gaps as SARIF 2.1.0 (OASIS Standard, 27 March 2020), which code scanning of several forges reads."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from greenline import __version__
from greenline.cli.console import shown

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.coverage.model import Gap
    from greenline.services.find_gaps import GapReport

_RULES = {
    "uncovered": ("Not covered", "No test reaches these lines."),
    "partial-branch": ("Branch never taken", "Tests reach the line, but none takes this way on from it."),
}


def sarif(report: GapReport) -> str:
    """Return one run with a result for each gap; places are relative to the current folder."""
    results = [_result(picture.path, gap) for picture in report.pictures for gap in picture.gaps]
    driver = {"name": "Greenline", "version": __version__, "rules": [_rule(name) for name in _RULES]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    schema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _rule(name: str) -> dict[str, Any]:
    title, words = _RULES[name]
    return {
        "id": f"greenline/{name}",
        "shortDescription": {"text": title},
        "fullDescription": {"text": words},
        "help": {"text": f"{words} `greenline generate FILE:LINE` writes a test that does, where it finds one."},
        "defaultConfiguration": {"level": "note"},
    }


def _result(path: Path, gap: Gap) -> dict[str, Any]:
    uri = quote(shown(path).replace("\\", "/"))
    region = {"startLine": gap.span.start_line, "startColumn": gap.span.start_column + 1,
              "endLine": gap.span.end_line, "endColumn": gap.span.end_column + 1}  # fmt: skip
    # By what it says and where it stands in the code, not by its line: that changes with every edit above it.
    known_by = sha256(f"{uri}\0{gap.function}\0{gap.kind}\0{gap.message}".encode()).hexdigest()
    return {
        "ruleId": f"greenline/{gap.kind}",
        "level": "note",
        "message": {"text": gap.explanation},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}],
        "partialFingerprints": {"greenlineGap/v1": known_by},
    }

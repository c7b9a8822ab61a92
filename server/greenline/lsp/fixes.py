"""What puts right what the doctor finds: commands of Greenline's, and settings to look at."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from greenline.lsp import names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.services.diagnose_project import Finding

Fix = dict[str, Any]


def fixes_of(findings: Sequence[Finding], uri: str, *, may_run: bool) -> list[Fix]:
    """Return ``{"title", "command", "arguments"}`` or ``{"title", "setting"}`` for what is not well."""
    wrong = {finding.topic for finding in findings if finding.state != "ok"}
    found: list[Fix] = []
    if "pytest" in wrong and may_run:
        found.append(_command("Install pytest", names.INSTALL_PYTEST, {"uri": uri}))
    if wrong & {"interpreter", "pytest"}:
        found.append({"title": "Choose the Python that runs the tests", "setting": "greenline.interpreter"})
    if wrong & {"coverage data", "its age", "branches", "its files"} and may_run:
        found.append(_command("Run the tests with coverage", names.RUN_TESTS, {"uri": uri}))
    if wrong & {"coverage data", "its files"}:
        found.append({"title": "Say where the report is", "setting": "greenline.coverage.file"})
    if wrong & {"isolation"}:
        found.append({"title": "Look at how explored code is held back", "setting": "greenline.isolation"})
    if "model's consent" in wrong and may_run:
        found.append(_command("Look at what a model would be sent, and allow it", names.MODEL_ALLOW, {"uri": uri}))
    if any(finding.topic == "model's SDK" and names.MODEL_ALLOW in finding.to_do for finding in findings) and may_run:
        found.append(_command("Install the libraries that ask models", names.MODEL_ALLOW, {"uri": uri}))
    if "model's key" in wrong:
        found.append({"title": "Name a command that prints the key", "setting": "greenline.model.keyCommand"})
    if "model's limits" in wrong:
        found.append({"title": "Look at what a day may cost", "setting": "greenline.model.dollarsPerDay"})
    return found


def with_links(markdown: str, fixes: Sequence[Fix]) -> str:
    """Return a page with what puts it right first, as links that a client follows: ``command:`` and ``setting:``."""
    if not fixes:
        return markdown
    heading, _, rest = markdown.partition("\n")
    links = [f"- [{fix['title']}]({_target(fix)})" for fix in fixes]
    return "\n".join([heading, "", "## To put it right", "", *links, "", "## What was found", rest])


def _command(title: str, command: str, argument: dict[str, Any]) -> Fix:
    return {"title": title, "command": command, "arguments": [argument]}


def _target(fix: Fix) -> str:
    if "setting" in fix:
        return f"setting:{fix['setting']}"
    return f"command:{fix['command']}?{quote(json.dumps(fix['arguments']))}"

"""An audit in the forms that others read: whatever the names of its files and tests hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from greenline.cli.audit_command import _print
from greenline.domain.auditing.model import Weakness
from greenline.services.audit_tests import Audit

FORGED = "a\n::error title=owned::\udce9.py"


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    monkeypatch.chdir(tmp_path)
    path = Path.cwd() / FORGED
    weak = Weakness("no-assertion", f"{FORGED}::test_a", path, 3, "It says\n::error::nothing.", "Say something.")
    return Audit((weak,), 1, 1, problems=(f"{FORGED} cannot be read.",))


@pytest.mark.parametrize("form", ["table", "markdown", "github"])
def test_no_name_forges_a_line(audit: Audit, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    _print(audit, form)
    said = capsys.readouterr().out
    assert "owned" in said
    assert not [line for line in said.splitlines() if line.startswith("::error")]


def test_sarif_and_json_can_be_written_of_a_name_that_is_no_text(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    _print(audit, "sarif")
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("owned%3A%3A%E9.py")
    _print(audit, "json")
    assert json.loads(capsys.readouterr().out)["weaknesses"][0]["line"] == 3

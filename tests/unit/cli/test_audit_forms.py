"""An audit in the forms that others read: whatever the names of its files and tests hold."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from greenline.cli.audit_command import _print
from greenline.cli.audit_view import print_audit
from greenline.domain.auditing.model import Weakness
from greenline.services.audit_tests import Audit
from unit.page.html_tree import tree

FORGED = "a\n::error title=owned::\udce9.py"


@pytest.fixture
def audit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Audit:
    monkeypatch.chdir(tmp_path)
    path = Path.cwd() / FORGED
    weak = Weakness("no-assertion", f"{FORGED}::test_a", path, 3, "It says\n::error::nothing.", "Say something.")
    return Audit((weak,), 1, 1, problems=(f"{FORGED} cannot be read.",))


@pytest.mark.parametrize("form", ["table", "markdown", "github", "html"])
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


def test_a_terminal_breaks_lines_between_words_and_a_pipe_gets_one(audit: Audit) -> None:
    advice = "Assert what the code gives; if the point is that nothing raises, say so in its name."
    told = replace(audit, weaknesses=(replace(audit.weaknesses[0], advice=advice),), notes=("A word of " * 20,))

    def lines(**of: Any) -> list[str]:
        console = Console(file=io.StringIO(), color_system=None, **of)
        print_audit(console, told)
        return console.file.getvalue().splitlines()  # type: ignore[attr-defined, no-any-return]

    narrow = lines(force_terminal=True, width=60)
    assert max(map(len, narrow)) <= 60
    assert " ".join(" ".join(narrow).split()) == " ".join(" ".join(lines()).split())
    assert all(line.startswith("  ") for line in narrow[1:3]), "what goes on stands below its line"
    assert any(line.endswith(advice) for line in lines())


def test_the_page_has_the_worst_first_and_says_what_kinds_mean(
    audit: Audit, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path.cwd() / "test_b.py"
    slow = Weakness("slow", "test_b.py::test_<script>", path, 9, "It takes 3 s.", "Take less.")
    _print(
        replace(audit, weaknesses=(*audit.weaknesses, slow), left_out={"by a comment": 2}, notes=("Ran twice.",)),
        "html",
    )
    page = tree(capsys.readouterr().out)
    rows = [[cell.text for cell in row.all("td")] for row in page.by_id("weaknesses").all("tr")][1:]
    assert [row[0] for row in rows] == ["no-assertion", "slow"]
    assert rows[1][1:5] == ["test_<script>", "test_b.py:9", "It takes 3 s.", "Take less."]
    assert float(rows[0][5]) > float(rows[1][5])
    assert "It takes much longer than the others." in page.by_id("kinds").text
    for said in ("2 weaknesses in 1 test of 1 file", "2 left out by a comment.", "Ran twice.", "cannot be read."):
        assert said in page.by_id("summary").text
    assert len(list(page.all("script"))) == 1


def test_a_page_without_a_weakness_has_no_table(audit: Audit, capsys: pytest.CaptureFixture[str]) -> None:
    _print(replace(audit, weaknesses=(), problems=()), "html")
    page = tree(capsys.readouterr().out)
    assert "No weakness was found in 1 test of 1 file." in page.text
    assert not list(page.all("table"))

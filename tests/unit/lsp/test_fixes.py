"""What puts right what the doctor finds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from greenline.lsp.fixes import fixes_of, with_links
from greenline.services.diagnose_project import Finding
from unit.lsp.editor import FULL, Editor, merged

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.choose_report import ReportStatus
    from unit.lsp.fakes import FakeServices

NO_PYTEST = [Finding("interpreter", "ok", "Python 3.12"), Finding("pytest", "problem", "none")]


def test_where_all_is_well_nothing_is_to_be_done() -> None:
    assert fixes_of([Finding("pytest", "ok", "8.4")], "file:///a.py", may_run=True) == []
    assert with_links("# A page\n\n- fine", []) == "# A page\n\n- fine"


def test_pytest_is_installed_with_a_click_or_another_python_chosen() -> None:
    install, choose = fixes_of(NO_PYTEST, "file:///a%20b.py", may_run=True)
    assert (install["command"], install["arguments"]) == ("greenline.installPytest", [{"uri": "file:///a%20b.py"}])
    assert choose["setting"] == "greenline.interpreter"


def test_nothing_that_runs_is_offered_where_nothing_may() -> None:
    fixes = fixes_of([*NO_PYTEST, Finding("coverage data", "warning", "none")], "file:///a.py", may_run=False)
    assert fixes
    assert not any("command" in fix for fix in fixes)


def test_links_carry_their_arguments() -> None:
    page = with_links("# A page\n\n- no pytest\n", fixes_of(NO_PYTEST, "file:///a (1).py", may_run=True))
    assert page.startswith("# A page\n\n## To put it right\n\n- [Install pytest](")
    assert page.endswith("\n\n## What was found\n\n- no pytest\n")
    link = page.split("](command:greenline.installPytest?")[1]
    assert json.loads(unquote(link.partition(")")[0])) == [{"uri": "file:///a (1).py"}]


@pytest.mark.parametrize("follows", [False, True])
async def test_the_page_has_links_where_they_are_followed(
    services: FakeServices, source: Path, *, follows: bool
) -> None:
    able = {"experimental": {"greenline": {"followsCommands": follows}}}
    status = services.reports.status

    async def without_pytest(path: Path) -> ReportStatus:
        return replace(await status(path), findings=tuple(NO_PYTEST))

    services.reports.status = without_pytest  # type: ignore[method-assign]
    async with Editor(services, merged(FULL, able)) as editor:
        job = await editor.run("greenline.showReportStatus", {"uri": editor.open(source), "show": False})
        end = await editor.job_end(job["job"])
        assert next(fix["title"] for fix in end["fixes"]) == "Install pytest"
        assert ("command:greenline.installPytest" in end["markdown"]) is follows

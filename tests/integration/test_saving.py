"""A save in the editor runs the affected tests with the real services, and marks what fails until it passes."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline import bootstrap
from greenline.adapters.probes import Probes
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from unit.lsp.editor import FULL, Editor

if TYPE_CHECKING:
    from greenline.ports.documents import Documents
    from greenline.settings import Settings

SOURCE = """\
def total(numbers):
    return sum(numbers)


def mean(numbers):
    return total(numbers) / len(numbers)


def shout(text):
    return text.upper()
"""
TEST = """\
import shop


def test_mean():
    assert shop.mean([1, 3]) == 2


def test_shout():
    assert shop.shout("a") == "A"
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "shop.py").write_text(SOURCE)
    (root / "tests" / "test_shop.py").write_text(TEST)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\ntestpaths = ["tests"]\n')
    return root


class Working:
    """A person at an editor with the real services behind it."""

    def __init__(self, editor: Editor, project: Path) -> None:
        self.editor, self.source, self.test = editor, project / "shop.py", project / "tests" / "test_shop.py"
        self.versions: dict[str, int] = {}

    def open(self, path: Path) -> str:
        uri = self.editor.open(path)
        self.versions[uri] = 1
        return uri

    def edit(self, uri: str, text: str) -> None:
        self.versions[uri] += 1
        self.editor.change(uri, text, self.versions[uri])

    async def save(self, path: Path, text: str) -> Any:
        """Edit and save, and wait until the tests ran."""
        uri = path.as_uri()
        self.edit(uri, text)
        await asyncio.to_thread(path.write_text, text)
        since = len(self.editor.received)
        self.editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        return await self.editor.wait_for("greenline/jobEnded", lambda p: p["outcome"] != "superseded", since=since)

    async def marks(self, uri: str, count: int) -> list[dict[str, Any]]:
        """Return the marks of failing tests, once there are so many."""

        def failing(params: Any) -> list[dict[str, Any]]:
            return [d for d in params["diagnostics"] if d["code"] in {"failing-test", "raised-in-test"}]

        def wanted(params: Any) -> bool:
            here = params["uri"] == uri and params.get("version") == self.versions[uri]
            return here and len(failing(params)) == count

        since = len(self.editor.received)
        self.editor.server.session.redraw()
        return failing(await self.editor.wait_for("textDocument/publishDiagnostics", wanted, since=since))


def real(tmp_path: Path) -> Any:
    lasting = bootstrap.Lasting(
        probes=Probes(tmp_path / "bytecode", warm=sys.platform == "linux"), runs=RunStoreSqlite(tmp_path / "runs")
    )

    def build(settings: Settings, documents: Documents) -> bootstrap.Services:
        return bootstrap.build(settings, documents, lasting)

    return build


async def test_what_a_save_breaks_is_marked_until_a_save_mends_it(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("unit.lsp.editor.LIMIT", 60.0)
    options = {"run": {"onSave": "affected"}, "interpreter": sys.executable}
    async with Editor(real(tmp_path), FULL, root=project, options=options) as editor:
        person = Working(editor, project)
        source, test = person.open(person.source), person.open(person.test)
        end = await editor.job_end((await editor.run("greenline.runTestsWithCoverage", {"uri": source}))["job"])
        assert end["message"].startswith("2 passed")

        ended = await person.save(person.source, SOURCE.replace("sum(numbers)", "sum(numbers) + 2"))
        assert ended["message"].startswith("1 of 2 tests are affected: 1 failed")
        (on_test,) = await person.marks(test, 1)
        assert on_test["message"].splitlines() == [
            "`test_mean` fails (the code may be wrong): assert 3.0 == 2",
            "where 3.0 = mean([1, 3])",
            "It passed before shop.py changed.",
            "Look at what changed in shop.py; if it is meant to behave like that now, correct the test.",
        ]
        assert on_test["range"]["start"]["line"] == 4
        assert await person.marks(source, 0) == [], "the assertion failed, the code raised nothing"

        broken = SOURCE.replace("len(numbers)", "count")
        assert (await person.save(person.source, broken))["outcome"] == "done"
        (on_source,) = await person.marks(source, 1)
        assert on_source["message"].startswith("`test_mean` fails (the code may be wrong): NameError: name 'count'")
        assert (on_source["code"], on_source["range"]["start"]["line"]) == ("raised-in-test", 5)
        (on_test,) = await person.marks(test, 1)
        assert on_test["relatedInformation"][0]["location"]["uri"] == source

        await person.save(person.source, SOURCE)
        assert await person.marks(source, 0) == await person.marks(test, 0) == []


async def test_unsaved_buffers_are_what_runs(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unit.lsp.editor.LIMIT", 60.0)
    options = {"run": {"onSave": "file"}, "interpreter": sys.executable}
    async with Editor(real(tmp_path), FULL, root=project, options=options) as editor:
        person = Working(editor, project)
        source, test = person.open(person.source), person.open(person.test)
        person.edit(source, SOURCE.replace("upper", "lower"))
        await person.save(person.test, TEST + "\n")
        (mark,) = await person.marks(test, 1)
        assert "assert 'a' == 'A'" in mark["message"]
        assert "upper" in person.source.read_text()

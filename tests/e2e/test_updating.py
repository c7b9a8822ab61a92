"""Keeping generated tests alive with the real server: generated, accepted, failing after a change, updated."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import pytest

from e2e.client import editing, snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from lsprotocol import types

    from e2e.client import Editor

    Make = Callable[..., Path]

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]

UPDATE = "greenline.updateExpectations"


class Workplace:
    """One person's project, its editor, and what they do in it."""

    def __init__(self, root: Path, editor: Editor) -> None:
        self.editor = editor
        self.shop, self.tests = root / "shop.py", root / "tests" / "test_shop.py"
        self.uri = ""

    async def generate(self, qualname: str) -> None:
        end = await self.editor.end_of(await self.editor.generate(self.editor.open(self.shop), qualname))
        assert end.outcome == "done", end.message
        self.uri = self.editor.open(self.tests)

    def rewrite(self, path: Path, old: str, new: str) -> None:
        """Change a file as another program would, and the buffer with it."""
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} in\n{text}"
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.editor.reread(path)

    async def run_tests(self) -> Any:
        """Run the test file; its failures are diagnostics then."""
        answer = await self.editor.run("greenline.runTestsOfFile", {"uri": self.uri})
        return await self.editor.end_of(answer["job"])

    async def failing(self) -> list[types.Diagnostic]:
        found = await self.editor.diagnostics(self.uri)
        return [diagnostic for diagnostic in found if diagnostic.code == "failing-test"]

    async def offers(self) -> list[types.CodeAction]:
        """Return what is offered to update at the failing lines."""
        found = [action for failing in await self.failing() for action in await self.editor.actions(self.uri, failing)]
        return [action for action in found if action.command and action.command.command == UPDATE]

    async def take(self, offer: types.CodeAction) -> Any:
        assert offer.command is not None
        answer = await self.editor.run(offer.command.command, *(offer.command.arguments or []))
        return await self.editor.end_of(answer["job"])


@pytest.fixture
async def at_work(project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workplace]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = project()
    async with editing(root, pull=True) as editor:
        workplace = Workplace(root, editor)
        await workplace.generate("label")
        editor.updates = True
        yield workplace


async def test_a_value_that_changed_is_updated_and_passes(at_work: Workplace) -> None:
    before = at_work.tests.read_text(encoding="utf-8")
    at_work.rewrite(at_work.shop, "one {name}", "a single {name}")
    assert "fail" in (await at_work.run_tests()).message
    (offer,) = await at_work.offers()
    assert offer.title.startswith("Update generated expectations of `test_label")
    assert offer.kind == "quickfix"

    elsewhere = snapshot(at_work.shop.parent)
    end = await at_work.take(offer)

    assert end.outcome == "done", end.message
    assert "one " in end.message
    assert "a single " in end.message
    after = at_work.tests.read_text(encoding="utf-8")
    changed = [(old, new) for old, new in zip(before.split("\n"), after.split("\n"), strict=True) if old != new]
    assert changed
    assert all(new == old.replace("one ", "a single ") for old, new in changed)
    assert len(at_work.editor.edits) == 2, "the tests, and their update"
    now = snapshot(at_work.shop.parent)
    assert {path for path in now if now[path] != elsewhere.get(path)} == {"tests/test_shop.py"}
    assert await at_work.failing() == []
    assert at_work.editor.children() == set()

    at_work.rewrite(at_work.shop, "a single {name}", "1 {name}")
    await at_work.run_tests()
    (again,) = await at_work.offers()
    assert (await at_work.take(again)).outcome == "done", "what was updated is known, too"


async def test_what_a_person_has_edited_is_theirs(at_work: Workplace) -> None:
    told = re.search(r"one \w+", at_work.tests.read_text(encoding="utf-8"))
    assert told
    at_work.rewrite(at_work.tests, told.group(), "nobody")
    await at_work.run_tests()
    assert await at_work.failing()
    assert await at_work.offers() == []
    name = (await at_work.failing())[0].data["test"].partition("::")[2].partition("[")[0]
    before = at_work.tests.read_text(encoding="utf-8")
    answer = await at_work.editor.run(UPDATE, {"uri": at_work.uri, "test": name})
    end = await at_work.editor.end_of(answer["job"])
    assert end.outcome == "failed"
    assert "left as it is" in end.message
    assert at_work.tests.read_text(encoding="utf-8") == before


async def test_formatting_is_no_editing(at_work: Workplace) -> None:
    text = at_work.tests.read_text(encoding="utf-8")
    at_work.tests.write_text(text.replace('"', "'"), encoding="utf-8")
    at_work.editor.reread(at_work.tests)
    at_work.rewrite(at_work.shop, "one {name}", "a single {name}")
    await at_work.run_tests()
    (offer,) = await at_work.offers()
    assert (await at_work.take(offer)).outcome == "done"
    assert "'a single " in at_work.tests.read_text(encoding="utf-8")


@pytest.mark.parametrize("damaged", [False, True], ids=["deleted", "damaged"])
async def test_without_the_cache_nothing_is_offered_and_nothing_fails(at_work: Workplace, *, damaged: bool) -> None:
    _spoil_index(damaged=damaged)
    at_work.rewrite(at_work.shop, "one {name}", "a single {name}")
    await at_work.run_tests()
    assert await at_work.failing()
    assert await at_work.offers() == []
    assert not any("Traceback" in message for message in at_work.editor.messages)


def _spoil_index(*, damaged: bool) -> None:
    (index,) = Path(platformdirs.user_cache_dir("greenline", appauthor=False)).glob("generated-tests.*")
    if damaged:
        index.write_bytes(b"no database at all" * 100)
    else:
        index.unlink()


async def test_code_that_raises_now_is_told_in_words(at_work: Workplace) -> None:
    at_work.rewrite(at_work.shop, 'return f"one {name}"', "return name / 2")
    await at_work.run_tests()
    before = at_work.tests.read_text(encoding="utf-8")
    (offer,) = await at_work.offers()
    end = await at_work.take(offer)
    assert end.outcome == "failed"
    assert "cannot be updated" in end.message
    assert "TypeError" in end.message
    assert at_work.tests.read_text(encoding="utf-8") == before
    await at_work.editor.until(lambda: at_work.editor.questions)
    assert [action.title for action in at_work.editor.questions[-1].actions or []] == ["Generate test", "Not now"]

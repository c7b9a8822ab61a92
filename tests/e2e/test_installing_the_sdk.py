"""A server with the libraries of the editor's package alone: what asks models is installed, and asked with at once."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.test_asking_a_model import ALLOWS, HALF, person, root

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from e2e.test_asking_a_model import Person
    from model_server import ModelServer

pytestmark = pytest.mark.e2e
__all__ = ["root"]  # a fixture

REPOSITORY = Path(__file__).resolve().parents[2]
WHEELS = REPOSITORY / ".venv" / "environments" / "model-sdk"
LIMIT = 120.0
QUESTION = "The libraries that ask models are not installed (about 6 MB from the package index)."
INSTALL = "Install the libraries that ask models"
YES = {**ALLOWS, "The libraries that ask models": "Install"}


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    return tmp_path / "storage" / "model-sdk"


@pytest.fixture
def bundled(tmp_path: Path) -> tuple[str, ...]:
    """The command of a server that imports what the editor's package has, and nothing else."""
    libs = tmp_path / "libs"
    libs.mkdir()
    for place in (*_bundled_libraries(), *(REPOSITORY / "server").iterdir()):
        (libs / place.name).symlink_to(place)
    (libs / "__main__.py").write_text("from greenline.lsp import server\n\nraise SystemExit(server.serve_stdio())\n")
    return (sys.executable, "-I", "-S", "-X", f"pycache_prefix={tmp_path / 'bytecode'}", str(libs))


def _bundled_libraries() -> Iterator[Path]:
    locked = (REPOSITORY / "requirements" / "bundled.txt").read_text(encoding="utf-8")
    for name in re.findall(r"^([a-z-]+)==", locked, re.MULTILINE):
        try:
            files = importlib.metadata.files(name) or []
        except importlib.metadata.PackageNotFoundError:
            continue  # what only an older Python needs
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            yield Path(str(importlib.metadata.distribution(name).locate_file(top)))


@pytest.fixture
def wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is a folder, with exactly what is locked."""
    if not WHEELS.exists():
        if os.environ.get("CI"):
            pytest.fail("the wheels are missing: make environments")
        pytest.skip("the wheels come with `make environments`")
    _without_settings(monkeypatch)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(WHEELS.resolve()))


@asynccontextmanager
async def silent_index(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[asyncio.Event]:
    """An index that is reached, and never answers."""
    asked = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        _without_settings(monkeypatch)
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/simple")
        yield asked


def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


async def finding(at_work: Person) -> Any:
    ended = await at_work.do("showReportStatus", show=False)
    return next(found for found in ended["findings"] if found["topic"] == "model's SDK")


def ended(at_work: Person, title: str) -> Any:
    return next((end for end in at_work.client.said("greenline/jobEnded") if end["title"] == title), None)


def installed(storage: Path) -> list[Path]:
    return list(storage.iterdir()) if storage.exists() else []


@pytest.mark.usefixtures("wheels")
async def test_it_is_installed_after_a_yes_and_a_model_is_asked_with_it_by_this_server_and_the_next(
    root: Path, model_server: ModelServer, storage: Path, bundled: tuple[str, ...]
) -> None:
    model_server.answers([HALF])
    answers = {**YES, "Ask a model": "Ask a Model"}
    async with person(root, model_server, answers, command=bundled, modelStorage=str(storage)) as at_work:
        assert (await finding(at_work))["state"] == "warning"
        first = await at_work.do("generateTest", qualname="discount")
        assert first["message"].endswith("; no model was asked, as nobody has agreed to it yet")
        again = await at_work.same_again_after(first)
        assert f"; a model wrote {HALF['name']} (" in again["message"], again["message"]
        at_work.passes()
        questions = [told for told in at_work.told if told != "key"]
        assert [question[:13] for question in questions] == ["Ask a model f", "May source of", "The libraries"]
        assert questions[-1].startswith(QUESTION)
        assert questions[-1].endswith(" 0"), "nothing had been sent"
        (folder,) = installed(storage)
        assert (await finding(at_work))["text"] == f"anthropic and tenacity are there, in {folder}"

    (root / "tests" / "test_discounts.py").unlink()
    model_server.answers([HALF])
    async with person(root, model_server, answers, command=bundled, modelStorage=str(storage)) as at_work:
        end = await at_work.do("generateTest", qualname="discount")
        assert f"; a model wrote {HALF['name']} (" in end["message"], end["message"]
        assert set(at_work.told) == {"key"}, "nothing is asked once more"
    assert installed(storage) == [folder]


@pytest.fixture
def dead_index(monkeypatch: pytest.MonkeyPatch, dead_port: int) -> None:
    _without_settings(monkeypatch)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{dead_port}/simple")


@pytest.mark.usefixtures("dead_index")
async def test_where_a_model_may_be_asked_already_it_is_offered_and_without_a_network_said_why_not(
    root: Path, model_server: ModelServer, storage: Path, bundled: tuple[str, ...]
) -> None:
    async with person(root, model_server, {**ALLOWS}, command=bundled, modelStorage=str(storage)) as at_work:
        allowed = await at_work.do("model.allow")
        assert '"Allow Model in This Workspace" (greenline.model.allow) asks, and does it.' in allowed["message"]
        at_work.answers.update(YES)
        first = await at_work.do("generateTest", qualname="discount")
        assert first["results"][0]["status"] == "confirmed", "what exploring found is written first"
        end = await at_work.client.until("the end of installing", lambda: ended(at_work, INSTALL))
        assert end["outcome"] == "failed"
        assert end["message"].startswith(
            "The libraries that ask models were not installed. The package index cannot be"
        )
        assert end["message"] in at_work.client.messages()
        at_work.passes()
    assert installed(storage) == []
    assert model_server.requests == []


async def test_cancelling_leaves_nothing(
    root: Path,
    model_server: ModelServer,
    storage: Path,
    bundled: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with silent_index(monkeypatch) as asked:
        async with person(root, model_server, YES, command=bundled, modelStorage=str(storage)) as at_work:
            job = (await at_work.start("model.allow"))["job"]
            await asyncio.wait_for(asked.wait(), LIMIT)
            assert await at_work.client.run("greenline.cancelJob", {"job": job}) == {"cancelled": True}
            assert (await at_work.end_of(job))["outcome"] == "cancelled"
            assert at_work.client.messages()[-1].startswith("Cancelled: the libraries that ask models were not")
        assert installed(storage) == []


async def test_where_nothing_is_trusted_nothing_is_installed_nor_imported_from_there(
    root: Path, model_server: ModelServer, storage: Path, bundled: tuple[str, ...]
) -> None:
    async with person(
        root, model_server, YES, command=bundled, modelStorage=str(storage), trusted=False, firstRun=True
    ) as at_work:
        for command in ("model.allow", "generateTest"):
            assert (await at_work.start(command, qualname="discount"))["job"] is None
        assert "greenline[model]" in (await finding(at_work))["toDo"]
        assert at_work.told == []
    assert installed(storage) == []

"""A model in an editor: the real server, the real SDK, and a server on this machine that speaks the Messages API."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pytest

from e2e.discounts import HALF, KEY, PASSWORD, write_project
from e2e.plain_client import SERVER, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from e2e.plain_client import PlainClient
    from model_server import ModelServer

pytestmark = pytest.mark.e2e

EDITS: dict[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "delete"]},
    },
}
"""A client that makes edits, and neither asks, nor shows documents or progress, nor keeps a key."""
ABLE: dict[str, Any] = {
    **EDITS,
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "experimental": {"greenline": {"tellsModelKey": True}},
}


@dataclass
class Person:
    """An editor and who sits in front of it: ``answers`` are what they click, by the beginning of the question."""

    root: Path
    client: PlainClient
    model: ModelServer
    answers: dict[str, str]
    told: list[str] = field(default_factory=list)
    """Questions, requests for the key, and how many requests a model had had by then."""

    @property
    def tests(self) -> str:
        file = self.root / "tests" / "test_discounts.py"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def messages(self) -> str:
        return "\n".join(self.client.messages())

    async def start(self, command: str, **more: Any) -> Any:
        about = {"uri": (self.root / "discounts.py").as_uri(), **more}
        return await self.client.run(f"greenline.{command}", about)

    async def end_of(self, job: str) -> Any:
        def ended() -> Any:
            return next((end for end in self.client.said("greenline/jobEnded") if end["id"] == job), None)

        return await self.client.until(f"the end of {job}", ended)

    async def same_again_after(self, first: Any) -> Any:
        def ended() -> Any:
            others = [end for end in self.client.said("greenline/jobEnded") if end["id"] != first["id"]]
            return next((end for end in others if end["title"] == first["title"]), None)

        return await self.client.until(f"another end of {first['title']}", ended)

    async def do(self, command: str, **more: Any) -> Any:
        return await self.end_of((await self.start(command, **more))["job"])

    def steps(self) -> list[str]:
        return [params["value"].get("message", "") for params in self.client.said("$/progress")]

    def passes(self) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
        ran = subprocess.run(command, cwd=self.root, check=False, capture_output=True, text=True, timeout=120)
        assert ran.returncode == 0, ran.stdout


@asynccontextmanager
async def person(
    root: Path,
    model: ModelServer,
    answers: dict[str, str],
    able: dict[str, Any] = ABLE,
    command: Sequence[str] = SERVER,
    **options: Any,
) -> AsyncIterator[Person]:
    def ask(params: dict[str, Any]) -> dict[str, Any] | None:
        told.append(f"{params['message']} {len(model.requests)}")
        wanted = next((answer for words, answer in answers.items() if params["message"].startswith(words)), None)
        return next((action for action in params["actions"] if action["title"] == wanted), None)

    def key(_params: Any) -> dict[str, str]:
        told.append("key")
        return {"modelKey": KEY}

    told: list[str] = []
    settings = {"enabled": True, "baseUrl": model.url, "name": "model-a"}
    options = {"model": settings, "isolation": {"level": "guard"}, **options}
    more = {
        "window/showMessageRequest": ask,
        "greenline/modelKey": key,
        "window/showDocument": lambda _: {"success": True},
        "window/workDoneProgress/create": lambda _: None,
    }
    known = {"workspace/applyEdit": _applied, **(more if able is ABLE else {})}
    log = root.parent / "server.log"
    with log.open("wb") as errors:
        async with connected(root, able, known, options=options, errors=errors, command=command) as client:
            yield Person(root, client, model, answers, told)
    everything = log.read_text(encoding="utf-8") + json.dumps(client.received)
    assert KEY not in everything, "a key is answered, and said by nobody else"
    assert PASSWORD not in log.read_text(encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_server: ModelServer) -> Path:
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    model_server.key = KEY
    return write_project(tmp_path / "project").parent


ALLOWS = {"May source of": "Allow"}


async def test_nothing_is_sent_before_a_yes_and_nobody_is_asked_twice(root: Path, model_server: ModelServer) -> None:
    model_server.answers([HALF])
    async with person(root, model_server, {**ALLOWS, "Ask a model": "Ask a Model"}) as at_work:
        first = await at_work.do("generateTest", qualname="discount")
        assert first["outcome"] == "done", first["message"]
        assert first["message"].endswith("; no model was asked, as nobody has agreed to it yet")
        assert "test_summer" not in at_work.tests, "exploring does not guess what a hash is of"

        second = await at_work.same_again_after(first)
        assert second["outcome"] == "done", second["message"]
        assert f"; a model wrote {HALF['name']} (" in second["message"]
        (result,) = second["results"]
        assert result["engines"].get(HALF["name"], result["engine"]) == "model"
        assert result["tokens"] > 0
        at_work.passes()

        offer, terms, *keys = at_work.told
        assert offer.startswith("Ask a model for what is left of discount?")
        assert model_server.url in terms
        assert offer.endswith(" 0")
        assert terms.endswith(" 0"), "no request had been made when it was asked"
        assert keys
        assert set(keys) == {"key"}
        assert len(model_server.asked) == 1
        assert any(step.startswith("Asking model-a") for step in at_work.steps())
        assert any("tokens" in step and step.endswith(" so far)") for step in at_work.steps())

        again = await at_work.do("generateTest", qualname="discount")
        assert again["results"][0]["status"] == "nothing_to_gain"
        assert len(at_work.told) == 2 + len(keys)


async def test_cancelling_while_it_is_asked_keeps_what_was_confirmed(root: Path, model_server: ModelServer) -> None:
    gate = model_server.stalls_midway([HALF])
    async with person(root, model_server, ALLOWS) as at_work:
        assert (await at_work.do("model.allow"))["outcome"] == "done"
        job = (await at_work.start("generateTest", qualname="discount"))["job"]
        assert await gate.was_reached()
        assert at_work.tests == ""
        assert await at_work.client.run("greenline.cancelJob", {"job": job}) == {"cancelled": True}
        end = await at_work.end_of(job)

        assert end["outcome"] == "cancelled"
        assert end["message"].startswith("Cancelled; what was confirmed before stays: ")
        (result,) = end["results"]
        assert result["status"] == "confirmed"
        assert all(f"def {name}(" in at_work.tests for name in result["tests"])
        assert "test_summer" not in at_work.tests
        at_work.passes()


async def test_where_nothing_is_trusted_nothing_of_it_is_done(root: Path, model_server: ModelServer) -> None:
    async with person(root, model_server, ALLOWS, trusted=False) as at_work:
        for command, more in (("model.allow", {}), ("model.show", {"line": 7}), ("generateTest", {"line": 7})):
            answer = await at_work.start(command, **more)
            assert (answer["job"], answer["started"]) == (None, False)
        assert (await at_work.do("model.forbid"))["message"].startswith("Nothing was allowed")
        assert at_work.told == []
    assert model_server.requests == []


async def test_what_would_be_sent_is_shown_without_a_yes_and_without_a_key(
    root: Path, model_server: ModelServer
) -> None:
    async with person(root, model_server, {}) as at_work:
        end = await at_work.do("model.show", qualname="discount")
        assert end["outcome"] == "done", end["message"]
        assert 'raise ValueError("a price is not negative")' in end["text"]
        assert PASSWORD not in end["text"]
        (shown,) = at_work.client.said("window/showDocument")
        assert _read(shown["uri"]) == end["text"]
        assert at_work.told == []
    assert model_server.requests == []


async def test_what_it_cost_and_how_it_stands_is_told(root: Path, model_server: ModelServer) -> None:
    model_server.answers([HALF])
    async with person(root, model_server, ALLOWS) as at_work:
        before = await at_work.do("showReportStatus", show=False)
        topics = {finding["topic"]: finding["state"] for finding in before["findings"]}
        assert topics["model's consent"] == "warning"
        assert any(fix.get("command") == "greenline.model.allow" for fix in before["fixes"])
        assert model_server.requests == []
        await at_work.do("model.allow")
        await at_work.do("generateTest", qualname="discount")
        after = await at_work.do("showReportStatus", show=False)
        topics = {finding["topic"]: finding["state"] for finding in after["findings"]}
        assert {topics[topic] for topic in topics if topic.startswith("model")} == {"ok"}
        cost = await at_work.do("model.cost")
        assert "1 request, " in cost["message"], cost["message"]  # of today, but for midnight


async def test_who_cannot_be_asked_agrees_in_a_terminal(
    root: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    model_server.answers([HALF])
    async with person(root, model_server, {}, EDITS) as at_work:
        first = await at_work.do("generateTest", qualname="discount")
        assert first["message"].endswith("; no model was asked, as nobody has agreed to it yet")
        refused = await at_work.do("model.allow")
        assert refused["message"] == "Nothing of project is sent."
        assert model_server.requests == []

        (sentence,) = [text for text in at_work.client.messages() if text.endswith("this editor cannot.")]
        command = sentence.split("`")[1]
        assert f"`{command}`" in "\n".join(log["message"] for log in at_work.client.said("window/logMessage"))
        (_greenline, *arguments) = shlex.split(command)
        agreed = _in_a_terminal(root, *arguments, typed="y\n")
        assert agreed.returncode == 0, agreed.stdout + agreed.stderr
        second = await at_work.do("generateTest", qualname="discount")
        assert f"; a model wrote {HALF['name']} (" in second["message"]
        at_work.passes()


async def test_who_shows_no_documents_is_told_where_they_are(root: Path, model_server: ModelServer) -> None:
    async with person(root, model_server, {}, EDITS) as at_work:
        end = await at_work.do("model.show", qualname="discount")
        file = at_work.messages().partition("What would be sent stands in ")[2].partition(". Nothing was sent.")[0]
        assert _read(Path(file).as_uri()) == end["text"]
        assert 'raise ValueError("a price is not negative")' in end["text"]
        await at_work.do("model.cost")
        assert "Models cost today: nothing" in at_work.messages()
        await at_work.do("model.forbid")
        assert "Nothing was allowed" in at_work.messages()
        await at_work.do("showReportStatus")
        assert any("model's consent" in log["message"] for log in at_work.client.said("window/logMessage"))
    assert model_server.requests == []


def _in_a_terminal(folder: Path, *arguments: str, typed: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "greenline", *arguments]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=120, input=typed)


def _applied(params: dict[str, Any]) -> dict[str, Any]:
    """Make edits on the disk, as an editor does that saves at once."""
    for change in params["edit"]["documentChanges"]:
        if change.get("kind") == "create":
            _path(change["uri"]).touch()
            continue
        path = _path(change["textDocument"]["uri"])
        lines = path.read_text(encoding="utf-8").split("\n")
        for edit in reversed(change["edits"]):
            at = edit["range"]["start"]
            assert at == edit["range"]["end"], "tests are only ever inserted"
            line = lines[at["line"]]
            lines[at["line"]] = line[: at["character"]] + edit["newText"] + line[at["character"] :]
        path.write_text("\n".join(lines), encoding="utf-8")
    return {"applied": True}


def _path(uri: str) -> Path:
    return Path(unquote(urlsplit(uri).path))


def _read(uri: str) -> str:
    return _path(uri).read_text(encoding="utf-8")

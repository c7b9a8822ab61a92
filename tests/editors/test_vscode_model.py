"""A language model in a real VS Code: what is asked before anything is sent, the answer as it comes, and what stays.

The provider is a server on this machine that speaks the Messages API; the SDK is the real one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.test_installing_the_sdk import wheels  # noqa: F401 - a fixture
from editors.real_editors import measure
from editors.test_vscode import extension, play, running, server, vscode  # noqa: F401 - fixtures
from editors.test_vsix import give_pytest, installed, without_greenline  # noqa: F401 - a fixture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from model_server import ModelServer

pytestmark = pytest.mark.e2e

KEY = "sk-typed-in-the-editor"
SUMMER, STAFF = "SUMMER-26", "STAFF-7"
SOURCE = f'''\
"""Discounts of a shop."""

import hashlib

SUMMER = "{hashlib.sha256(SUMMER.encode()).hexdigest()}"
STAFF = "{hashlib.sha256(STAFF.encode()).hexdigest()}"


def discount(code: str, cents: int) -> int:
    """Return what a code takes off a price."""
    if cents < 0:
        raise ValueError("a price is not negative")
    known = hashlib.sha256(code.encode()).hexdigest()
    if known == SUMMER:
        return cents // 2
    if known == STAFF:
        return cents // 10
    return 0
'''
TESTS = """\
from shop.discounts import discount


def test_other_codes_take_nothing():
    assert discount("WINTER", 999) == 0
"""
THOUGHT = "Which codes are known, and what is half of an odd price? " * 200


def proposed(name: str, body: str) -> dict[str, Any]:
    return {
        "name": name,
        "intent": "What a code takes off.",
        "lines": [],
        "imports": ["from shop.discounts import discount"],
        "code": f"def {name}():\n    {body}\n",
        "suspected_bug": "",
    }


HALF = proposed("test_summer_halves_the_price", f'assert discount("{SUMMER}", 5001) == 2500')
TENTH = proposed("test_staff_pays_a_tenth_less", f'assert discount("{STAFF}", 999) == 99')
WRONG = proposed("test_staff_pays_a_tenth_less", f'assert discount("{STAFF}", 999, "EUR") == 99')


@dataclass
class Shop:
    """A project with a function that exploring cannot reach all of, and who plays its owner."""

    root: Path
    model: ModelServer
    vscode: Path
    extension: Path
    server: list[str]

    def play(self, name: str, cues: dict[str, Callable[[], object]] | None = None, **settings: Any) -> dict[str, Any]:
        machine = {"greenline.model.baseUrl": self.model.url, **settings}
        with running(self.vscode, self.extension, self.root, self.server, machine=machine, **KNOWN) as url:
            return self.play_at(url, name, cues)

    def play_at(self, url: str, name: str, cues: dict[str, Callable[[], object]] | None = None) -> dict[str, Any]:
        source = SOURCE.splitlines()
        with heard({"requests": lambda: len(self.model.requests), **(cues or {})}) as address:
            return play(
                self.vscode,
                self.root,
                self.root.parent,
                play=name,
                url=url,
                cues=address,
                key=KEY,
                file="shop/discounts.py",
                line=source.index("    known = hashlib.sha256(code.encode()).hexdigest()") + 1,
                function_name="discount",
                words="return cents // 2",
            )

    @property
    def tests(self) -> str:
        return (self.root / "tests" / "test_discounts.py").read_text(encoding="utf-8")


KNOWN: dict[str, Any] = {
    "greenline.model.enabled": True,
    "greenline.isolation.level": "guard",
    "greenline.decorations.covered": True,
    "workbench.colorTheme": "Light Modern",
    "editor.minimap.enabled": False,
}


@pytest.fixture
def shop(
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    model_server: ModelServer,
    vscode: Path,  # noqa: F811
    extension: Path,  # noqa: F811
    server: list[str],  # noqa: F811
) -> Shop:
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_")]:
        monkeypatch.delenv(name)
    model_server.key = KEY  # nobody is answered without it
    root = tmp_path / "webshop"
    texts = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\n\n[tool.coverage.run]\nbranch = true\n',
        "shop/__init__.py": "",
        "shop/discounts.py": SOURCE,
        "tests/test_discounts.py": TESTS,
    }
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    measure(root)
    return Shop(root, model_server, vscode, extension, server)


def test_what_exploring_cannot_reach_a_model_does(shop: Shop) -> None:
    first = shop.model.stalls_midway([HALF, WRONG], thinking=THOUGHT)
    second = shop.model.stalls_midway([TENTH], thinking=THOUGHT)
    told = shop.play(
        "askAModel",
        {
            "writing": lambda: asyncio.run(first.was_reached()),
            "goOn": first.release,
            "mending": lambda: asyncio.run(second.was_reached()),
            "goOnMending": second.release,
        },
    )
    assert any("Ask a model for what is left of discount?" in words for words in told["offer"])
    (question,) = [words for words in told["question"] if "May source of webshop be sent" in words]
    assert not any("Allow a model" in words for words in told["question"]), "it is asked, and shown once"
    for words in (shop.model.url, "claude-sonnet-5-5", "its module", "looks like a secret", "$1.00 for a function"):
        assert words in question
    assert "the whole text of its module" in plain(told["details"])
    assert told["sentBeforeTheYes"] == "0"
    assert progress(told["writing"]).startswith("claude-sonnet-5-5 has written about ")
    assert "(1 request, " in progress(told["writing"])
    assert "(2 requests, " in progress(told["mending"])
    assert all(re.search(r"tokens, \$0\.\d\d so far\)$", progress(told[step])) for step in ("writing", "mending"))

    (result,) = [words for words in told["toasts"] if "a model wrote" in words]
    assert f"a model wrote {HALF['name']} and {TENTH['name']} (" in result
    assert (told["before"], told["after"]) == ("solid5px", "solid2px")
    assert any("Models cost today: 2 requests, " in words for words in told["cost"]), told["cost"]
    assert HALF["name"] in shop.tests
    assert TENTH["name"] in shop.tests
    assert '"EUR"' not in shop.tests


def test_cancelling_in_the_middle_of_an_answer_keeps_what_was_confirmed(shop: Shop) -> None:
    gate = shop.model.stalls_midway([HALF], thinking=THOUGHT)
    told = shop.play(
        "cancelTheModel",
        {
            "writing": lambda: asyncio.run(gate.was_reached()),
            "closed": lambda: asyncio.run(shop.model.asked[0].was_abandoned()),
        },
    )
    assert told["closed"] == "True"
    assert any("Cancelled; what was confirmed before stays: 1 test passed" in words for words in told["toasts"])
    assert "not negative" in shop.tests, "exploring reached that"
    assert HALF["name"] not in shop.tests


def test_after_a_no_nothing_is_sent(shop: Shop) -> None:
    told = shop.play("notNow")
    assert shop.model.requests == []
    assert any("1 test passed in tests/test_discounts.py" in words for words in told["offer"])
    assert "not negative" in shop.tests, "exploring reached that"


def test_without_a_key_it_is_said_where_to_put_one(shop: Shop) -> None:
    told = shop.play("noKey", **{"greenline.model.baseUrl": ""})
    (message,) = [words for words in told["toasts"] if "no key" in words]
    assert "There is no key for https://api.anthropic.com" in message
    assert '"Set Model Key" in VS Code' in message
    assert "Set Model Key Try Again" in message, "the buttons"


def test_a_refused_key_is_replaced_where_it_is_said(shop: Shop) -> None:
    shop.model.answers([HALF, TENTH])
    told = shop.play("wrongKey")
    (message,) = [words for words in told["refused"] if "refuses the key" in words]
    assert f"{shop.model.url} refuses the key that is stored in the editor (401)." in message
    assert "sk-of-somebody-else" not in "".join(told["refused"])
    assert any(f"a model wrote {HALF['name']} and {TENTH['name']} (" in words for words in told["toasts"])
    assert HALF["name"] in shop.tests


@pytest.mark.usefixtures("without_greenline", "wheels")
def test_what_asks_models_is_installed_where_it_is_missing_and_the_next_window_has_it(shop: Shop) -> None:
    give_pytest(shop.root)
    for _ in range(2):
        shop.model.answers([HALF, TENTH])
    with installed(shop.vscode, shop.root, {"greenline.model.baseUrl": shop.model.url}, **KNOWN) as url:
        told = shop.play_at(url, "installTheLibraries")

    (question,) = [words for words in told["libraries"] if "not installed" in words]
    assert "about 6 MB from the package index" in question
    assert not any("Allow a model" in words for words in told["libraries"]), "it is asked, and shown once"
    assert any("Allow a model: " in words and "Cancel" in words for words in told["installing"]), told["installing"]
    wrote = f"a model wrote {HALF['name']} and {TENTH['name']} ("
    for toasts in (told["toasts"], told["again"]):
        assert any(wrote in words for words in toasts), toasts
    assert not any(words in "".join(told["again"]) for words in ("Ask a model", "May source", "libraries"))
    assert len(shop.model.asked) == 2
    storage = shop.root.parent / "user" / "User" / "globalStorage" / "greenline.greenline" / "model-sdk"
    assert len([*storage.iterdir()]) == 1


def plain(text: str) -> str:
    """Return an editor's text with the blanks that a person reads."""
    return text.replace("\xa0", " ")


def progress(toasts: list[str]) -> str:
    """Return what the progress of the job says."""
    (shown,) = [words for words in toasts if "Generate test for discount: " in words]
    return shown.partition("Generate test for discount: ")[2]


@contextmanager
def heard(cues: dict[str, Callable[[], object]]) -> Iterator[str]:
    """An address for the one who plays: a request for a cue's name is answered when the cue has returned."""

    class Cues(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            cue = cues.get(self.path.strip("/"))
            self.send_response(200 if cue else 404)
            answer = str(cue() if cue else "no such cue").encode()
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Cues) as listener:
        thread = threading.Thread(target=listener.serve_forever, name="cues")
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.server_port}"
        finally:
            listener.shutdown()
            thread.join()

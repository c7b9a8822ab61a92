"""A shop of two modules, whose codes no exploring finds, and what a model answers about them."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.adapters.consent_file import consent_file
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.adapters.probes import Probes
from greenline.bootstrap import Lasting, Services, build
from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
from model_server.batches import succeeded

if TYPE_CHECKING:
    from greenline.domain.asking.entries import Entry
    from greenline.settings import Settings
    from model_server import ModelServer

LIMIT = 300
CODES = {"discount": "SUMMER-26", "bonus": "STAFF-7", "fee": "LATE-9"}


def _function(name: str) -> str:
    digest = hashlib.sha256(CODES[name].encode()).hexdigest()
    return f"""\
def {name}(code: str) -> int:
    if not code:
        raise ValueError("no code")
    if hashlib.sha256(code.encode()).hexdigest() == "{digest}":
        return {len(name)}
    return 0
"""


KEY = "sk-ant-api03-Zx81kQ9vTn3LpWc7Rb5Yd2HfP0ab"
DISCOUNTS = f'import hashlib\n\nAPI_KEY = "{KEY}"\n\n\n{_function("discount")}\n\n{_function("bonus")}'
FEES = f"import hashlib\n\n\n{_function('fee')}"
TARGETS = ("shop/discounts.py", "shop/fees.py")


def proposed(name: str, function: str, module: str, *, expected: int | None = None) -> dict[str, Any]:
    value = len(function) if expected is None else expected
    return {
        "name": name, "intent": "What a code gives.", "lines": [], "suspected_bug": "",
        "imports": [f"from shop.{module} import {function}"],
        "code": f'def {name}():\n    assert {function}("{CODES[function]}") == {value}\n',
    }  # fmt: skip


GOOD = {
    "discount": proposed("test_summer_code", "discount", "discounts"),
    "bonus": proposed("test_staff_code", "bonus", "discounts"),
    "fee": proposed("test_late_code", "fee", "fees"),
}


def asked_for(params: dict[str, Any]) -> str:
    """Return the function that a request is about."""
    said = "\n".join(block["text"] for turn in params["messages"] for block in turn["content"])
    return next(name for name in CODES if f"the function `{name}`" in said)


def answered(*tests: dict[str, Any]) -> dict[str, Any]:
    return succeeded(json.dumps({"tests": tests}), model="claude-sonnet-5-5")


def good(params: dict[str, Any]) -> dict[str, Any] | None:
    return answered(GOOD[asked_for(params)])


@dataclass
class Ran:
    """What a command printed."""

    code: int
    out: str
    err: str = ""

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def targets(self) -> dict[str, Any]:
        return {each["target"].rpartition("::")[2]: each for each in self.json["targets"]}


@dataclass
class BatchShop:
    """The project, and the command line in it."""

    root: Path
    server: ModelServer
    environ: dict[str, str] = field(default_factory=dict)
    waited: list[float] = field(default_factory=list)
    """Seconds, where somebody would have waited."""
    while_waiting: Callable[[], None] = lambda: None
    lasting: Lasting = field(default_factory=lambda: Lasting(probes=Probes(warm=False)))

    def run(self, *arguments: str, form: str = "json") -> Ran:
        """Run ``greenline generate`` in this process, where waiting takes no time."""
        wiring = Wiring(self._services)
        ended = CliRunner().invoke(greenline, self._arguments(arguments, form), obj=wiring, prog_name="greenline")
        if ended.exception and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Ran(ended.exit_code, ended.stdout, ended.stderr)

    def start(self, *arguments: str, form: str = "json") -> subprocess.Popen[str]:
        """Start ``greenline generate`` in a process of its own."""
        command = [sys.executable, "-m", "greenline", *self._arguments(arguments, form)]
        return subprocess.Popen(
            command, cwd=self.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environ
        )

    def apart(self, *arguments: str, form: str = "json") -> Ran:
        """Run it in a process of its own."""
        process = self.start(*arguments, form=form)
        out, err = process.communicate(timeout=LIMIT)
        return Ran(process.returncode, out, err)

    def tests(self) -> dict[str, list[str]]:
        """Return the names of the tests in each test file, as they stand there."""
        found = {}
        for path in sorted((self.root / "tests").glob("test_*.py")):
            lines = path.read_text().splitlines()
            found[path.name] = [line.split("(")[0].removeprefix("def ") for line in lines if line.startswith("def ")]
        return found

    def passes(self) -> bool:
        """Tell whether all tests pass, as a person runs them."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        return subprocess.run(command, cwd=self.root, check=False, capture_output=True, timeout=LIMIT).returncode == 0

    @property
    def store(self) -> BatchStoreSqlite:
        return BatchStoreSqlite(self._data / "batches.sqlite3")

    @property
    def spent(self) -> dict[str, Entry]:
        """Return what the ledger has, by target; each once."""
        entries = LedgerSqlite(self._data / "ledger.sqlite3").entries(0.0)
        found = {entry.target.rpartition("::")[2]: entry for entry in entries}
        assert len(found) == len(entries), entries
        return found

    def only_batch(self) -> str:
        """Return the name of the one batch that was ever made."""
        (name,) = self.server.batches.names
        return name

    def age(self, *, days: int) -> None:
        """Have all batches been handed in so many days earlier."""
        with closing(sqlite3.connect(self._data / "batches.sqlite3")) as base:
            base.execute("update batch_2 set made_at = made_at - ?", (days * 86_400.0,))
            base.commit()

    def end(self, answer: Callable[[dict[str, Any]], dict[str, Any] | None] = good) -> None:
        """End the batch that was made last."""
        batches = self.server.batches
        name = batches.names[-1]
        found = {key: answer(params) for key, params in batches.requests(name).items()}
        batches.end(name, {key: result for key, result in found.items() if result is not None})

    @property
    def _data(self) -> Path:
        return Path(os.environ["XDG_DATA_HOME"]) / "greenline"

    def _services(self, settings: Settings) -> Services:
        services = build(settings, DiskDocuments(), self.lasting)

        async def sleep(seconds: float) -> None:
            self.waited.append(seconds)
            assert len(self.waited) < 20, "nobody ends what is waited for"
            self.while_waiting()

        return replace(services, batches=lambda: replace(services.batches(), sleep=sleep))

    def _arguments(self, arguments: tuple[str, ...], form: str) -> list[str]:
        return ["generate", *arguments, "--interpreter", sys.executable, "--isolation", "guard", "--format", form]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_server: ModelServer) -> BatchShop:
    for name in [name for name in os.environ if name.startswith("ANTHROPIC_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("ANTHROPIC_BASE_URL", model_server.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-1")
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "discounts.py").write_text(DISCOUNTS)
    (root / "shop" / "fees.py").write_text(FEES)
    (root / "greenline.toml").write_text('models = ["claude-sonnet-5-5"]\n')
    (root / "tests").mkdir()
    consent_file().allow(root, model_server.url)
    monkeypatch.chdir(root)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV"))}
    return BatchShop(root, model_server, kept)

"""What asks models is installed whole or not at all, in a folder of its own for each Python and set of versions."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
import os
import re
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters import pip_command
from greenline.adapters.model_sdk import ModelSdk, locked_requirements
from greenline.adapters.package_installer import PackageInstaller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.ports.progress import Progress

REPOSITORY = Path(__file__).resolve().parents[2]
LIMIT = 120.0
NAMES = ("greenline_asks_one", "greenline_asks_two")


class Steps:
    def __init__(self) -> None:
        self.said: list[str] = []

    def step(self, message: str, fraction: float | None = None) -> None:
        self.said.append(message)


@dataclass
class FakeInstaller:
    """Answers each command by the first of its words that is known; what it is told to write, it writes before."""

    answers: dict[str, str] = field(default_factory=dict)
    commands: list[Sequence[str]] = field(default_factory=list)

    async def install(self, command: Sequence[str], progress: Progress, *, called: str = "") -> str:
        self.commands.append(command)
        if "--target" in command:
            (Path(command[command.index("--target") + 1]) / "half").mkdir(parents=True)
        return next((answer for word, answer in self.answers.items() if word in command), "")


@pytest.fixture(autouse=True)
def _nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", sys.path[:])
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip and uv install from, and from nowhere else."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_NO_INDEX", "1")
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    return folder


@pytest.fixture
def lock(index: Path) -> Path:
    return locked(index, "1.0")


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    return tmp_path / "storage" / "model-sdk"


def locked(index: Path, version: str) -> Path:
    """Put both libraries into the index; return a file that names them with their hashes."""
    lines = []
    for name in NAMES:
        made = wheel(index, name, version)
        digest = hashlib.sha256(made.read_bytes()).hexdigest()
        lines.append(f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n")
    lock = index / f"lock-{version}.txt"
    lock.write_text("".join(lines), encoding="utf-8")
    return lock


def wheel(folder: Path, name: str, version: str) -> Path:
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": f"version = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [f"{path},{_hashed(text)},{len(text)}" for path, text in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""])
    made = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return made


def _hashed(text: str) -> str:
    return "sha256=" + base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def sdk(storage: Path, lock: Path, installer: FakeInstaller | None = None) -> ModelSdk:
    return ModelSdk(lambda: storage, lock=lock, names=NAMES, installer=installer)


async def install(store: ModelSdk, steps: Steps | None = None) -> str:
    return await asyncio.wait_for(store.install(steps or Steps()), LIMIT)


def folders(storage: Path) -> list[str]:
    return sorted(path.name for path in storage.iterdir()) if storage.exists() else []


async def test_what_is_installed_can_be_imported_at_once_and_by_the_next_server(
    storage: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = list(sys.path)
    store, steps = sdk(storage, lock), Steps()
    assert "asks, and does it" in store.missing()
    assert store.place() == ""
    assert store.question().endswith("Install them into the editor's own storage?")

    assert await install(store, steps) == ""
    assert any("greenline_asks_one" in step for step in steps.said)
    (name,) = folders(storage)
    assert store.missing() == ""
    assert store.place() == str(storage / name)
    assert sys.path == [*before, str(storage / name)], "what is found elsewhere comes first"
    assert importlib.import_module(NAMES[0]).version == "1.0"
    assert list((storage / name).rglob("*.pyc")) == [], "the server compiles what it uses, where it keeps bytecode"

    monkeypatch.setattr(sys, "path", before)
    importlib.invalidate_caches()
    del sys.modules[NAMES[0]]
    second = sdk(storage, lock, FakeInstaller())
    assert second.missing() == ""
    assert second.place() == str(storage / name)


async def test_uv_does_it_where_there_is_no_pip(
    storage: Path, lock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uv = REPOSITORY / ".venv" / "environments" / "uv"
    if not uv.exists():
        pytest.skip("uv comes with `make environments`")
    monkeypatch.setattr(pip_command, "_PIP", ("-I", "-m", "no_such_pip"))
    monkeypatch.setenv("PATH", f"{uv.parent}{os.pathsep}{os.environ['PATH']}")
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "uv.toml").write_text("no-such-setting = 1\n", encoding="utf-8")
    monkeypatch.chdir(workspace)  # what it says of uv does not count
    assert await install(sdk(storage, lock)) == ""


@pytest.mark.parametrize("makes", [True, False])
async def test_without_pip_and_uv_an_environment_has_one_or_it_is_said_what_to_do(
    storage: Path, lock: Path, monkeypatch: pytest.MonkeyPatch, makes: bool
) -> None:
    monkeypatch.setenv("PATH", "")
    installer = FakeInstaller({"--version": "no pip", "venv": "" if makes else "no ensurepip"})
    problem = await install(sdk(storage, lock, installer))
    _, venv, *rest = installer.commands
    assert venv[:4] == [sys.executable, "-I", "-m", "venv"]
    if makes:
        ((python, *_),) = rest
        assert Path(python).is_relative_to(venv[4])
    else:
        assert "has no pip. Install it (on Debian and Ubuntu: apt install python3-pip), or uv, and try again" in problem
    assert not any(name.startswith("new-") for name in folders(storage))


async def test_what_is_not_what_was_locked_is_not_installed(storage: Path, lock: Path, index: Path) -> None:
    with zipfile.ZipFile(index / f"{NAMES[1]}-1.0-py3-none-any.whl", "a") as archive:
        archive.writestr(f"{NAMES[1]}/more.py", "stolen = True\n")
    assert (await install(sdk(storage, lock))).startswith("pip said: ERROR: ")
    assert folders(storage) == []


async def test_nothing_is_built_of_sources(storage: Path, lock: Path, index: Path) -> None:
    (index / f"{NAMES[1]}-1.0-py3-none-any.whl").rename(index / "away.zip")
    (index / f"{NAMES[1]}-1.0.tar.gz").write_bytes(b"its setup.py would be executed")
    assert (await install(sdk(storage, lock))).startswith("pip said: ERROR: No matching distribution found")
    assert folders(storage) == []


async def test_without_a_network_it_is_said_so(
    storage: Path, lock: Path, dead_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{dead_port}/simple")
    problem = await install(sdk(storage, lock))
    assert problem.startswith("The package index cannot be reached. Check the network and the proxy (HTTPS_PROXY)")
    assert folders(storage) == []


async def test_cancelling_leaves_nothing_and_the_next_time_it_works(
    storage: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()  # until the client is gone
        writer.close()
        gone.set()

    gone = asyncio.Event()
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with monkeypatch.context() as elsewhere:
            elsewhere.delenv("PIP_NO_INDEX")
            elsewhere.delenv("PIP_FIND_LINKS")
            elsewhere.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
            store = sdk(storage, lock)
            task = asyncio.ensure_future(store.install(Steps()))
            await asyncio.wait_for(asked.wait(), LIMIT)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await asyncio.wait_for(gone.wait(), LIMIT)
    assert folders(storage) == []
    assert await install(store) == ""


@pytest.fixture
def no_storage(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("is in the way")
    return tmp_path / "file" / "model-sdk"


async def test_what_ends_midway_leaves_nothing(storage: Path, lock: Path, no_storage: Path) -> None:
    full = "pip said: ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    assert await install(sdk(storage, lock, FakeInstaller({"--target": full}))) == full
    assert folders(storage) == []
    assert (await install(sdk(no_storage, lock))).startswith(f"{no_storage} cannot be written: Not a directory")


async def test_who_asks_meanwhile_gets_the_same_installation(storage: Path, lock: Path) -> None:
    class Counting(FakeInstaller):
        async def install(self, command: Sequence[str], progress: Progress, *, called: str = "") -> str:
            self.commands.append(command)
            return await PackageInstaller().install(command, progress, called=called)

    installer = Counting()
    store = sdk(storage, lock, installer)
    assert await asyncio.gather(install(store), install(store)) == ["", ""]
    assert len([command for command in installer.commands if "--target" in command]) == 1


async def test_another_window_may_be_first(storage: Path, lock: Path) -> None:
    class Overtaken(PackageInstaller):
        async def install(self, command: Sequence[str], progress: Progress, *, called: str = "") -> str:
            if "--target" in command:
                assert await other.install(Steps()) == ""
                sys.path.remove(other.place())
            return await super().install(command, progress, called=called)

    other = sdk(storage, lock)
    store = ModelSdk(lambda: storage, lock=lock, names=NAMES, installer=Overtaken())
    assert await install(store) == ""
    assert len(folders(storage)) == 1


async def test_other_versions_take_the_place_of_the_old_ones(storage: Path, lock: Path, index: Path) -> None:
    assert await install(sdk(storage, lock)) == ""
    (old,) = folders(storage)
    this_python = old.partition("-")[0]
    for name in ("0" * 8 + "-" + "1" * 8, "2" * 8 + "-" + "3" * 8, "new-44444444", "somebody's"):
        (storage / name / "kept").mkdir(parents=True)
    between = time.time() - 8 * 86_400
    for name in (f"{this_python}-00000000", "0" * 8 + "-" + "1" * 8):
        (storage / name).mkdir(exist_ok=True)
        os.utime(storage / name, (between, between))
    os.utime(storage / ("2" * 8 + "-" + "3" * 8), (0, 0))
    os.utime(storage / "new-44444444", (0, 0))
    os.utime(storage / "somebody's", (0, 0))
    sys.path.remove(str(storage / old))
    importlib.invalidate_caches()

    newer = sdk(storage, locked(index, "2.0"))
    assert newer.missing(), "what was installed is older than what this version of Greenline asks with"
    assert await install(newer) == ""
    left = folders(storage)
    there = {name for name in left if name.startswith(this_python)}
    assert there == {Path(newer.place()).name, old}, "a window that began with the old one may still import from it"
    assert {*left} - there == {"0" * 8 + "-" + "1" * 8, "somebody's"}


def test_an_editor_without_a_place_for_them_leaves_them_to_the_person(lock: Path) -> None:
    store = ModelSdk(lock=lock, names=NAMES)
    assert store.missing() == f"Install it: {sys.executable} -m pip install 'greenline[model]'"
    assert store.question() == ""


def test_what_is_installed_is_locked_and_fits_the_bundled_libraries() -> None:
    lock = locked_requirements()
    assert lock == REPOSITORY / "requirements" / "model.txt"
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8"))
    assert all(re.match(r"[a-z0-9-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    versions = dict(entry.split()[0].split("==") for entry in entries)
    assert {"anthropic", "tenacity"} <= {*versions}
    bundled = dict(
        re.findall(r"^([a-z-]+)==(\S+)", (REPOSITORY / "requirements" / "bundled.txt").read_text("utf-8"), re.MULTILINE)
    )
    both = bundled.keys() & versions.keys()
    assert both, "what both have is imported from the bundle, which comes first"
    assert {name: versions[name] for name in both} == {name: bundled[name] for name in both}

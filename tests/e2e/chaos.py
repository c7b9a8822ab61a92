"""A person, and a world, that do whatever comes: seeded, so that what went wrong can be looked at again."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types

from e2e.client import LIMIT, Editor, alive, launched, snapshot
from greenline.adapters.process_tree import family

MARK = "GREENLINE_CHAOS"
# The only clock of the server that jumps is the wall clock, as on a real machine.
SHIFTED_CLOCK = """
import os, time
_file, _time, _time_ns = os.environ.get("GREENLINE_CHAOS_CLOCK", ""), time.time, time.time_ns
def _shift():
    try:
        with open(_file) as file:
            return float(file.read() or 0)
    except (OSError, ValueError):
        return 0.0
if _file:
    time.time = lambda: _time() + _shift()
    time.time_ns = lambda: _time_ns() + int(_shift()) * 10**9
"""
FUNCTIONS = {"shop.py": ["label", "total"], "wild.py": ["loops", "exits", "says", "forks", "recurses", "leaves"]}
MIB = 1024**2


@dataclass
class World:
    """The project, the places that go wrong, and what the files should hold: only the editor ever writes them."""

    root: Path
    folder: Path
    chance: random.Random
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    buffers: dict[Path, str] = field(default_factory=dict)
    versions: dict[Path, int] = field(default_factory=dict)
    saved: dict[str, bytes] = field(default_factory=dict)
    jobs: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    """What was done, in order, for those who look at a failure."""
    written: set[str] = field(default_factory=set)
    """Files that the person has saved since the last look."""
    edits_seen: int = 0
    ended: collections.Counter[str] = field(default_factory=collections.Counter)
    """Outcome -> jobs that ended so."""
    most_memory: float = 0.0
    _editor: Editor | None = None

    @property
    def editor(self) -> Editor:
        assert self._editor is not None
        return self._editor

    @property
    def disk(self) -> Path:
        return self.folder / "small"

    @property
    def python(self) -> Path:
        return self.folder / "environment" / "bin" / "python"

    # ---- the server's life -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Start a server, open the files, and let one job run to its end."""
        settings = {"interpreter": str(self.python), "explore": {"seconds": 1}, "run": {"onSave": "affected"}}
        self._editor = await launched(self.root, settings=settings)
        self.jobs.clear()
        self.buffers.clear()
        self.edits_seen = 0
        self.saved = snapshot(self.root)
        for name in FUNCTIONS:
            await self.open(self.root / name)

    async def leave(self) -> None:
        """End the server as an editor does."""
        client = self.editor.client
        self.ended.update(end.outcome for end in self.editor.ends.values())
        await asyncio.wait_for(client.shutdown_session(), LIMIT)
        await asyncio.wait_for(client.stop(), LIMIT)
        assert client._server is not None
        assert client._server.returncode == 0

    async def lose(self, how: str) -> None:
        """End the server by killing it, or by the end of its editor; all that it started ends with it."""
        client = self.editor.client
        self.ended.update(end.outcome for end in self.editor.ends.values())
        server = client._server
        assert server is not None
        if how == "kill":
            server.kill()
        else:
            assert server.stdin is not None
            server.stdin.close()
        await asyncio.wait_for(server.wait(), LIMIT)
        with contextlib.suppress(Exception):  # it tells of a server that is gone
            await asyncio.wait_for(client.stop(), LIMIT)
        await self.until_nothing_is_left(unbegun=True)

    async def until_nothing_is_left(self, *, unbegun: bool = False) -> None:
        """Wait until no process carries the mark of this world, but for a sandbox that has not begun where that may be.

        Bubblewrap's second half waits for its first one, and for ever where that is killed in between: the next server
        ends it.
        """

        async def nothing() -> None:
            while [pid for pid in self.marked() if not (unbegun and _is_unbegun(pid))]:  # noqa: ASYNC110 - nobody tells of the end of processes that are not ours
                await asyncio.sleep(0.05)

        try:
            await asyncio.wait_for(nothing(), LIMIT)
        except asyncio.TimeoutError:
            raise AssertionError(f"these outlive the server: {self.marked()}") from None

    def marked(self) -> dict[int, str]:
        """Return the live processes that a server of this world started, with their command lines."""
        wanted = f"{MARK}={self.mark}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal() or int(entry.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0") and alive({int(entry.name)}):
                    found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def memory(self) -> float:
        """Return what the server holds, in MiB."""
        for line in Path(f"/proc/{self.editor.server_pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    # ---- files -----------------------------------------------------------------------------------------------------

    async def open(self, path: Path) -> None:
        self.buffers[path] = path.read_text(encoding="utf-8")  # noqa: ASYNC240 - as an editor would
        self.versions[path] = self.versions.get(path, 0) + 1
        self.editor.open(path, self.versions[path])

    def change(self, path: Path, text: str) -> None:
        self.buffers[path] = text
        self.versions[path] += 1
        document = types.VersionedTextDocumentIdentifier(self.versions[path], path.as_uri())
        whole = types.TextDocumentContentChangeWholeDocument(text)
        self.editor.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [whole]))

    def check_files(self) -> None:
        """Only what the editor wrote has changed, and tests only ever grew; a file is never half-written."""
        now = snapshot(self.root)
        edited = len(self.editor.edits)
        for name in sorted({*now} | {*self.saved}):
            before, after = self.saved.get(name, b""), now.get(name)
            if after == before:
                continue
            assert after is not None, f"{name} is gone"
            if name in self.written:
                continue
            assert name.startswith("tests/"), f"{name} was changed, and not by the editor"
            assert edited > self.edits_seen, f"{name} was changed without an edit"
            compile(after, name, "exec")
            rest = iter(after)
            assert all(byte in rest for byte in before), f"something of {name} is lost"
        self.saved, self.edits_seen = now, edited
        self.written.clear()


class Acts:
    """What may happen; each public method is an act."""

    OFTEN = ("edit", "edit", "edit", "save", "generate", "generate", "cancel", "look")
    SELDOM = (
        "close_and_open", "generate_for_file", "run_suite", "kill_a_probe", "kill_a_warm_process", "fill_the_disk",
        "make_room", "make_room", "lock_the_workspace", "unlock_the_workspace", "unlock_the_workspace",
        "jump_the_clock", "lose_the_interpreter", *["get_the_interpreter_back"] * 3,
    )  # fmt: skip

    def __init__(self, world: World) -> None:
        self._world = world
        self._chance = world.chance

    def any(self, without: frozenset[str]) -> str:
        """Return the name of what happens next."""
        return self._chance.choice([name for name in self.OFTEN * 3 + self.SELDOM if name not in without])

    def _a_file(self) -> Path:
        return self._chance.choice(sorted(self._world.buffers))

    async def edit(self) -> None:
        path = self._a_file()
        lines = self._world.buffers[path].split("\n")
        at = self._chance.randrange(len(lines))
        kind = self._chance.randrange(4)
        if kind == 0:
            lines.insert(at, f"# {self._chance.random()}")
        elif kind == 1 and len(lines) > 3:
            del lines[at]
        elif kind == 2:
            lines[at] += " ("
        else:
            lines = (self._world.root / path.name).read_text(encoding="utf-8").split("\n")
        self._world.change(path, "\n".join(lines))

    async def save(self) -> None:
        path = self._a_file()
        if path.name in FUNCTIONS:  # what runs stays runnable most of the time
            with contextlib.suppress(SyntaxError, OSError):
                compile(self._world.buffers[path], path.name, "exec")
                path.write_text(self._world.buffers[path], encoding="utf-8")
                self._world.written.add(path.name)
        document = types.TextDocumentIdentifier(path.as_uri())
        self._world.editor.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    async def close_and_open(self) -> None:
        path = self._a_file()
        document = types.TextDocumentIdentifier(path.as_uri())
        self._world.editor.client.text_document_did_close(types.DidCloseTextDocumentParams(document))
        await self._world.open(path)

    async def _start(self, command: str, **arguments: Any) -> None:
        answer = await self._world.editor.run(command, arguments)
        self._world.jobs.append(str(answer["job"] if isinstance(answer, dict) else answer.job))

    async def generate(self) -> None:
        path = self._world.root / self._chance.choice(sorted(FUNCTIONS))
        qualname = self._chance.choice(FUNCTIONS[path.name])
        await self._start(
            "greenline.generateTest", uri=path.as_uri(), qualname=qualname, version=self._world.versions[path]
        )

    async def generate_for_file(self) -> None:
        path = self._world.root / "shop.py"
        await self._start("greenline.generateTestsForFile", uri=path.as_uri(), version=self._world.versions[path])

    async def run_suite(self) -> None:
        await self._start("greenline.runTestsWithCoverage", uri=(self._world.root / "shop.py").as_uri())

    async def cancel(self) -> None:
        if self._world.jobs:
            await self._world.editor.run("greenline.cancelJob", {"job": self._chance.choice(self._world.jobs)})

    async def look(self) -> None:
        uri = self._a_file().as_uri()
        await self._world.editor.lenses(uri)
        where = types.Diagnostic(types.Range(types.Position(2, 0), types.Position(2, 5)), "x")
        await self._world.editor.actions(uri, where)

    async def kill_a_probe(self) -> None:
        _kill(self._chance, self._world.editor.children())

    async def kill_a_warm_process(self) -> None:
        _kill(self._chance, self._world.editor.warm())

    async def fill_the_disk(self) -> None:
        with contextlib.suppress(OSError), (self._world.disk / "full").open("wb") as file:
            while True:
                file.write(b"x" * MIB)
                file.flush()

    async def make_room(self) -> None:
        (self._world.disk / "full").unlink(missing_ok=True)

    async def lock_the_workspace(self) -> None:
        _read_only(self._world.root)

    async def unlock_the_workspace(self) -> None:
        _writable(self._world.root)

    async def jump_the_clock(self) -> None:
        (self._world.folder / "clock").write_text(str(self._chance.choice([0, 86400 * 400, -86400 * 3, 3600, -1])))

    async def lose_the_interpreter(self) -> None:
        if self._world.python.is_symlink():
            self._world.python.rename(self._world.python.with_name("gone"))

    async def get_the_interpreter_back(self) -> None:
        hidden = self._world.python.with_name("gone")
        if hidden.is_symlink():
            hidden.rename(self._world.python)


def put_back(world: World) -> None:
    """Make the world sound again."""
    (world.disk / "full").unlink(missing_ok=True)
    (world.folder / "clock").write_text("0")
    hidden = world.python.with_name("gone")
    if hidden.is_symlink():
        hidden.rename(world.python)
    _writable(world.root)


async def settled(world: World) -> None:
    """Wait until every job has told its end, once, and no process works for one."""
    for job in world.jobs:
        await world.editor.end_of(job)
    world.jobs.clear()

    async def nobody_works() -> None:
        while world.editor.children():
            await world.editor.run("greenline.cancelJob", {"job": "none"})

    await asyncio.wait_for(nobody_works(), LIMIT)


def made(tmp_path: Path, root: Path, seed: int) -> World:
    """Make the world around a project: an environment that can be deleted, a clock that jumps, a small disk."""
    world = World(root, tmp_path, random.Random(seed))
    world.python.parent.mkdir(parents=True)
    for file in (Path(sys.prefix) / "pyvenv.cfg",):
        shutil.copy(file, world.python.parent.parent)
    world.python.symlink_to(Path(sys.executable).resolve())
    (world.python.parent.parent / "lib").symlink_to(Path(sys.prefix) / "lib")
    (tmp_path / "clock").write_text("0")
    (tmp_path / "shifted").mkdir()
    (tmp_path / "shifted" / "sitecustomize.py").write_text(SHIFTED_CLOCK)
    world.disk.mkdir()
    return world


@contextlib.contextmanager
def small_disk(folder: Path) -> Any:
    """Mount a file system of 64 MiB where that is permitted; yields whether it was."""
    command = ["mount", "-t", "tmpfs", "-o", "size=64m", "greenline-chaos", str(folder)]
    mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False, capture_output=True)


async def storm(world: World, seconds: float, *, without: frozenset[str] = frozenset()) -> None:
    """Let things happen for so long. Whatever does, the server answers; now and then it is lost and started anew."""
    acts = Acts(world)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        name = acts.any(without)
        world.done.append(name)
        await getattr(acts, name)()
        # It answers, whatever happened.
        await world.editor.run("greenline.cancelJob", {"job": "none"})
        world.check_files()
        world.most_memory = max(world.most_memory, world.memory())
        if world.jobs and world.chance.random() < 0.1:  # a person waits now and then
            await world.editor.end_of(world.chance.choice(world.jobs[-3:]))
        if world.chance.random() < 0.01:
            how = world.chance.choice(["kill", "editor gone"])
            world.done.append(f"server lost: {how}")
            await world.lose(how)
            put_back(world)
            await world.start()


def _kill(chance: random.Random, pids: set[int]) -> None:
    if pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(sorted(pids)), signal.SIGKILL)


def _read_only(root: Path) -> None:
    """Mount the project over itself, for reading only, where that is permitted; modes hold back no superuser."""
    if _mount("--bind", str(root), str(root)) and _mount("-o", "remount,bind,ro", str(root)):
        return
    for path in (root, root / "tests"):
        path.chmod(0o555)


def _writable(root: Path) -> None:
    while subprocess.run(["umount", "-l", str(root)], check=False, capture_output=True).returncode == 0:
        pass
    for path in (root, root / "tests"):
        path.chmod(0o755)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["mount", *arguments], check=False, capture_output=True).returncode == 0


def _is_unbegun(pid: int) -> bool:
    """Tell whether it is a bubblewrap without children."""
    with contextlib.suppress(OSError):
        program = (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")[0]
        return program.endswith(b"/bwrap") and family(pid) == [pid]
    return False

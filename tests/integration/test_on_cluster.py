"""``greenline generate --executor dask`` on a real cluster: what it writes is what this machine alone would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from integration.dask_processes import LIMIT, SERVER, DaskProcesses

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="exploring is tested on Linux only")

SUM = "def {name}(number: int) -> int:\n    if number > {limit}:\n        return number - {limit}\n    return {limit}\n"
MODULES = {
    "prices": "def price(grams: int) -> int:\n    if grams > 500:\n        return 7\n    return 4\n\n\n"
    "def label(grams: int) -> str:\n    return 'heavy' if grams > 500 else 'light'\n",
    "words": "def initials(name: str) -> str:\n    return ''.join(part[0] for part in name.split() if part)\n",
    "signs": "def sign(number: int) -> int:\n    if number < 0:\n        return -1\n    return 1 if number else 0\n",
    # Its tests go to the same file as those of the other signs.
    "marks/signs": "def mark(text: str) -> str:\n    return text + '!' if text else ''\n",
    "far": "import socket\n\n\ndef call(host: str) -> None:\n    socket.create_connection((host, 80))\n",
    **{f"part_{one}": SUM.format(name=f"rest_{one}", limit=ord(one)) for one in "abc"},
}
OLD_TEST = "from shop.signs import sign\n\n\ndef test_sign_of_zero():\n    assert sign(0) == 0\n"


def project(root: Path) -> Path:
    """A project in src/ that only its interpreter's path makes importable, with a secret beside it."""
    for name, code in MODULES.items():
        file = root / "src" / "shop" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
        (file.parent / "__init__.py").write_text("")
    (root / "tests").mkdir()
    (root / "tests" / "test_signs.py").write_text(OLD_TEST)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    (root / ".env").write_text("PASSWORD=secret\n")
    return root


def start(root: Path, command: str, *arguments: str) -> subprocess.Popen[str]:
    program = [sys.executable, "-m", "greenline", command, *arguments, "--interpreter", sys.executable]
    cache = {"XDG_CACHE_HOME": str(root.parent / f"{root.name}-cache")}
    path = os.pathsep.join([str(SERVER), str(root / "src")])
    environment = {**os.environ, **cache, "PYTHONPATH": path}
    return subprocess.Popen(
        program, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )


def generate(root: Path, *arguments: str) -> subprocess.Popen[str]:
    return start(root, "generate", "src", "--report", str(report_of(root)), *arguments)


def report_of(root: Path) -> Path:
    return root.parent / f"{root.name}.json"


def on(cluster: DaskProcesses) -> tuple[str, ...]:
    return ("--executor", "dask", "--scheduler", cluster.address)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    said, complaints = process.communicate(timeout=300)
    return process.returncode, said, complaints


def written_in(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "tests").iterdir() if path.is_file()}


def told(root: Path) -> dict[str, Any]:
    """Return the report without times, and without the folder that its project is in."""
    report: dict[str, Any] = json.loads(report_of(root).read_text())
    for one in report["files"]:
        del one["seconds"]
        for function in one["functions"]:
            del function["seconds"]
    for final in report["final_runs"]:
        del final["project"]
    del report["seconds"]
    return report


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of the processes that know a folder, by their environment or as where they are."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            knows = os.fsencode(folder) in (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
            if knows or (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, ValueError):  # noqa: PERF203 - each may end while it is looked at
            continue
    return [command for command in found if "distributed.cli" not in command]


def left_in(folder: Path) -> list[str]:
    """Return what is left of the work: processes, and unpacked projects with their scratch copies."""
    return [*processes_of(folder), *map(str, folder.glob("*-tmp/greenline-*/copy"))]


def awaited(is_so: Any, otherwise: Any) -> None:
    until = time.monotonic() + LIMIT
    while not is_so():
        assert time.monotonic() < until, otherwise()
        time.sleep(0.05)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskProcesses]:
    with DaskProcesses(tmp_path_factory.mktemp("dask") / "a cluster", 3) as processes:
        yield processes


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, Any]]:
    """What one machine writes and reports when units are found before any is written."""
    root = project(tmp_path_factory.mktemp("alone") / "shop")
    part = root.parent / "part.json"
    code, said, complaints = ended(start(root, "generate", "src", "--shard", "1/1", "--report", str(part)))
    assert code == 0, said + complaints
    code, said, complaints = ended(start(root, "merge", str(part), "--report", str(report_of(root))))
    assert code == 0, said + complaints
    return written_in(root), told(root)


def test_with_a_worker_killed_midway_all_is_as_on_one_machine(
    cluster: DaskProcesses, alone: tuple[dict[str, bytes], dict[str, Any]], tmp_path: Path
) -> None:
    root = project(tmp_path / "a shop")
    process = generate(root, *on(cluster))
    victim = cluster.at_work(done=1)
    cluster.kill(victim)
    code, said, complaints = ended(process)
    cluster.start_worker(victim)  # for the next test
    assert code == 0, said + complaints
    assert "Not sent to the cluster, as their names say that they may keep secrets: .env\n" in complaints
    assert written_in(root) == alone[0]
    assert told(root) == alone[1]

    def left() -> list[str]:  # the victim's own is removed by the next Greenline that runs something there
        return [place for place in left_in(cluster.folder) if f"/{victim}-tmp/" not in place]

    awaited(lambda: not left(), left)


def test_ctrl_c_ends_what_workers_do_and_the_rest_is_done_later_without_them(
    cluster: DaskProcesses, alone: tuple[dict[str, bytes], dict[str, Any]], tmp_path: Path
) -> None:
    root, before = project(tmp_path / "shop"), set(left_in(cluster.folder))
    process = generate(root, *on(cluster))
    cluster.at_work(done=3)
    process.send_signal(signal.SIGINT)
    code, said, complaints = ended(process)
    assert code == 130, said + complaints
    awaited(lambda: set(left_in(cluster.folder)) <= before, lambda: left_in(cluster.folder))
    code, said, complaints = ended(generate(root))
    assert code == 0, said + complaints
    assert written_in(root).keys() == alone[0].keys()
    assert told(root)["counts"] == alone[1]["counts"]


def test_a_scheduler_that_is_lost_midway_ends_it_in_words_and_what_was_done_stays(
    alone: tuple[dict[str, bytes], dict[str, Any]], tmp_path: Path
) -> None:
    root = project(tmp_path / "shop")
    with DaskProcesses(tmp_path / "dask", 1) as cluster:
        process = generate(root, *on(cluster))
        cluster.at_work(done=1)
        cluster.kill("scheduler")
        code, said, complaints = ended(process)
    assert code == 1, said + complaints
    assert "is gone, or has lost what it was sent. What was done is kept" in " ".join((said + complaints).split())
    code, said, complaints = ended(generate(root))
    assert code == 0, said + complaints
    assert told(root)["counts"] == alone[1]["counts"]

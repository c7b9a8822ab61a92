"""``greenline generate --shard`` and ``greenline merge`` with the real services: any number gives the same."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="exploring is tested on Linux only")

LIMIT = 300
MODULES = {
    "shop/prices": "def price(grams: int) -> int:\n    if grams > 500:\n        return 7\n    return 4\n\n\n"
    "def label(grams: int) -> str:\n    return 'heavy' if grams > 500 else 'light'\n",
    "shop/words": "def initials(name: str) -> str:\n    return ''.join(part[0] for part in name.split() if part)\n",
    "shop/signs": "def sign(number: int) -> int:\n    if number < 0:\n        return -1\n"
    "    return 1 if number else 0\n",
    "shop/marks": "def mark(text: str) -> str:\n    if text:\n        return text + '!'\n    return ''\n",
    "shop/far": "import socket\n\n\ndef call(host: str) -> None:\n    socket.create_connection((host, 80))\n",
}
OLD_TEST = "from shop.signs import sign\n\n\ndef test_sign_of_zero():\n    assert sign(0) == 0\n"


def project(root: Path, *names: str) -> Path:
    for name, code in MODULES.items():
        if names and name not in names:
            continue
        file = root / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
        (file.parent / "__init__.py").write_text("")
    (root / "tests").mkdir()
    (root / "tests" / "test_signs.py").write_text(OLD_TEST)
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\nversion = "1"\n')
    return root


def start(root: Path, command: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a command; every clone has a cache of its own, as another machine has."""
    program = [sys.executable, "-m", "greenline", command, *arguments, "--interpreter", sys.executable]
    environment = {**os.environ, "XDG_CACHE_HOME": str(root.parent / f"{root.name}-cache")}
    return subprocess.Popen(program, cwd=root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def run(root: Path, command: str, *arguments: str, code: int = 0) -> None:
    process = start(root, command, *arguments)
    said, complaints = process.communicate(timeout=LIMIT)
    others = [line for line in complaints.decode().splitlines() if not line.startswith("Taken back: ")]
    assert (process.returncode, others) == (code, []), said.decode()


def generate(root: Path, number: int, of: int, *more: str) -> Path:
    report = root.parent / f"{root.name}-{number}-of-{of}.json"
    run(root, "generate", "shop", "--shard", f"{number}/{of}", "--report", str(report), *more)
    return report


def written_in(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "tests").iterdir() if path.is_file()}


def told(file: Path) -> dict[str, Any]:
    """Return a report without times, and without the folder that its project is in."""
    report: dict[str, Any] = json.loads(file.read_text())
    for one in report["files"]:
        del one["seconds"]
        for function in one["functions"]:
            del function["seconds"]
    for final in report["final_runs"]:
        del final["project"]
    del report["seconds"]
    return report


def merged(root: Path, reports: list[Path]) -> tuple[dict[str, Any], dict[str, bytes]]:
    run(root, "merge", *map(str, reports), "--report", str(root.parent / f"{root.name}-merged.json"))
    return told(root.parent / f"{root.name}-merged.json"), written_in(root)


def ends(report: dict[str, Any]) -> dict[str, Any]:
    """Return how the functions ended, whichever tests they have."""
    functions = [
        (one["function"], one["status"], one["after"]) for file in report["files"] for one in file["functions"]
    ]
    kept = ("coverage", "not_testable", "failed", "not_begun", "left_out", "stopped")
    return {"functions": functions, **{key: report[key] for key in kept}}


@pytest.fixture(scope="module")
def in_one(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, bytes], Path]:
    """What one shard comes to: the report of the merge and the tests; and the report of the shard."""
    root = project(tmp_path_factory.mktemp("one") / "shop")
    before = written_in(root)
    shard = generate(root, 1, 1)
    assert written_in(root) == before, "a shard writes nothing into the project"
    return *merged(root, [shard]), shard


def test_one_shard_gives_what_a_run_without_shards_gives(in_one: Any, tmp_path: Path) -> None:
    """But for the style and the places of tests: a run learns those from what it wrote a moment ago, too."""
    root = project(tmp_path / "shop")
    run(root, "generate", "shop", "--report", str(tmp_path / "whole.json"))
    assert ends(told(tmp_path / "whole.json")) == ends(in_one[0])


@pytest.mark.parametrize("of", [3, 7])
def test_more_shards_on_other_machines_give_the_same(in_one: Any, tmp_path: Path, of: int) -> None:
    report, tests, _ = in_one
    assert report["counts"]["confirmed"] == 5
    assert report["counts"]["not_testable"] == 1
    assert set(tests) == {"test_signs.py", "test_prices.py", "test_words.py", "test_marks.py"}
    shards = [generate(project(tmp_path / f"machine{number}"), number, of) for number in range(1, of + 1)]
    assert merged(project(tmp_path / "shop"), shards[::-1]) == (report, tests)


def test_tests_of_several_files_that_go_to_one_are_those_of_a_run_without_shards(tmp_path: Path) -> None:
    """Each file's tests are made for the text with those before it, though nothing of that is written yet."""
    names, place = ("shop/signs", "shop/marks", "shop/words"), ("--tests-file", "tests/test_all.py")
    whole, root = project(tmp_path / "whole", *names), project(tmp_path / "shop", *names)
    run(whole, "generate", "shop", *place, "--report", str(tmp_path / "whole.json"))
    shards = [generate(root, number, 2, *place) for number in (1, 2)]
    assert sorted(len(json.loads(shard.read_text())["found"]) for shard in shards) == [0, 3]
    report, tests = merged(root, shards)
    assert tests == written_in(whole)
    assert report == told(tmp_path / "whole.json")

    changed = project(tmp_path / "changed", *names)
    signs = changed / "shop" / "signs.py"
    signs.write_text(signs.read_text().replace("return -1", "return -2"))
    run(changed, "merge", *map(str, shards), "--report", str(tmp_path / "changed.json"), code=1)
    statuses = {
        one["function"]: one["status"] for file in told(tmp_path / "changed.json")["files"] for one in file["functions"]
    }
    assert statuses == {"sign": "failed", "mark": "confirmed", "initials": "confirmed"}
    kept = (changed / "tests" / "test_all.py").read_text()
    assert ("test_sign" in kept, "def test_mark" in kept, "def test_initials" in kept) == (False, True, True)


def test_a_shard_and_a_merge_that_are_killed_again_and_again_come_to_the_same(in_one: Any, tmp_path: Path) -> None:
    report, tests, _ = in_one
    root, chance = project(tmp_path / "shop"), random.Random(20261122)
    before, shard = written_in(root), tmp_path / "shop-1-of-1.json"

    def kill(command: str, *arguments: str, times: int) -> None:
        for _ in range(times):
            began = time.monotonic()
            process = start(root, command, *arguments)
            with suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.5, 6.0))
            process.kill()
            process.communicate(timeout=60)
            assert time.monotonic() - began < LIMIT
            for name, text in written_in(root).items():
                assert name.endswith(".tmp") or text in {before.get(name), tests.get(name)} or command == "merge", name

    kill("generate", "shop", "--shard", "1/1", "--report", str(shard), times=2)
    assert written_in(root) == before
    generate(root, 1, 1)
    kill("merge", str(shard), times=3)

    assert merged(root, [shard]) == (report, tests)


def test_a_test_file_that_is_another_one_by_now_is_left_alone(in_one: Any, tmp_path: Path) -> None:
    _, tests, shard = in_one
    root = project(tmp_path / "shop")
    (root / "tests" / "test_signs.py").write_text("MINE = 1\n")
    process = start(root, "merge", str(shard), "--no-final-run", "--format", "json")
    said, _ = process.communicate(timeout=LIMIT)
    assert process.returncode == 1
    report = json.loads(said)
    assert report["counts"]["failed"] == 1
    assert all("test_signs.py has changed meanwhile" in reason for reason in report["failed"])
    written = written_in(root)
    assert written.pop("test_signs.py") == b"MINE = 1\n"
    assert written == {name: text for name, text in tests.items() if name != "test_signs.py"}

"""One weakness of each kind is found, and none of the sound tests beside them is named."""

from __future__ import annotations

import asyncio
import json
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from greenline.adapters.disk_documents import DiskDocuments
from greenline.bootstrap import build
from greenline.cli.app import greenline
from greenline.domain.auditing.model import KINDS, STATIC, Weakness
from greenline.ports.progress import Silent
from greenline.services.audit_tests import Audit, Wanted
from greenline.settings import Settings
from integration.audited_shop import CHECKS, CONFTEST, SHOP, SOUND, WEAK
from processes import below, until_ended

WEAK_TESTS = {
    "no-assertion",
    "always-true",
    "swallowed",
    "unreached",
    "forgotten-assert",
    "shadowed",
    "only-mocks",
    "over-mocked",
    "duplicate",
    "flaky",
    "order-dependent",
    "slow",
    "failing",
}
"""Each is what a test is called after."""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = [".", "tests"]\n')
    (root / "shop.py").write_text(SHOP)
    for name, text in {"conftest": CONFTEST, "checks": CHECKS, "test_sound": SOUND, "test_weak": WEAK}.items():
        (root / "tests" / f"{name}.py").write_text(text)
    return root


ONE_WAY = """\
def double(number):
    if number:
        number *= 2
    return number


def half(number):
    if number:
        number //= 2
    return number


def text(value):
    if isinstance(value, bytes):
        value = value.decode()
    return value
"""

SEVERAL = """\
def joined(parts):
    def after(part): return part
    if isinstance(parts, str):
        def after(part, sep=type(parts)()): return sep.join(part)
    return after(parts)
"""

HANGS = """\
import time

import shop


def test_weight_of_many():
    if shop.weight([1, 2, 3]) != 6:
        time.sleep(600)
"""
"""Over a changed `weight` it takes until its time is up: there is always something in work then."""

IGNORES = """[tool.greenline.audit.per-file-ignores]
"tests/*" = ["duplicate", "oops"]
"""


def audit(root: Path, wanted: Wanted, *paths: Path) -> Audit:
    services = build(Settings(), DiskDocuments())
    return asyncio.run(services.audit().audit(list(paths) or [root], wanted, Silent()))


def named(one: Weakness) -> tuple[str, str]:
    return one.kind, one.subject.partition("::")[2].partition("[")[0]


def test_each_weakness_is_found_and_no_sound_test_is_named(shop: Path) -> None:
    found = audit(shop, Wanted(budget=120.0, jobs=2))
    assert found.problems == ()
    assert [one for one in found.weaknesses if "test_sound" in one.subject] == []
    weak = {named(one) for one in found.weaknesses}
    assert {(kind, f"test_{kind.replace('-', '_')}") for kind in WEAK_TESTS} - weak == set()
    assert {("unchecked", "weight"), ("cannot-fail", "test_prices_in_words")} - weak == set()
    assert {one.kind for one in found.weaknesses} <= set(KINDS)
    place = next(one for one in found.weaknesses if one.kind == "unreached")
    assert WEAK.splitlines()[place.line - 1].strip() == 'assert str(caught.value) == "no label"'


def test_reading_alone_finds_what_the_text_says(shop: Path) -> None:
    found = audit(shop, Wanted(runs=False))
    weak = sorted(map(named, found.weaknesses))
    assert weak == sorted((kind, f"test_{kind.replace('-', '_')}") for kind in STATIC)


def test_what_a_comment_or_the_configuration_leaves_out_is_counted(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weak = shop / "tests" / "test_weak.py"
    text = weak.read_text().replace(
        "def test_no_assertion():", "def test_no_assertion():  # greenline: ignore[no-assertion]"
    )
    weak.write_text(text.replace("def test_only_mocks():", "def test_only_mocks():  # greenline: ignore[slow]"))
    config = shop / "pyproject.toml"
    config.write_text(
        config.read_text() + '[tool.greenline.audit.per-file-ignores]\n"tests/*" = ["duplicate", "oops"]\n'
    )
    monkeypatch.chdir(shop)
    result = CliRunner().invoke(greenline, ["audit", "--static", "--format", "json"])
    told = json.loads(result.output)
    kinds = {one["kind"] for one in told["weaknesses"]}
    assert STATIC - kinds == {"no-assertion", "duplicate"}
    assert told["left_out"] == {"by comments": 1, "by configuration": 1}
    assert [problem.partition(";")[0] for problem in told["problems"]] == [
        "[tool.greenline.audit]: there is no kind 'oops'"
    ]
    assert result.exit_code == 1


def test_a_folder_without_tests_is_no_success(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "docs").mkdir()
    monkeypatch.chdir(shop)
    result = CliRunner().invoke(greenline, ["audit", "--static", "--fail-on", "any", "docs"])
    assert result.exit_code == 1
    assert "There are no tests to judge." in result.output
    assert "no file there is called test_*.py" in " ".join(result.output.split())


def test_tests_that_no_text_defines_are_counted_and_judged_by_runs(shop: Path) -> None:
    made = shop / "tests" / "test_made.py"
    made.write_text(
        'exec("def test_by_exec():\\n    assert 1 == 2")\n\n\ndef test_here():\n    assert SHOP\n\n\nSHOP = 1\n'
    )
    found = audit(shop, Wanted(reruns=0, budget=0.0), made)
    assert [named(one) for one in found.weaknesses] == [("failing", "test_by_exec")]
    assert found.notes[0] == (
        "1 test was judged by runs only, as code makes what is written down of others: "
        "tests/test_made.py::test_by_exec."
    )


def test_functions_that_these_tests_do_not_reach_are_not_told_of(shop: Path) -> None:
    for name in ("test_sound", "test_weak"):
        (shop / "tests" / f"{name}.py").unlink()
    one, other = shop / "tests" / "test_one.py", shop / "tests" / "test_other.py"
    (shop / "shop.py").write_text(ONE_WAY)
    one.write_text(
        "import shop\n\n\ndef test_double():\n    assert shop.double(2) == 4\n    assert shop.text(b'a') == 'a'\n"
    )
    other.write_text("import shop\n\n\ndef test_half():\n    assert shop.half(2) == 1\n")
    wanted = Wanted(reruns=0, budget=0.0)
    assert [named(found) for found in audit(shop, wanted).weaknesses] == [("one-way", "double"), ("one-way", "half")]
    assert [named(found) for found in audit(shop, wanted, one).weaknesses] == [("one-way", "double")]


def test_files_that_the_projects_pytest_leaves_out_do_not_run(shop: Path) -> None:
    (shop / "tests" / "test_weak.py").unlink()
    (shop / "tests" / "typed").mkdir()
    (shop / "tests" / "typed" / "test_types.py").write_text("reveal_type(1)\n")
    config = shop / "pyproject.toml"
    config.write_text(config.read_text() + 'norecursedirs = ["typed"]\n')
    found = audit(shop, Wanted(reruns=0, budget=0.0))
    assert "failing" not in {one.kind for one in found.weaknesses}
    assert found.notes[-1].startswith("Running 15 tests took ")


def test_functions_of_which_there_are_several_have_no_ways_of_their_own(shop: Path) -> None:
    (shop / "tests" / "test_weak.py").unlink()
    (shop / "tests" / "test_sound.py").write_text(
        "import shop\n\n\ndef test_it():\n    assert shop.joined('ab') == 'ab'\n"
    )
    (shop / "shop.py").write_text(SEVERAL)
    found = audit(shop, Wanted(reruns=0, budget=0.0))
    assert found.weaknesses == ()


@pytest.mark.skipif(sys.platform == "win32", reason="terminals and process groups are POSIX")
def test_ctrl_c_while_changes_are_tried_leaves_no_child(shop: Path) -> None:
    (shop / "tests" / "test_weak.py").unlink()
    (shop / "tests" / "test_hangs.py").write_text(HANGS)
    terminal, stderr = os.openpty()
    options = ["--interpreter", sys.executable, "--reruns", "0", "--budget", "2m", "--jobs", "3"]
    process = subprocess.Popen(
        [sys.executable, "-m", "greenline", "audit", *options],
        cwd=shop, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    said = b""
    while not re.search(rb"Trying small changes of the code: [1-9]", said):
        assert select.select([terminal], [], [], 100)[0], said
        said += os.read(terminal, 4096)
    children = below(process.pid)
    process.send_signal(signal.SIGINT)
    while b"Cancelled." not in said:
        assert select.select([terminal], [], [], 60)[0], said
        said += os.read(terminal, 4096)
    assert process.wait(60) == 130
    assert children
    assert until_ended(children) == []
    os.close(terminal)
    os.close(stderr)

"""Every kind of callable through the real ``greenline generate``: confirmed, or told why not."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).with_name("every_kind.py")
NOT_CONFIRMED = {
    "hang_up": "read from standard input",
}
"""Target -> a word of the reason."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("kinds")
    (root / "src").mkdir()
    (root / "tests").mkdir()
    (root / "src" / "every_kind.py").write_text(SOURCE.read_text(encoding="utf-8"), encoding="utf-8")
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["src"]\n')
    return root


@pytest.fixture(scope="module")
def targets(project: Path) -> dict[str, dict[str, Any]]:
    """Generate for the whole file, once."""
    command = [
        sys.executable, "-m", "greenline", "generate", "--interpreter", sys.executable, "--format", "json",
        "src/every_kind.py",
    ]  # fmt: skip
    ended = subprocess.run(command, cwd=project, check=False, capture_output=True, timeout=300)
    assert ended.stderr == b"", ended.stderr.decode()
    said = json.loads(ended.stdout)
    return {target["target"].partition("::")[2]: target for target in said["targets"]}


KINDS = """
every_parameter twice decorated overloaded generator asynchronous async_generator managed AsyncManaged.__aenter__
takes_callable takes_iterator count_lines read_pairs Colour.mixed Point.__post_init__ Point.moved Account.Limit.allows
Account.__init__ Account.deposit Account.withdraw Account.balance Account.opened Account.is_valid Countdown.__init__
Countdown.__next__ _hidden classify endless log_level warn_about Vector.__add__ Vector.__eq__ Account.__len__ curried
Speaker.greet greet_all remember Cache.put Inventory.add Inventory.reserve Inventory.ship
""".split()  # noqa: SIM905 - a wall of quotes reads worse


@pytest.mark.parametrize("name", KINDS)
def test_confirmed_and_all_of_it_reached(targets: dict[str, dict[str, Any]], name: str) -> None:
    target = targets[name]
    after = target["coverage"] and target["coverage"]["after"]

    assert target["status"] == "confirmed", target["reason"]
    assert target["tests"]
    assert after["lines"][0] == after["lines"][1], target["code"]
    assert after["branches"][0] == after["branches"][1], target["code"]


@pytest.mark.parametrize("name", NOT_CONFIRMED)
def test_what_is_not_confirmed_says_why(targets: dict[str, dict[str, Any]], name: str) -> None:
    assert targets[name]["status"] == "not_testable"
    assert NOT_CONFIRMED[name] in targets[name]["reason"]


def test_nothing_else_is_left_without_a_word(targets: dict[str, dict[str, Any]]) -> None:
    silent = {
        name: target["status"]
        for name, target in targets.items()
        if target["status"] not in {"confirmed", "nothing_to_gain"} and not target["reason"]
    }
    unlisted = {n: t["reason"] for n, t in targets.items() if t["status"] != "confirmed" and n not in NOT_CONFIRMED}

    assert silent == {}
    assert {n: r for n, r in unlisted.items() if targets[n]["status"] != "nothing_to_gain"} == {}


def test_the_tests_pass_under_plain_pytest(project: Path, targets: dict[str, dict[str, Any]]) -> None:
    assert targets
    plain = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    ended = subprocess.run(plain, cwd=project, check=False, capture_output=True, timeout=120)

    assert ended.returncode == 0, ended.stdout.decode()[-2000:]


def test_private_ones_are_reached_through_a_public_caller(targets: dict[str, dict[str, Any]]) -> None:
    assert "classify(" in targets["_hidden"]["code"]
    assert "_hidden(" not in targets["_hidden"]["code"]


def test_the_setter_is_tested_with_its_property(targets: dict[str, dict[str, Any]]) -> None:
    assert "account.balance = " in targets["Account.balance"]["code"]
    assert "pytest.raises(ValueError" in targets["Account.balance"]["code"]


def test_what_is_done_to_the_environment_is_asserted_and_put_back(targets: dict[str, dict[str, Any]]) -> None:
    code = targets["remember"]["code"]

    assert "@mock.patch.dict(os.environ)\ndef test_remember" in code
    assert 'assert os.environ["EVERY_KIND_' in code


def test_what_a_method_did_is_seen_by_another_one(targets: dict[str, dict[str, Any]]) -> None:
    # In a run for both, the tests that call the other one may stand with its own.
    code = targets["Cache.put"]["code"] + targets["Cache.get"]["code"]

    assert re.search(r"    cache\.put\(.+\n    cache\.put\(.+\n    assert cache\.get\(", code), code
    assert not re.search(r"assert cache\.put\(", code), code


def test_what_is_shipped_was_added_and_reserved(targets: dict[str, dict[str, Any]]) -> None:
    code = targets["Inventory.ship"]["code"] + targets["Inventory.available"]["code"]
    steps = (r"inventory\.add\(.+\n", r"inventory\.reserve\(.+\n", r"inventory\.ship\(.+\n")

    assert re.search("    ".join(steps) + r"    assert inventory\.available\(", code), code

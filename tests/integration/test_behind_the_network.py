"""Functions of which one branch needs the network: the other is tested, and what is in the way of this one is said."""

import json
import subprocess
import sys
from typing import Any

import pytest

CODE = """\
import json
from urllib.request import Request, urlopen


def exchange_rate(currency: str) -> float:
    if currency == "EUR":
        return 1.0
    with urlopen(f"https://rates.example.org/{currency}") as answer:
        data = json.load(answer)
    return float(data["rate"])


def request_of(url: str) -> str:
    if not url:
        return "none"
    return Request(url).host
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = tmp_path_factory.mktemp("rates")
    (root / "pyproject.toml").write_text('[project]\nname = "rates"\nversion = "1"\n')
    (root / "rates.py").write_text(CODE)
    command = [sys.executable, "-m", "greenline", "generate", "--dry-run", "--format", "json"]
    command += ["--interpreter", sys.executable, "rates.py"]
    ended = subprocess.run(command, cwd=root, capture_output=True, check=False, timeout=200)
    return {target["target"].partition("::")[2]: target for target in json.loads(ended.stdout)["targets"]}


def test_what_is_left_is_left_for_want_of_the_network(found: dict[str, Any]) -> None:
    assert found["exchange_rate"]["status"] == "confirmed"
    assert found["exchange_rate"]["not_tested"][0].startswith(
        "it needs the network: it wants to look up rates.example.org:443, which is refused while exploring."
    )


def test_what_a_library_says_of_made_up_addresses_is_suspected_only_without_the_network(found: dict[str, Any]) -> None:
    assert found["exchange_rate"]["suspected_bugs"] == []
    assert any("unknown url type" in bug["error"] for bug in found["request_of"]["suspected_bugs"])

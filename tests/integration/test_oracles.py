"""What assertions rest on, through the real ``greenline generate``: documentation, properties, and what contradicts."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

SOURCE = '''
    import json


    def encode_runs(text: str) -> str:
        """Write runs of letters.

        >>> encode_runs("aab")
        '[["a", 2], ["b", 1]]'
        """
        runs = []
        for letter in text:
            if runs and runs[-1][0] == letter:
                runs[-1][1] += 1
            else:
                runs.append([letter, 1])
        return json.dumps(runs)


    def decode_runs(data: str) -> str:
        return "".join(letter * count for letter, count in json.loads(data))


    def days(weeks: int) -> int:
        """Count days.

        >>> days(2)
        15
        """
        if weeks < 0:
            raise ValueError("no such week")
        return weeks * 7
'''


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Generate for the whole file, once."""
    root: Path = tmp_path_factory.mktemp("oracles")
    (root / "runs.py").write_text(textwrap.dedent(SOURCE), encoding="utf-8")
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    command = [
        sys.executable,
        "-m",
        "greenline",
        "generate",
        "--interpreter",
        sys.executable,
        "--format",
        "json",
        "runs.py",
    ]
    ended = subprocess.run(command, cwd=root, check=False, capture_output=True, timeout=300)
    assert ended.stderr == b"", ended.stderr.decode()
    return {target["target"].partition("::")[2]: target for target in json.loads(ended.stdout)["targets"]}


def test_a_documented_example_and_a_round_trip_are_confirmed(targets: dict[str, dict[str, Any]]) -> None:
    target = targets["encode_runs"]
    assert target["status"] == "confirmed"
    assert {"documented", "property"} <= set(target["oracles"])
    assert "test_decode_runs_reverses_encode_runs" in target["tests"]
    assert '"aab"' in target["code"]
    assert "assert decode_runs(encode_runs(text)) == text" in target["code"]


def test_what_the_documentation_contradicts_is_a_suspected_bug_and_no_test(targets: dict[str, dict[str, Any]]) -> None:
    target = targets["days"]
    line = next(n for n, text in enumerate(textwrap.dedent(SOURCE).splitlines(), 1) if ">>> days(2)" in text)
    assert target["suspected_bugs"] == [
        {"call": "days(2)", "error": "gives 14", "line": line, "documented": "gives 15", "said": None}
    ]
    assert target["status"] == "confirmed"
    assert "days(2)" not in target["code"]
    assert "14" not in target["code"]

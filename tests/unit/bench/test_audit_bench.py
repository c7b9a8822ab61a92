"""The bench of audits shows a reader what each finding is about, draws the same sample, and counts what was read."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

BENCH = Path(__file__).resolve().parents[3] / "bench"
TEXT = """\
import pytest


class TestCart:
    @pytest.mark.slow
    def test_adds(self):
        cart = []
        cart.append(1)

    def test_other(self):
        pass
"""


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in ("choose", "measure", "prepare", "suites"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    before = set(sys.modules)
    spec = importlib.util.spec_from_file_location("audit_bench", BENCH / "audit" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "audit_bench", module)
    spec.loader.exec_module(module)
    yield module
    for name in set(sys.modules) - before - {"audit_bench"}:  # other benches have modules of the same names
        del sys.modules[name]


def weakness(number: int, kind: str = "slow") -> dict[str, Any]:
    return {"kind": kind, "subject": f"tests/test_a.py::test_{number}", "path": "tests/test_a.py", "line": 7}


def result(bench: Any, folder: Path, read: dict[str, dict[str, str]]) -> Any:
    told = {"weaknesses": [weakness(n) for n in range(9)], "tests": 20, "notes": ["So long."], "problems": []}
    return bench.Result(bench.Package("shop", "1.0", "shop", sampled=True), folder, told, 3.4, read)


def test_a_reader_sees_the_whole_function_with_its_decorators(bench: Any, tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(TEXT)
    shown = bench._source(tmp_path / "test_a.py", 7)
    assert shown == "\n".join(TEXT.splitlines()[4:8])
    assert bench._source(tmp_path / "test_a.py", 1) == "import pytest"


def test_the_sample_is_drawn_by_what_findings_are_known_by(bench: Any, tmp_path: Path) -> None:
    one = result(bench, tmp_path, {})
    drawn = one.sample(4)
    assert len(drawn) == 4
    assert drawn == sorted(drawn, key=lambda each: each["subject"])
    one.told["weaknesses"].reverse()
    assert sorted(map(bench.known_by, one.sample(4))) == sorted(map(bench.known_by, drawn))
    assert len(one.sample(60)) == 9


def test_what_was_read_is_counted_by_package_and_kind(bench: Any, tmp_path: Path) -> None:
    verdicts = {0: "true", 1: "false", 2: "of no use", 3: "true"}
    read = {bench.known_by(weakness(n)): {"verdict": said, "why": "..."} for n, said in verdicts.items()}
    table = "\n".join(bench._table([result(bench, tmp_path, read)], 60))
    assert "| shop | 20 | 9 | 4 | 2 | 1 | 1 | 3 |" in table
    assert "| slow | 9 | 4 | 2 | 1 | 1 |" in table
    assert "- So long." in table


def test_every_verdict_is_one_that_is_counted_and_says_why(bench: Any) -> None:
    for package, read in json.loads(bench.READ.read_text(encoding="utf-8")).items():
        assert " " in package
        for known, one in read.items():
            assert one["verdict"] in bench.VERDICTS, known
            assert one["why"], known

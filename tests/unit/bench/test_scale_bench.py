"""The repository of bench/scale is the same for the same seed, can have run so, and is measured as it was written."""

from __future__ import annotations

import ast
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from coverage.parser import PythonParser

from greenline import bootstrap_survey
from greenline.adapters import coverage_parser
from greenline.bootstrap_ranking import ranking
from greenline.settings import Settings

if TYPE_CHECKING:
    from greenline.services.rank_gaps import Ranking

BENCH = Path(__file__).resolve().parents[3] / "bench"


@pytest.fixture(autouse=True)
def _beside_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(BENCH / "coverage"))
    monkeypatch.syspath_prepend(str(BENCH / "scale"))


def test_modules_depend_on_their_number_and_name_only_and_can_have_run_so() -> None:
    import repository

    from greenline.adapters.coverage_parser import CoverageParser
    from greenline.domain.coverage.model import Executed
    from greenline.domain.coverage.possible_runs import can_be_of

    one = repository.draw(3, "warehouse/a.py")
    assert one == repository.draw(3, "warehouse/a.py")
    assert one != repository.draw(3, "warehouse/b.py")
    assert not repository.draw(repository.NEVER_IMPORTED, "warehouse/c.py").arcs
    ran = Executed(frozenset(line for arc in one.arcs for line in arc if line > 0), one.arcs)
    assert can_be_of(ast.parse(one.text), CoverageParser().analyse(one.text)[0], ran)


def test_the_last_commit_has_the_files_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import repository

    monkeypatch.setattr(repository, "COMMITS", 5)
    root = tmp_path / "warehouse"
    repository.make(root, 30)

    def git(*arguments: str) -> list[str]:
        ran = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, timeout=60, check=True)
        return ran.stdout.splitlines()

    assert git("status", "--porcelain") == []
    assert len(git("log", "--format=%h")) == 6
    assert len(list(root.glob("warehouse/*/*/module_*.py"))) == 30
    assert (root / ".coverage").stat().st_size > 0


def test_the_ranking_is_the_same_cold_and_warm_and_with_nothing_but_coveragepys_own_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import repository

    monkeypatch.setattr(repository, "COMMITS", 5)
    root = tmp_path / "warehouse"
    repository.make(root, 30)

    def ranked(cache: str) -> Ranking:
        monkeypatch.setattr(bootstrap_survey, "cache_folder", lambda: tmp_path / cache)
        found = ranking(Settings()).rank([root])
        return replace(found, basis=())  # which has ages

    cold, warm = ranked("cache"), ranked("cache")
    monkeypatch.setattr(coverage_parser, "parser_class", lambda: PythonParser)
    slow = ranked("another")

    assert len(cold.files) > 20
    assert cold.total.lines.covered
    assert cold == warm == slow

"""The project of bench/coverage is code, the same for the same seed, and what is drawn of it can have run."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = str(Path(__file__).resolve().parents[3] / "bench" / "coverage")


@pytest.fixture(autouse=True)
def _beside_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)


@pytest.mark.parametrize("seed", range(8))
def test_sources_parse_have_about_the_size_and_depend_on_the_seed_only(seed: int) -> None:
    import sources

    text = sources.module(str(seed), 200)
    assert text == sources.module(str(seed), 200)
    assert text != sources.module(f"{seed} other", 200)
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(ast.parse(text)))
    assert 180 < statements < 320


def test_what_is_drawn_as_run_are_ways_that_coverage_knows() -> None:
    import sources
    import walks
    from coverage.parser import PythonParser

    text = sources.module("seed", 300)
    parser = PythonParser(text=text, filename="<text>")
    parser.parse_source()
    drawn = walks.walks(text, "seed", reached=0.8)
    assert drawn == walks.walks(text, "seed", reached=0.8)
    ways = drawn.imported.union(*(way for call in drawn.calls for way in call))
    assert {(start, end) for start, end in ways if start > 0} <= parser.arcs()
    assert 0.3 < len({start for start, _ in ways} & parser.statements) / len(parser.statements) < 0.95


def test_what_is_drawn_of_a_large_file_can_have_run() -> None:
    """The server takes what cannot for the coverage of another text."""
    import sources
    import walks

    from greenline.adapters.coverage_parser import CoverageParser
    from greenline.domain.coverage.model import Executed
    from greenline.domain.coverage.possible_runs import can_be_of

    text = sources.module("large", 2000)
    drawn = walks.walks(text, "large", reached=0.8)
    arcs = drawn.imported.union(*(way for call in drawn.calls for way in call))
    ran = Executed(frozenset(line for arc in arcs for line in arc if line > 0), arcs)
    assert can_be_of(ast.parse(text), CoverageParser().analyse(text)[0], ran)


@pytest.mark.parametrize("whole", [True, False])
def test_a_typist_tells_of_each_key(*, whole: bool) -> None:
    import keys
    import sources

    text = sources.module("typed", 300)
    typist = keys.Typist(text, whole=whole)
    for _ in range(600):
        (change,) = typist.press()
        if whole:
            text = change["text"]
        else:
            lines = text.split("\n")
            start, end = change["range"]["start"], change["range"]["end"]
            before = [*lines[: start["line"]], lines[start["line"]][: start["character"]]]
            after = [lines[end["line"]][end["character"] :], *lines[end["line"] + 1 :]]
            text = "\n".join(before) + change["text"] + "\n".join(after)
        assert text == typist.text
    assert "apply_discount(order_total, rate" in text


def test_figures_are_medians_and_nearest_ranks_and_missed_aims_are_told() -> None:
    import figures

    row = figures.Row("a key", [float(number) for number in range(1, 101)], aims=(50.0, 95.0))
    assert figures.quantile(row.samples, 0.5) == 50.5
    assert figures.quantile(row.samples, 0.95) == 95
    assert figures.missed([row]) == ["a key: p50 50 ms, aim 50"]
    assert "| a key | 100 | 50 ms | 95 ms | p50 50, p95 95 |" in list(figures.table([("keys", [row])]))

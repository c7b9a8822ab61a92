"""What is kept of each target is added up, read again, and told."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from figures_table import table
from target_figures import About, Figures, Journal, Reached, as_json, read_figures, total_of

from greenline.domain.asking.model import Usage

ABOUT = About("model-a", "auto", "2026-11-22", "0.1.0", "cpython-3.11.7", 0.5)
FIRST = Figures(
    "shop.prices",
    "price",
    status="confirmed",
    requests=2,
    proposed=5,
    passed=4,
    kept=3,
    not_kept={"no_gain": 1, "wrong_test": 1},
    lines=Reached(6, 9, 10),
    branches=Reached(2, 4, 4),
    mutants=Reached(5, 8, 10),
    usage=Usage(100, 200, 700, 50),
    dollars=0.25,
    seconds=20.0,
    models=("model-a",),
    prompts=("13-abc",),
)
SECOND = Figures(
    "shop.stock",
    "Shelf.take",
    requests=1,
    proposed=3,
    not_kept={"refused": 1, "wrong_test": 2},
    unsteady=1,
    lines=Reached(0, 0, 10),
    mutants=Reached(0, 0, 10),
    usage=Usage(1_000, 0, 0, 50),
    dollars=0.5,
    seconds=10.0,
    models=("model-b",),
    prompts=("13-abc",),
    notes=("It was odd.",),
)


def test_all_targets_are_added_up() -> None:
    whole = total_of([FIRST, SECOND])
    assert (whole.targets, whole.confirmed, whole.requests) == (2, 1, 3)
    assert (whole.proposed, whole.passed, whole.kept) == (8, 4, 3)
    assert whole.not_kept == {"no_gain": 1, "refused": 1, "wrong_test": 3}
    assert (whole.lines, whole.branches, whole.mutants) == (Reached(6, 9, 20), Reached(2, 4, 4), Reached(5, 8, 20))
    assert whole.usage == Usage(1_100, 200, 700, 100)
    assert (whole.dollars, whole.unpriced, whole.seconds, whole.unsteady) == (0.75, 0, 30.0, 1)


def test_a_row_has_what_became_of_one_target() -> None:
    text = table(ABOUT, [FIRST, SECOND])
    (row,) = [line for line in text.splitlines() if line.startswith("| `shop.prices::price`")]
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "`shop.prices::price`", "5", "4", "3", "1 no gain, 1 wrong test", "6 -> 9 of 10", "2 -> 4 of 4",
        "5 -> 8 of 10", "2", "1,000", "700", "50", "$0.25", "20",
    ]  # fmt: skip


def test_the_sum_is_told_in_words_as_well() -> None:
    text = table(ABOUT, [FIRST, SECOND])
    assert "engine `auto`, prompts 13-abc, cpython-3.11.7, load 0.5. model-b answered as well." in text
    assert "50.0 % passed and 37.5 % were kept. 1 of 2 targets got one." in text
    assert "before (exploring alone) and after: lines 30.0 % -> 45.0 %, branches 50.0 % -> 100.0 %" in text
    assert "1.5 requests, $0.38 and 15 s in the mean; $0.25 for each test that was kept." in text
    assert "1 tests failed in a rerun" in text
    assert "- `shop.stock::Shelf.take`: It was odd." in text


def test_a_price_that_is_not_known_is_no_zero() -> None:
    unknown = replace(SECOND, dollars=None)
    assert "$0.25 + 1 of unknown price" in table(ABOUT, [FIRST, unknown])
    assert "for each test" not in table(ABOUT, [FIRST, unknown])
    assert "| not known |" in table(ABOUT, [unknown])


def test_nothing_asked_is_told_as_that() -> None:
    text = table(ABOUT, [], ["Nobody answered."])
    assert "| **0 targets** |" in text
    assert "none passed" in text
    assert "Nobody answered." in text


def test_the_json_has_everything_that_the_table_was_made_of() -> None:
    told = json.loads(as_json(ABOUT, [FIRST, SECOND]))
    assert told["about"]["model"] == "model-a"
    assert [read_figures(each) for each in told["targets"]] == [FIRST, SECOND]


def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "model-a.jsonl"
    Journal(file, "key").write(FIRST)
    Journal(file, "key").write(SECOND)
    with file.open("a") as journal:
        journal.write('{"key": "key", "module": "cut o')
    assert Journal(file, "key").read() == {"shop.prices::price": FIRST, "shop.stock::Shelf.take": SECOND}


def test_what_follows_a_line_that_was_cut_off_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "model-a.jsonl"
    file.write_text('{"key": "key", "module": "cut ö')
    Journal(file, "key").write(FIRST)
    Journal(file, "key").write(SECOND)
    assert Journal(file, "key").read() == {FIRST.name: FIRST, SECOND.name: SECOND}
    assert file.read_text().count("\n") == 3, "no empty lines"


def test_a_character_that_was_cut_off_spoils_nothing(tmp_path: Path) -> None:
    file = tmp_path / "model-a.jsonl"
    Journal(file, "key").write(FIRST)
    with file.open("ab") as journal:
        journal.write('{"module": "ö'.encode()[:-1])
    Journal(file, "key").write(SECOND)
    assert list(Journal(file, "key").read()) == [FIRST.name, SECOND.name]


def test_what_was_asked_with_other_prompts_does_not_count(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "model-a.jsonl", "key")
    journal.write(FIRST)
    assert Journal(tmp_path / "model-a.jsonl", "other").read() == {}
    journal.clear()
    assert journal.read() == {}

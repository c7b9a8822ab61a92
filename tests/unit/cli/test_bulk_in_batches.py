"""``generate --batch`` of many files: what is handed in is what the options choose."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from greenline.cli.in_batches import InBatches
from greenline.domain.code.model import Target
from unit.cli.bulk_fakes import BulkServices, file, ranking
from unit.cli.bulk_runs import Run, lines, run, services

__all__ = ["run", "services"]  # fixtures


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--jobs", "2"], "--jobs"),
        (["--until", "80"], "--until"),
        (["--budget", "10m"], "--budget"),
        (["--commit"], "--commit"),
        (["--report", "r.json"], "--report"),
        (["--targets", "t.yaml"], "--targets"),
        (["--shard", "1/2", "--report", "r.json"], "--report"),
        (["--executor", "dask", "--scheduler", "tcp://a:1"], "--scheduler"),
    ],
)
def test_how_to_work_is_nothing_that_a_batch_is_told(run: Run, folder: Path, arguments: list[str], option: str) -> None:
    (folder / "t.yaml").write_text("targets: [shop.mail]\n")
    result = run("shop", "--batch", *arguments)

    assert result.exit_code == 2
    assert f"{option} does not go with --batch" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["shop", "--top", "1"], ["shop/orders.py"]),
        (["shop/*.py"], ["shop/orders.py", "shop/mail.py"]),
        (["shop", "--changed"], ["shop/orders.py::orders", "shop/orders.py::Box.open", "shop/mail.py::mail",
                                 "shop/mail.py::Box.open"]),
        (["shop/orders.py", "shop/mail.py::Box", "--below", "60"], ["shop/orders.py", "shop/mail.py::Box.open"]),
    ],
)  # fmt: skip
def test_a_batch_is_for_what_the_options_choose(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], expected: list[str]
) -> None:
    handed: list[str] = []

    async def hand_in(_self: object, settings: object, targets: list[Target], engine: str) -> None:
        handed.extend(str(target).removeprefix(f"{folder}{os.sep}") for target in targets)

    monkeypatch.setattr("greenline.cli.in_batches.InBatches.hand_in", hand_in)
    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", lambda *_: True)

    result = run(*arguments, "--batch")

    assert sorted(handed) == sorted(map(str, map(Path, expected)))
    assert "to gain" in lines(result)[0]


def test_the_plan_of_a_batch_is_what_is_handed_in(run: Run) -> None:
    """What was tried without a model before is asked for, and what the plan of a run would leave out."""
    run("shop", "--no-final-run")

    assert "Nothing to generate" in run("shop", "--plan").stdout
    result = run("shop", "--plan", "--batch", "--format", "json")
    planned = json.loads(result.stdout)["files"]
    assert [Path(each["path"]).name for each in planned] == ["orders.py", "mail.py"]
    assert "--until does not go with --batch" in run("shop", "--plan", "--batch", "--until", "80").stderr


def test_a_batch_for_which_nothing_is_planned_says_so(
    run: Run, services: BulkServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.ranked = ranking()
    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", lambda *_: True)

    assert "Nothing to generate" in run("shop", "--batch").stdout
    result = run("shop", "--batch", "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"targets": [], "batches": [], "message": ""})


def test_who_cancels_while_it_is_asked_whether_a_model_may_be_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command for the key may wait for a person."""

    def may_ask(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", may_ask)
    result = run("shop", "--batch")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Cancelled. Nothing was written.\n")
    assert json.loads(run("shop", "--batch", "--format", "json").stdout)["batches"] == []


def test_where_no_model_may_be_asked_nothing_runs_before_that_is_said(
    run: Run, services: BulkServices, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def may_ask(self: InBatches, _settings: object, paths: list[Path]) -> bool:
        assert sorted(paths) == [folder / "shop" / "mail.py", folder / "shop" / "new.py"]
        self.objection = "Nobody has agreed."
        return False

    services.ranked = ranking(file(folder, "shop/mail.py"), to_measure=(folder / "shop" / "new.py",))
    monkeypatch.setattr("greenline.cli.in_batches.InBatches.may_ask", may_ask)

    result = run("shop", "--batch", "--top", "3")

    assert (result.exit_code, result.stderr) == (1, "Nobody has agreed.\n")
    assert services.suites_ran == []

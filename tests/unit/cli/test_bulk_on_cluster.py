"""``generate --executor dask``: what a cluster finds is written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline.domain.bulk.found import Found
from greenline.domain.bulk.plan import WorkUnit
from greenline.domain.code.model import Target
from greenline.ports.cluster import ClusterProblem
from greenline.ports.progress import Progress
from unit.cli.bulk_fakes import BulkServices
from unit.cli.bulk_runs import Run, lines, run, services

__all__ = ["run", "services"]  # fixtures


class Elsewhere:
    """Stands for OnCluster. What it finds it has from the services; ``lost_at`` is the file at which it is gone."""

    def __init__(self, services: BulkServices, lost_at: str = "") -> None:
        self.services = services
        self.lost_at = lost_at
        self.steps: list[str] = []

    async def begin(self, progress: Progress) -> None:
        progress.step("Sending")
        self.steps.append("begin")
        if self.lost_at == "begin":
            raise ClusterProblem("No worker has it.")

    async def __call__(self, unit: WorkUnit, progress: Progress) -> Found:
        self.steps.append(unit.path.stem)
        if unit.path.stem == self.lost_at:
            raise ClusterProblem("The scheduler is gone. What was done is kept.")
        made = await self.services.generate.generate(
            Target(unit.path), progress, engine="auto", only_for=unit.qualnames
        )
        return Found(unit.path, made.results, made.edit)

    async def end(self) -> None:
        self.steps.append("end")


@pytest.fixture
def elsewhere(services: BulkServices, monkeypatch: pytest.MonkeyPatch) -> Elsewhere:
    from greenline.cli import on_cluster

    found = Elsewhere(services)

    async def look_for(address: str) -> None:
        found.steps.append(address)

    monkeypatch.setattr(on_cluster, "look_for", look_for)
    monkeypatch.setattr(on_cluster, "OnCluster", lambda *_: found)
    return found


ON_CLUSTER = ("shop", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")


def test_what_a_cluster_finds_is_written_here_in_the_order_of_the_plan(
    run: Run, elsewhere: Elsewhere, folder: Path
) -> None:
    result = run(*ON_CLUSTER)
    assert result.exit_code == 0, result.output
    assert elsewhere.steps == ["tcp://127.0.0.1:1", "begin", "orders", "mail", "end"]
    assert {path.name for path in (folder / "tests").iterdir()} == {"test_orders.py", "test_mail.py"}


def test_where_the_cluster_is_lost_midway_what_was_done_stays_and_the_rest_is_done_without_it(
    run: Run, elsewhere: Elsewhere, folder: Path
) -> None:
    elsewhere.lost_at = "mail"
    result = run(*ON_CLUSTER)
    assert result.exit_code == 1
    assert "The scheduler is gone. What was done is kept." in result.stdout
    assert elsewhere.steps[-1] == "end"
    assert [path.name for path in (folder / "tests").iterdir()] == ["test_orders.py"]
    result = run("shop")
    assert result.exit_code == 0
    assert not [line for line in lines(result) if line.startswith("1/") and "shop/orders.py" in line]
    assert (folder / "tests" / "test_mail.py").is_file()


def test_where_the_cluster_cannot_begin_nothing_is_done(run: Run, elsewhere: Elsewhere, folder: Path) -> None:
    elsewhere.lost_at = "begin"
    result = run(*ON_CLUSTER)
    assert (result.exit_code, result.stderr) == (1, "Error: No worker has it.\n")
    assert elsewhere.steps[-1] == "end"
    assert not (folder / "tests").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--executor", "dask"), "--executor dask needs --scheduler ADDRESS"),
        (("--scheduler", "tcp://a:1"), "--scheduler is for --executor dask"),
        ((*ON_CLUSTER[1:], "--jobs", "2"), "--jobs is for this machine"),
        ((*ON_CLUSTER[1:], "--shard", "1/2", "--report", "r.json"), "both divide the work"),
        ((*ON_CLUSTER[1:], "--engine", "model"), "--engine model: models are asked from this machine only"),
        (
            (*ON_CLUSTER[1:], "--targets", "t.yaml"),
            "`engine: model` in t.yaml: models are asked from",
        ),
    ],
)
def test_what_does_not_go_with_a_cluster_is_refused(
    run: Run, folder: Path, arguments: tuple[str, ...], said: str
) -> None:
    (folder / "t.yaml").write_text("targets:\n  - {module: shop/mail.py, engine: model}\n")
    result = run("shop", *arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())

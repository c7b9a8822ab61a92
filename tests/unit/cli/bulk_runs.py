"""``greenline generate`` over two files of a shop, with fakes below the services."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
from greenline.domain.coverage.model import Ratio
from unit.cli.bulk_fakes import BulkServices, file, ranking

Run = Callable[..., Result]
NONE = Ratio(0, 0)


@pytest.fixture
def services(folder: Path) -> BulkServices:
    (folder / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    found = BulkServices()
    found.ranked = ranking(
        file(folder, "shop/orders.py", 9), file(folder, "shop/mail.py", hindered="draws on a display")
    )
    return found


@pytest.fixture
def run(services: BulkServices) -> Run:
    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(greenline, ["generate", *arguments], obj=Wiring(services), prog_name="greenline")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def lines(result: Result) -> list[str]:
    return [" ".join(line.split()) for line in result.stdout.splitlines() if line.strip()]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(folder: Path, services: BulkServices, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "Ada")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder

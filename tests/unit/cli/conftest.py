from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from greenline.cli.app import greenline
from greenline.cli.wiring import Wiring
from unit.cli.cli_fakes import SOURCE, FakeServices


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "prices.py").write_text(SOURCE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


@pytest.fixture
def services() -> FakeServices:
    return FakeServices()


@pytest.fixture
def run(services: FakeServices, folder: Path) -> Callable[..., Result]:
    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(greenline, list(arguments), obj=Wiring(services), prog_name="greenline")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke

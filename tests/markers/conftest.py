from __future__ import annotations

from pathlib import Path

import pytest

collect_ignore = ["samples"]  # they are what is looked at; their tests are run in copies of them


@pytest.fixture
def updates(request: pytest.FixtureRequest) -> bool:
    """Whether what the server says is to be written into the samples."""
    return bool(request.config.getoption("--update-markers"))


def samples() -> list[Path]:
    """Return the folder of each sample."""
    return sorted(path for path in (Path(__file__).parent / "samples").iterdir() if path.is_dir())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "sample" in metafunc.fixturenames:
        metafunc.parametrize("sample", samples(), ids=lambda path: path.name)

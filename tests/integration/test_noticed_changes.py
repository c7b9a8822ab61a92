"""A model's test that reaches nothing new, and notices a change of the code that no test noticed: it is kept."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.consent_file import consent_file
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.probes import Probes
from greenline.bootstrap import Lasting, build
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent
from greenline.services import noticed_changes
from greenline.settings import Settings

if TYPE_CHECKING:
    from model_server import ModelServer

SUMMER, STAFF = "SUMMER-26", "STAFF-7"
SOURCE = f'''\
"""What a code takes off."""

import hashlib


def discounted(code: str, cents: int) -> int:
    """Return the price of what costs so many cents."""
    known = hashlib.sha256(code.encode()).hexdigest()
    if known == "{hashlib.sha256(STAFF.encode()).hexdigest()}":
        return 0
    return cents - cents * (known == "{hashlib.sha256(SUMMER.encode()).hexdigest()}") // 4
'''


def proposed(name: str, code: str, cents: int, expected: int) -> dict[str, Any]:
    return {
        "name": name, "intent": "", "lines": [], "imports": ["from shop import discounted"], "suspected_bug": "",
        "code": f'def {name}():\n    assert discounted("{code}", {cents}) == {expected}\n',
    }  # fmt: skip


STAFFS = proposed("test_staff_pays_nothing", STAFF, 1000, 0)
SUMMERS = proposed("test_summer_is_a_quarter_less", SUMMER, 1000, 750)
AGAIN = proposed("test_summer_is_a_quarter_less_of_much", SUMMER, 8000, 6000)
OTHERS = proposed("test_others_pay_all", "WINTER", 1234, 1234)


def failing(root: Path) -> list[str]:
    """Run all tests as a person would; return the names of those that fail."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf"]
    ran = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=120)
    assert ran.returncode in {0, 1}, ran.stdout
    lines = [line for line in ran.stdout.splitlines() if line.startswith("FAILED")]
    return [line.partition("::")[2].partition(" ")[0] for line in lines]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATA", "CONFIG", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (root / "shop.py").write_text(SOURCE)
    return root


async def test_a_test_is_kept_for_a_change_that_it_alone_notices(
    root: Path, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noticed_changes, "SECONDS", 300.0)
    consent_file().allow(root, model_server.url)
    settings = Settings(
        interpreter=sys.executable, isolation="guard", model_enabled=True, model_base_url=model_server.url,
        model_name="model-a", model_refinement=False,
    )  # fmt: skip
    model_server.answers([STAFFS, SUMMERS, AGAIN, OTHERS])
    services = build(settings, DiskDocuments(), Lasting(probes=Probes(warm=True)))
    target = Target(root / "shop.py", qualname="discounted")
    generation = await services.generate.generate(target, Silent(), engine="auto")
    (result,) = generation.results
    said = "\n".join(result.model_notes)
    by_model = [name for name in result.tests if result.engines.get(name) == "model"]
    assert by_model == [STAFFS["name"], SUMMERS["name"]], said
    assert f"`{SUMMERS['name']}` notices " in said
    assert "of the code that no test noticed (line 11: " in said
    assert "nothing is reached by" in said, "the others are left out, and counted"
    assert generation.edit is not None
    generation.edit.path.write_text(generation.edit.new_text)
    assert failing(root) == []
    (root / "shop.py").write_text(SOURCE.replace("(known ==", "(known !="))
    assert SUMMERS["name"] in failing(root)

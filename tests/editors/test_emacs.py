"""A real Emacs with eglot against the real server: diagnostics, and the code action that writes the test."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.discounts import HALF, PASSWORD, write_project
from editors.real_editors import EDITORS, HERE, REPOSITORY, documented, environment, not_set_up

if TYPE_CHECKING:
    from model_server import ModelServer

pytestmark = pytest.mark.e2e

SCENARIO_SECONDS = 180
CLIENT = REPOSITORY / "editors" / "emacs" / "greenline.el"
SNIPPET = '(add-to-list \'eglot-server-programs \'((python-mode python-ts-mode) "greenline" "lsp"))'
ROOT = '(setq project-vc-extra-root-markers \'("pyproject.toml"))'
"""For projects that are in no repository: else each folder is a project of its own to Emacs."""


@pytest.fixture
def emacs() -> Path:
    program = EDITORS / "emacs" / "emacs"
    if not program.exists():
        not_set_up("Emacs", "setup_emacs.sh")
    return program


@pytest.mark.parametrize("where", ["tracking.parse_header", "address.tidy_postcode"])
def test_with_greenlines_file(
    emacs: Path, project: Path, tmp_path: Path, installed: dict[str, str], where: str
) -> None:
    module, function = where.split(".")
    test_file = project / "tests" / f"test_{module}.py"
    is_new = not test_file.exists()
    endless = project / "src" / "parcels" / "wild.py"
    endless.write_text("def loops(number):\n    while True:\n        number += 1\n", encoding="utf-8")

    told = play(
        emacs,
        tmp_path,
        installed,
        load=str(CLIENT),
        snippet=ROOT,
        file=str(project / "src" / "parcels" / f"{module}.py"),
        endless=str(endless),
        title=f"Generate test for `{function}`",
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert str(told["gap"]) == min((gap.partition(":")[0] for gap in told["before"]), key=int)
    assert re.search(r"\*\*interpreter\*\*: Python 3\.\d+", told["status"])
    assert told["unsaved"] == []
    assert f"{function}(" in test_file.read_text(encoding="utf-8")
    assert [bool(re.search(r"May Greenline create .*\?", question)) for question in told["asked"]] == [True] * is_new
    assert not list(project.rglob("test_wild.py"))


def test_with_one_line_of_configuration(emacs: Path, project: Path, tmp_path: Path, installed: dict[str, str]) -> None:
    test_file = project / "tests" / "test_tracking.py"
    before = test_file.read_text(encoding="utf-8")

    told = play(
        emacs,
        tmp_path,
        installed,
        snippet=f"(progn {ROOT} {SNIPPET})",
        file=str(project / "src" / "parcels" / "tracking.py"),
        title="Generate test for `parse_header`",
    )

    assert told["step"] == "done", json.dumps(told, indent=1)
    # Eglot asks before it edits a file that is not open, and leaves it to the person to save the buffer.
    assert told["unsaved"] == ["test_tracking.py"]
    assert ["Server wants to edit" in question for question in told["asked"]] == [True]
    assert test_file.read_text(encoding="utf-8") == before


def test_a_model_is_asked_after_a_yes_and_its_cost_is_told(
    emacs: Path, tmp_path: Path, installed: dict[str, str], model_server: ModelServer
) -> None:
    model_server.answers([HALF])
    file = write_project(tmp_path / "project")

    answers = ["Yes", "Ask a Model", "Show Details", "Allow"]
    told = _play_a_model(emacs, file, installed, model_server, "emacs_model.el", answers=answers)

    assert told["step"] == "done", json.dumps(told, indent=1)
    assert 'raise ValueError("a price is not negative")' in told["request"]
    assert PASSWORD not in told["request"]
    _, offer, terms, again = told["asked"]
    assert "Ask a model for what is left of discount?" in offer
    assert model_server.url in terms
    assert again == terms
    assert f"def {HALF['name']}(" in (file.parent / "tests" / "test_discounts.py").read_text(encoding="utf-8")
    assert "Models cost today: 1 request, " in told["messages"]


def test_after_a_no_no_model_is_asked(
    emacs: Path, tmp_path: Path, installed: dict[str, str], model_server: ModelServer
) -> None:
    file = write_project(tmp_path / "project")
    answers = ["Yes", "Ask a Model", "Not now"]
    told = _play_a_model(emacs, file, installed, model_server, "emacs_model.el", answers=answers)
    assert told["step"] == "done", json.dumps(told, indent=1)
    assert model_server.requests == []


def test_only_a_yes_is_a_yes(emacs: Path, tmp_path: Path, installed: dict[str, str], model_server: ModelServer) -> None:
    file = write_project(tmp_path / "project")
    keys = ["RET", "C-g", "n RET", "a l l RET"]
    told = _play_a_model(emacs, file, installed, model_server, "emacs_answers.el", keys=keys)
    assert told["step"] == "done", json.dumps(told, indent=1)
    *others, yes = told["ends"]
    assert others == ["Nothing of project is sent."] * 3
    assert yes.startswith("Source of project may be sent to ")


def _play_a_model(
    emacs: Path, file: Path, variables: dict[str, str], model: ModelServer, lisp: str, **given: list[str]
) -> dict[str, Any]:
    settings = f'(:enabled t :baseUrl "{model.url}" :name "model-a")'
    configuration = f'(:greenline (:model {settings} :isolation (:level "guard")))'
    homes = {f"XDG_{kind}_HOME": str(file.parent.parent / kind.lower()) for kind in ("CONFIG", "DATA", "CACHE")}
    return play(
        emacs,
        file.parent.parent,
        variables | homes,
        lisp,
        load=str(CLIENT),
        snippet=f"(progn {ROOT} (setq-default eglot-workspace-configuration '{configuration}))",
        file=str(file),
        **given,
    )


def test_with_the_lines_of_the_readme(emacs: Path, kinds: Path, tmp_path: Path, installed: dict[str, str]) -> None:
    lines = documented("README.md", "**Emacs** 30")
    assert len(lines.splitlines()) <= 5
    (tmp_path / "home" / "src").mkdir(parents=True)
    (tmp_path / "home" / "src" / "greenline").symlink_to(REPOSITORY)
    told = play(
        emacs, tmp_path, installed, "emacs_readme.el", snippet=f"(progn {lines})", file=str(kinds / "orders.py")
    )
    assert told["step"] == "done", json.dumps(told, indent=1)
    assert "greenline-generate-test" in told["commands"]


def test_the_documented_lines_are_those_that_are_tried() -> None:
    page = (REPOSITORY / "docs" / "editors.md").read_text(encoding="utf-8")
    assert SNIPPET in page
    assert ROOT in page


def play(
    emacs: Path, folder: Path, variables: dict[str, str], lisp: str = "emacs_scenario.el", **scenario: Any
) -> dict[str, Any]:
    """Run the scenario and return what it told."""
    output, given = folder / "told.json", folder / "scenario.json"
    scenario |= {"output": str(output), "limit_seconds": SCENARIO_SECONDS // 3}
    given.write_text(json.dumps(scenario), encoding="utf-8")
    home = folder / "home"
    home.mkdir(exist_ok=True)
    run = subprocess.run(
        [emacs, "--batch", "-Q", "--load", HERE / lisp],
        env={**environment(), **variables, "HOME": str(home), "GREENLINE_SCENARIO": str(given)},
        capture_output=True,
        text=True,
        timeout=SCENARIO_SECONDS,
        check=False,
    )
    assert output.exists(), run.stdout + run.stderr
    told: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    told["terminal"] = run.stdout + run.stderr
    return told

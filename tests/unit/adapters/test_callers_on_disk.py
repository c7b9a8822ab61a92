from __future__ import annotations

from pathlib import Path

import pytest

from greenline.adapters.callers_on_disk import CallersOnDisk
from greenline.ports.project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    files = {
        "shop/__init__.py": "",
        "shop/codes.py": "def state(code): ...\n",
        "shop/near.py": "from .codes import state\nstate(1)\n",
        "shop/silent.py": "state = 3\n",
        "other/far.py": "from shop.codes import state\nstate(2)\n",
        "other/unlike.py": "def state(code): ...\n",
        "tests/test_all.py": "from shop import state\nstate(3)\n",
        "tests/test_codes.py": "from shop.codes import state\nstate(4)\n",
        "README.md": "Use it:\n\n```python\nstate('readme')\n```\n",
        "docs/use.rst": ">>> state('docs')\n'x'\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return Project(tmp_path, tmp_path / "pyproject.toml", (tmp_path,), (tmp_path / "tests",))


def found(project: Project, finder: CallersOnDisk, **unsaved: str) -> list[str]:
    path = project.root / "shop" / "codes.py"
    texts = {project.root / name.replace("__", "/"): text for name, text in unsaved.items()}
    return [c.module for c in finder.callers_of(project, path, "shop.codes", {"state"}, texts)]


def test_the_nearest_come_first_and_those_that_mention_nothing_not_at_all(project: Project) -> None:
    assert found(project, CallersOnDisk()) == [
        "shop.codes", "shop.near", "tests.test_codes", "tests.test_all", "other.far", "documents", "documents",
    ]  # fmt: skip


def test_what_tests_are_is_known(project: Project) -> None:
    path = project.root / "shop" / "codes.py"
    callers = CallersOnDisk().callers_of(project, path, "shop.codes", {"state"}, {})
    assert [c.module for c in callers if c.is_test] == ["tests.test_codes", "tests.test_all", "documents", "documents"]
    assert callers[-2].text == "from shop.codes import *\nstate('readme')"


def test_an_unsaved_text_wins(project: Project) -> None:
    path = project.root / "shop" / "near.py"
    callers = CallersOnDisk().callers_of(
        project, project.root / "shop" / "codes.py", "shop.codes", {"state"}, {path: "from shop.codes import state"}
    )
    assert callers[1].text == "from shop.codes import state"


def test_a_big_workspace_costs_no_more(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("a", "b"):
        (project.root / folder).mkdir()
        for number in range(300):
            (project.root / folder / f"mod_{number}.py").write_text("import shop.codes\n")
    opened: list[Path] = []
    real = Path.open

    def counted(self: Path, *args: str, **more: str) -> object:
        opened.append(self)
        return real(self, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", counted)
    names = found(project, CallersOnDisk(opened=20))

    assert len([p for p in opened if p.suffix == ".py"]) == 20
    assert names[:4] == ["shop.codes", "shop.near", "tests.test_codes", "tests.test_all"]


@pytest.mark.parametrize(("limits", "count"), [({"found": 2}, 2), ({"entries": 0}, 1), ({"opened": 1}, 1)])
def test_each_limit_holds(project: Project, limits: dict[str, int], count: int) -> None:
    assert len([m for m in found(project, CallersOnDisk(**limits)) if m != "documents"]) == count


def test_what_cannot_be_read_is_passed_over(project: Project) -> None:
    (project.root / "shop" / "near.py").unlink()
    (project.root / "shop" / "near.py").symlink_to(project.root / "nowhere.py")
    assert "shop.near" not in found(project, CallersOnDisk())


def test_outside_a_project_the_folder_alone_is_looked_at(project: Project) -> None:
    loose = Project(project.root, None, (project.root,), ())
    assert found(loose, CallersOnDisk()) == ["shop.codes", "shop.near"]

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.test_layout import TestLayoutOnDisk
from greenline.domain.code.imported_names import imported_names

if TYPE_CHECKING:
    from greenline.domain.generation.place import Placement


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in {"pyproject.toml": "", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def placed(root: Path, source: str, files: dict[str, str], thing: str = "") -> tuple[str, Placement]:
    tree(root, {source: "", **files})
    project = ProjectFiles(home=root.parent).project_of(root / source)
    placement = TestLayoutOnDisk().test_file_for(project, root / source, thing)
    assert placement.exists == placement.path.exists()
    return placement.path.relative_to(root).as_posix(), placement


PARCELS = {
    "parcels/__init__.py": "",
    "parcels/cli.py": "",
    "parcels/rates/__init__.py": "",
    "parcels/rates/zones.py": "",
}
USES_CORE = "from parcels.core import parse\n"


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        pytest.param(
            {"tests/test_core.py": USES_CORE, "tests/test_all.py": USES_CORE}, "tests/test_core.py", id="named"
        ),
        pytest.param({"tests/core_test.py": USES_CORE}, "tests/core_test.py", id="named, other style"),
        pytest.param({"tests/test_parsing.py": USES_CORE}, "tests/test_parsing.py", id="the only one that imports"),
        pytest.param(
            {"tests/test_x.py": "from parcels import (\n  cli,\n  core)\n"}, "tests/test_x.py", id="from package"
        ),
        pytest.param({"tests/test_x.py": "import os, parcels.core as c\n"}, "tests/test_x.py", id="import as"),
        pytest.param({"tests/test_core.py": ""}, "tests/test_core.py", id="by its name alone"),
        pytest.param({"tests/parcels/test_core.py": ""}, "tests/parcels/test_core.py", id="by its name in a mirror"),
        pytest.param({"tests/test_parcels_core.py": USES_CORE}, "tests/test_parcels_core.py", id="long name"),
        pytest.param(
            {"parcels/tests/__init__.py": "", "parcels/tests/test_c.py": "from ..core import parse\n"},
            "parcels/tests/test_c.py",
            id="relative import",
        ),
    ],
)
def test_a_file_that_tests_the_module_already(tmp_path: Path, tests: dict[str, str], expected: str) -> None:
    path, placement = placed(tmp_path, "parcels/core.py", {**PARCELS, **tests})
    assert path == expected
    assert placement.exists
    assert placement.reason.startswith(expected)


def test_the_reason_is_a_sentence_for_the_person(tmp_path: Path) -> None:
    _, placement = placed(tmp_path, "parcels/core.py", {**PARCELS, "tests/test_core.py": USES_CORE})
    assert placement.reason == "tests/test_core.py imports parcels.core already"


@pytest.mark.parametrize(
    ("source", "tests", "expected"),
    [
        pytest.param("parcels/core.py", {}, "tests/test_core.py", id="no tests at all"),
        pytest.param("parcels/core.py", {"test/notes.txt": ""}, "test/test_core.py", id="an empty test folder"),
        pytest.param("parcels/core.py", {"tests/test_cli.py": ""}, "tests/test_core.py", id="flat"),
        pytest.param("parcels/core.py", {"tests/cli_test.py": ""}, "tests/core_test.py", id="flat, other style"),
        pytest.param("parcels/core.py", {"tests/unit/test_cli.py": ""}, "tests/unit/test_core.py", id="unit"),
        pytest.param("parcels/core.py", {"tests/parcels/test_cli.py": ""}, "tests/parcels/test_core.py", id="mirror"),
        pytest.param(
            "parcels/rates/fuel.py", {"tests/rates/test_zones.py": ""}, "tests/rates/test_fuel.py", id="mirror inside"
        ),
        pytest.param(
            "parcels/core.py", {"tests/rates/test_zones.py": ""}, "tests/test_core.py", id="mirror inside, upwards"
        ),
        pytest.param(
            "parcels/rates/fuel.py",
            {"tests/unit/test_zones.py": ""},
            "tests/unit/test_fuel.py",
            id="flat for deep ones",
        ),
        pytest.param(
            "parcels/rates/fuel.py",
            {"tests/test_cli.py": "", "tests/rates/data.txt": ""},
            "tests/rates/test_fuel.py",
            id="the mirror's folder is there",
        ),
        pytest.param("parcels/core.py", {"parcels/tests/test_cli.py": ""}, "parcels/tests/test_core.py", id="inside"),
        pytest.param(
            "parcels/rates/fuel.py",
            {"parcels/tests/test_cli.py": ""},
            "parcels/rates/tests/test_fuel.py",
            id="inside each",
        ),
        pytest.param("parcels/core.py", {"parcels/test_cli.py": ""}, "parcels/test_core.py", id="beside"),
        pytest.param("parcels/core.py", {"tests/test_end_to_end.py": ""}, "tests/test_core.py", id="unknown subjects"),
        pytest.param("parcels/_core.py", {}, "tests/test_core.py", id="private"),
        pytest.param("parcels/__main__.py", {}, "tests/test_main.py", id="main"),
        pytest.param("src/letters/core.py", {"src/letters/__init__.py": ""}, "tests/test_core.py", id="src"),
        pytest.param("script.py", {}, "tests/test_script.py", id="top level"),
        pytest.param("script.py", {"other.py": "", "test_other.py": ""}, "test_script.py", id="top level, beside"),
    ],
)
def test_a_new_file_goes_where_the_others_are(
    tmp_path: Path, source: str, tests: dict[str, str], expected: str
) -> None:
    path, placement = placed(tmp_path, source, {**PARCELS, **tests})
    assert (path, placement.exists) == (expected, False)
    assert placement.reason.startswith(f"{expected} is new: ")


def test_the_package_itself_has_its_name(tmp_path: Path) -> None:
    assert placed(tmp_path, "parcels/__init__.py", {})[0] == "tests/test_parcels.py"


def test_a_file_about_another_module_is_left_alone(tmp_path: Path) -> None:
    tests = {"tests/test_cli.py": "from parcels import cli\nfrom parcels.core import parse\n"}
    assert placed(tmp_path, "parcels/core.py", {**PARCELS, **tests})[0] == "tests/test_core.py"


def test_several_that_import_it_and_none_named_after_it(tmp_path: Path) -> None:
    tests = {"tests/test_a.py": USES_CORE, "tests/test_b.py": USES_CORE}
    assert placed(tmp_path, "parcels/core.py", {**PARCELS, **tests})[0] == "tests/test_core.py"


def test_two_modules_of_one_name_in_a_flat_layout(tmp_path: Path) -> None:
    files = {**PARCELS, "parcels/rates/cli.py": "", "tests/test_zones.py": ""}
    path, placement = placed(tmp_path, "parcels/rates/cli.py", files)
    assert path == "tests/test_rates_cli.py"
    assert "parcels.cli has the same name" in placement.reason


def test_a_public_module_comes_before_a_private_one_of_its_name(tmp_path: Path) -> None:
    files = {**PARCELS, "parcels/core.py": "", "parcels/_core.py": ""}
    assert placed(tmp_path, "parcels/core.py", files)[0] == "tests/test_core.py"
    assert placed(tmp_path, "parcels/_core.py", files)[0] == "tests/test_parcels_core.py"


def test_a_file_of_that_name_tests_another_module(tmp_path: Path) -> None:
    files = {**PARCELS, "parcels/rates/cli.py": "", "tests/test_cli.py": "from parcels.cli import run\n"}
    assert placed(tmp_path, "parcels/rates/cli.py", files)[0] == "tests/test_rates_cli.py"


def test_one_base_name_twice_needs_packages(tmp_path: Path) -> None:
    files = {
        **PARCELS,
        "parcels/rates/cli.py": "",
        "tests/test_cli.py": "from parcels.cli import run\n",
        "tests/rates/test_zones.py": "from parcels.rates.zones import zone\n",
    }
    path, placement = placed(tmp_path, "parcels/rates/cli.py", files)
    assert path == "tests/rates/test_rates_cli.py"
    assert "pytest wants another name than that of tests/test_cli.py" in placement.reason

    for folder in ("tests", "tests/rates"):
        (tmp_path / folder / "__init__.py").write_text("")
    assert placed(tmp_path, "parcels/rates/cli.py", {})[0] == "tests/rates/test_cli.py"


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ("check_*.py", "check_core.py"),
        ("*_spec.py other_*.py", "core_spec.py"),
        ("test*.py", "test_core.py"),
        ("*.py", "test_core.py"),
    ],
)
def test_pytest_must_collect_the_new_file(tmp_path: Path, patterns: str, expected: str) -> None:
    settings = {"pyproject.toml": f'[tool.pytest.ini_options]\npython_files = "{patterns}"\n'}
    assert placed(tmp_path, "parcels/core.py", {**PARCELS, **settings})[0] == f"tests/{expected}"


def test_outside_any_project_it_is_beside_the_source(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("")
    project = ProjectFiles(home=tmp_path).project_of(tmp_path / "script.py")
    placement = TestLayoutOnDisk().test_file_for(project, tmp_path / "script.py")
    assert project.marker is None
    assert placement.path == tmp_path / "test_script.py"
    assert "belongs to no project" in placement.reason


def test_environments_are_not_looked_into(tmp_path: Path) -> None:
    files = {"env2/pyvenv.cfg": "", "env2/lib/tests/test_core.py": USES_CORE, ".venv/x/test_core.py": USES_CORE}
    assert placed(tmp_path, "parcels/core.py", {**PARCELS, **files})[0] == "tests/test_core.py"


def test_the_cost_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"tests/test_{number:03}.py": "" for number in range(60)}
    tree(tmp_path, {**PARCELS, "parcels/core.py": "", **many, "tests/test_core.py": USES_CORE})
    opened: list[Path] = []
    real_open = Path.open

    def counted(path: Path, *args: str) -> object:
        opened.append(path)
        return real_open(path, *args)

    project = ProjectFiles(home=tmp_path.parent).project_of(tmp_path / "parcels/core.py")
    monkeypatch.setattr(Path, "open", counted)
    assert TestLayoutOnDisk(read=5).test_file_for(project, tmp_path / "parcels/core.py").path.name == "test_core.py"
    assert len(opened) == 5
    assert not TestLayoutOnDisk(entries=0).test_file_for(project, tmp_path / "parcels/core.py").exists


@pytest.mark.parametrize(
    ("text", "package", "expected"),
    [
        ("import a.b, c as d", "", {"a", "a.b", "c"}),
        ("from a.b import (c, # x\n  d as e)", "", {"a.b", "a.b.c", "a.b.d"}),
        ("from . import x", "pkg.tests", {"pkg.tests", "pkg.tests.x"}),
        ("from ..core import x", "pkg.tests", {"pkg.core", "pkg.core.x"}),
        ("from ...far import x", "", {"far", "far.x"}),
        ("def f(:\n    import late  # yes", "", {"late"}),
        ("'from x import'", "", set()),
        ("from p import (\n  a,  # the (first) one\n  b,\n)", "", {"p", "p.a", "p.b"}),
        ("from p import (a, # not )\n  b)", "", {"p", "p.a", "p.b"}),
        ("from p import a, \\\n    b", "", {"p", "p.a", "p.b"}),
        ("from \\\r\n  p \\\r\n  import a\r\n", "", {"p", "p.a"}),
        ("import a, \\\n   b", "", {"a", "b"}),
        ("import a; import b", "", {"a", "b"}),
        ("from p import a; from p import b", "", {"p", "p.a", "p.b"}),
        ("try: import b\nexcept ImportError: b = None", "", {"b"}),
        ("if True: from x import y", "", {"x", "x.y"}),
        ("from.core import(x)", "pkg", {"pkg.core", "pkg.core.x"}),
        ("from .import x", "pkg", {"pkg", "pkg.x"}),
        ("from p import (\n  a,\nfrom q import b", "", {"p", "p.a", "q", "q.b", "p.from"}),
        ("import a\rimport b", "", {"a", "b"}),
        ("from import x", "", {"x"}),
    ],
)
def test_imports_are_read_even_from_broken_files(text: str, package: str, expected: set[str]) -> None:
    assert imported_names(text, package) == expected

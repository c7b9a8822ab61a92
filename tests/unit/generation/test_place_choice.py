"""Which of several files that import a module its tests go to, and what a new file is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.test_layout import TestLayoutOnDisk
from greenline.domain.code.imported_names import imported_for_all
from greenline.domain.generation.surroundings import stem_in_name
from unit.generation.test_place import PARCELS, USES_CORE, placed, tree

METRIC = {
    "metric/__init__.py": "from metric.duration import Duration\n",
    "metric/duration.py": "class Duration: ...\n",
    "metric/mass.py": "",
    "metric/store.py": "",
}


def test_a_file_named_after_the_module_needs_to_import_only_its_package(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_duration.py": "from metric import Duration\n",
        "tests/test_pickle.py": "import pickle\n\ndef test_it():\n    from metric.duration import Duration\n",
    }
    path, placement = placed(tmp_path, "metric/duration.py", files)
    assert path == "tests/test_duration.py"
    assert placement.reason == f"{path} is named after metric.duration and imports metric"


def test_what_one_test_imports_for_itself_does_not_make_the_file_about_it(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_mass.py": "",
        "tests/test_pickle.py": "from metric.store import load, save\n\ndef test_it():\n"
        "    from metric.duration import Duration\n",
    }
    assert placed(tmp_path, "metric/duration.py", files)[0] == "tests/test_duration.py"


def test_a_file_that_imports_for_its_tests_only_may_still_be_the_one(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_mass.py": "",
        "tests/test_times.py": "def test_it():\n    from metric.duration import Duration\n",
    }
    path, placement = placed(tmp_path, "metric/duration.py", files)
    assert path == "tests/test_times.py"
    assert placement.reason == f"{path} is the only test file that imports metric.duration"


def test_the_share_of_what_a_file_imports_decides_between_several(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_all.py": "from metric import duration, mass, store\n",
        "tests/test_times.py": "from metric.duration import Duration, minutes\nfrom metric import store\n",
        "tests/test_kilos.py": "from metric.mass import Mass\nfrom metric import duration\n",
    }
    path, placement = placed(tmp_path, "metric/duration.py", files)
    assert path == "tests/test_times.py"
    assert placement.reason == f"{path} is mostly about metric.duration"


def test_of_several_files_about_nothing_else_none_is_guessed(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_adding.py": "from metric.duration import Duration\n",
        "tests/test_printing.py": "from metric.duration import Duration, minutes\n",
    }
    assert placed(tmp_path, "metric/duration.py", files)[0] == "tests/test_duration.py"


def test_half_of_what_a_file_imports_is_not_most_of_it(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_backend.py": "from metric import Duration, duration\n",
        "tests/test_mass.py": "from metric.mass import Mass\n",
    }
    assert placed(tmp_path, "metric/duration.py", files)[0] == "tests/test_duration.py"


def test_what_is_imported_from_a_package_does_not_make_a_file_about_its_own_module(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/test_threads.py": "from metric import Duration, Mass\n",
        "tests/test_mass.py": "from metric.mass import Mass\n",
    }
    assert placed(tmp_path, "metric/__init__.py", files)[0] == "tests/test_metric.py"


def test_tests_outside_of_the_project_are_no_example(tmp_path: Path) -> None:
    outside = {
        "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = "tests"\n',
        "tests/unit/test_a.py": "",
        "tests/unit/test_b.py": "",
    }
    inner = {"inner/setup.py": "", "inner/core.py": "", "inner/test_other.py": "", "inner/other.py": ""}
    tree(tmp_path, {**outside, **inner})
    source = tmp_path / "inner" / "core.py"
    placement = TestLayoutOnDisk().test_file_for(ProjectFiles(home=tmp_path).project_of(source), source)
    assert placement.path == tmp_path / "inner" / "test_core.py"


def test_what_tests_share_is_no_code_under_test(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/__init__.py": "",
        "tests/common.py": "",
        "tests/test_mass.py": "",
        "tests/test_times.py": "from metric.duration import Duration\nfrom .common import a, b, c\n",
    }
    assert placed(tmp_path, "metric/duration.py", files)[0] == "tests/test_times.py"


def test_the_only_test_file_of_a_project_holds_all_its_tests(tmp_path: Path) -> None:
    files = {**METRIC, "tests/test_everything.py": "from metric import duration, mass, store\n"}
    path, placement = placed(tmp_path, "metric/duration.py", files)
    assert path == "tests/test_everything.py"
    assert placement.reason == f"{path} is the project's only test file and imports metric.duration"


def test_tests_that_take_several_modules_together_are_no_place_for_those_of_one(tmp_path: Path) -> None:
    files = {
        **METRIC,
        "tests/integration/test_duration.py": "from metric.duration import Duration\n",
        "tests/unit/test_duration.py": "from metric.duration import Duration\n",
        "tests/e2e/test_year.py": "from metric.mass import Mass\n",
        "tests/unit/test_store.py": "from metric.store import load\n",
    }
    assert placed(tmp_path, "metric/duration.py", files)[0] == "tests/unit/test_duration.py"
    assert placed(tmp_path, "metric/mass.py", {})[0] == "tests/unit/test_mass.py"


def test_a_folder_of_that_name_is_an_ordinary_one_where_the_source_has_it(tmp_path: Path) -> None:
    files = {
        **PARCELS,
        "parcels/system/__init__.py": "",
        "parcels/system/clock.py": "",
        "tests/system/test_clock.py": "from parcels.system.clock import now\n",
        "tests/test_cli.py": "from parcels import cli\n",
    }
    assert placed(tmp_path, "parcels/system/lock.py", files)[0] == "tests/system/test_lock.py"


LONG = {
    "tests/test_cli.py": "from parcels import cli\n",
    "tests/test_rates_zones.py": "from parcels.rates.zones import zone\n",
    "tests/test_rates_fuel.py": "from parcels.rates import fuel\n",
    "parcels/rates/fuel.py": "",
}


def test_names_have_as_many_parts_as_those_of_the_other_files(tmp_path: Path) -> None:
    assert placed(tmp_path, "parcels/rates/tolls.py", {**PARCELS, **LONG})[0] == "tests/test_rates_tolls.py"
    assert placed(tmp_path, "parcels/core.py", {})[0] == "tests/test_core.py"
    packages = {"parcels/eu/__init__.py": "", "parcels/eu/rates/__init__.py": ""}
    assert placed(tmp_path, "parcels/eu/rates/tolls.py", packages)[0] == "tests/test_eu_rates_tolls.py"


def test_names_have_the_package_where_the_others_have_it(tmp_path: Path) -> None:
    files = {
        "tests/test_parcels_cli.py": "from parcels import cli\n",
        "tests/test_parcels_rates_zones.py": "from parcels.rates.zones import zone\n",
    }
    assert placed(tmp_path, "parcels/rates/fuel.py", {**PARCELS, **files})[0] == "tests/test_parcels_rates_fuel.py"
    assert placed(tmp_path, "parcels/core.py", {})[0] == "tests/test_parcels_core.py"


@pytest.mark.parametrize(
    "addopts", ['"-ra --import-mode=importlib"', '["-ra", "--import-mode=importlib"]', '["--import-mode", "importlib"]']
)
def test_equal_names_in_two_folders_are_fine_where_no_test_imports_another(tmp_path: Path, addopts: str) -> None:
    files = {
        **PARCELS,
        "pyproject.toml": f"[tool.pytest.ini_options]\naddopts = {addopts}\n",
        "tests/test_cli.py": "from parcels.cli import run\n",
        "tests/rates/test_zones.py": "from parcels.rates.zones import zone\n",
    }
    assert placed(tmp_path, "parcels/rates/cli.py", files)[0] == "tests/rates/test_cli.py"


def test_a_file_in_another_modules_folder_is_not_taken_for_its_twin(tmp_path: Path) -> None:
    files = {
        **PARCELS,
        "parcels/eu/cli.py": "",
        "parcels/rates/cli.py": "",
        "tests/eu/test_cli.py": "import parcels\n",
        "tests/rates/test_zones.py": "from parcels.rates.zones import zone\n",
    }
    path, _ = placed(tmp_path, "parcels/rates/cli.py", files)
    assert path == "tests/rates/test_rates_cli.py"


def test_a_namespace_is_left_off_with_the_package(tmp_path: Path) -> None:
    files = {
        "src/tram/cars/__init__.py": "",
        "src/tram/cars/seats.py": "",
        "src/tram/cars/parts/brakes.py": "",
        "src/tram/cars/parts/__init__.py": "",
        "tests/test_seats.py": "from tram.cars.seats import seats\n",
        "tests/parts/test_brakes.py": "from tram.cars.parts.brakes import metres\n",
    }
    assert placed(tmp_path, "src/tram/cars/parts/doors.py", files)[0] == "tests/parts/test_doors.py"
    assert placed(tmp_path, "src/tram/cars/lights.py", {})[0] == "tests/test_lights.py"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a\n\ndef f():\n    import b\n", {"a"}),
        ("def f():\n    from b import (c,\n        d)\nfrom e import (\n    f,\n)\n", {"e", "e.f"}),
        ("try:\n\timport a\nexcept ImportError:\n\ta = None\n", set()),
        (USES_CORE, {"parcels.core", "parcels.core.parse"}),
    ],
)
def test_imports_of_the_whole_file_stand_at_the_margin(text: str, expected: set[str]) -> None:
    assert imported_for_all(text, "") == expected


@pytest.mark.parametrize(
    ("name", "patterns", "stem"),
    [
        ("test_core.py", (), "core"),
        ("core_test.py", (), "core"),
        ("core_tests.py", (), "core"),
        ("test__core.py", (), "core"),
        ("tests.py", (), "tests"),
        ("check_core.py", (), "check_core"),
        ("check_core.py", ("test_*.py", "check_*.py"), "core"),
        ("core_spec.py", ("*_spec.py",), "core"),
        ("testcore.py", ("test*.py",), "core"),
        ("test_core.py", ("test*.py", "*.py"), "core"),
        ("check_core.py", ("tests/check_*.py",), "core"),
        ("check_core.py", ("check_[a-c]*.py", "c*_*.py"), "check_core"),
    ],
)
def test_what_a_test_file_is_named_after(name: str, patterns: tuple[str, ...], stem: str) -> None:
    assert stem_in_name(Path("tests", name), patterns) == stem


def test_names_of_the_projects_own_pattern_count(tmp_path: Path) -> None:
    files = {
        **PARCELS,
        "pyproject.toml": '[tool.pytest.ini_options]\npython_files = "check_*.py"\ntestpaths = "checks"\n',
        "checks/check_cli.py": "from parcels import cli, core\n",
        "checks/rates/check_zones.py": "from parcels.rates.zones import zone\n",
    }
    path, placement = placed(tmp_path, "parcels/cli.py", files)
    assert placement.reason == f"{path} imports parcels.cli already"
    assert placed(tmp_path, "parcels/rates/fuel.py", files)[0] == "checks/rates/check_fuel.py"


@pytest.mark.parametrize(
    ("testpaths", "expected"),
    [
        ("src tests", "tests/test_core.py"),
        (". src tests", "tests/test_core.py"),
        ("src", "src/test_core.py"),
        ("src/parcels/checks src", "src/parcels/checks/test_core.py"),
    ],
)
def test_the_first_test_does_not_go_where_only_documented_examples_are_run(
    tmp_path: Path, testpaths: str, expected: str
) -> None:
    settings = f'[tool.pytest.ini_options]\naddopts = "--doctest-modules"\ntestpaths = "{testpaths}"\n'
    files = {
        "pyproject.toml": settings,
        "src/parcels/__init__.py": "",
        "src/parcels/core.py": "",
        "src/parcels/checks/data.txt": "",
        "tests/__init__.py": "",
    }
    assert placed(tmp_path, "src/parcels/core.py", files)[0] == expected


THINGS = {
    **METRIC,
    "metric/_parse.py": "",
    "tests/test_mass.py": "from metric.mass import Mass\n",
    "tests/test_leap_year.py": "from metric import LeapYear\n",
    "tests/test_parse.py": "from metric import parse\nfrom metric._parse import read\n",
    "tests/test_minutes.py": "from metric.duration import minutes\n",
    "tests/test_hours.py": "def test_it():\n    from metric.duration import hours\n",
    "tests/test_days.py": "from elsewhere import days\n",
}


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        ("minutes", "tests/test_minutes.py"),
        ("LeapYear", "tests/test_leap_year.py"),
        ("parse", "tests/test_duration.py"),
        ("hours", "tests/test_duration.py"),
        ("days", "tests/test_duration.py"),
        ("", "tests/test_duration.py"),
    ],
)
def test_a_function_or_class_may_have_a_file_of_its_own(tmp_path: Path, thing: str, expected: str) -> None:
    files = {**THINGS, "tests/test_duration.py": "from metric import Duration\n"}
    path, placement = placed(tmp_path, "metric/duration.py", files, thing)
    assert path == expected
    if path != "tests/test_duration.py":
        assert placement.reason == f"{path} is named after {thing} and imports it"

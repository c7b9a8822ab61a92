"""Where each tool keeps a project's environment: names and folders as the tools themselves make them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters import environments, environments_of_tools
from greenline.adapters.environments import Place
from greenline.adapters.environments_of_tools import of_tools
from greenline.adapters.environments_of_versions import of_versions
from greenline.ports.project import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="folders as they are on Linux")

VARIABLES = (
    "VIRTUAL_ENV", "CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_EXE", "CONDA_ENVS_PATH", "CONDA_ENVS_DIRS",
    "MAMBA_ROOT_PREFIX", "PYENV_ROOT", "PYENV_VERSION", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON_INSTALL_DIR",
    "POETRY_CONFIG_DIR", "POETRY_CACHE_DIR", "POETRY_VIRTUALENVS_PATH", "HATCH_DATA_DIR", "HATCH_CONFIG",
    "WORKON_HOME", "PIPENV_CUSTOM_VENV_NAME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
)  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    return folder


@pytest.fixture
def root(home: Path) -> Path:
    folder = home / "My Shop"
    folder.mkdir()
    return folder


def environment(folder: Path, *, pytest_too: bool = False) -> Path:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (folder / "pyvenv.cfg").touch()
    if pytest_too:
        package = folder / "lib" / "python3.12" / "site-packages" / "pytest"
        package.mkdir(parents=True)
        (package / "__init__.py").touch()
    return python


def project(root: Path) -> Project:
    return Project(root, None, (root,), ())


def look(root: Path, name: str) -> Place:
    places: Iterator[Place] = iter((*of_tools(project(root)), *of_versions(project(root))))
    return next(place for place in places if place.name == name)


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def test_names_are_those_that_the_tools_make() -> None:
    # Told by Poetry 2, Hatch 1 and Pipenv 2026 themselves, for a project named "My_Shop.App" in this folder.
    assert environments_of_tools._normal("My_Shop.App") == "my-shop-app"
    assert environments_of_tools._short_hash("/home/ada/My Shop") == "8kpL3EZW"
    assert environments_of_tools._short_hash("/home/ada/My Shop/Pipfile") == "d-wVQvzE"


def poetry_name(root: Path) -> str:
    return f"my-shop-app-{environments_of_tools._short_hash(str(root))}"


def test_poetry_keeps_it_in_its_cache_and_the_newest_python_counts(root: Path, home: Path) -> None:
    write(root, "pyproject.toml", '[project]\nname = "My_Shop.App"\n[build-system]\nbuild-backend = "poetry.core"\n')
    told = look(root, "Poetry")
    assert told.pythons == ()
    assert "`poetry install` makes it" in told.note
    kept = home / ".cache" / "pypoetry" / "virtualenvs"
    environment(kept / f"{poetry_name(root)}-py3.9")
    newest = environment(kept / f"{poetry_name(root)}-py3.12")
    environment(kept / "my-shop-app-AAAAAAAA-py3.13")

    assert look(root, "Poetry").pythons[0] == newest
    assert len(look(root, "Poetry").pythons) == 2


def test_poetry_uses_the_environment_that_was_chosen(root: Path, home: Path) -> None:
    write(root, "pyproject.toml", '[tool.poetry]\nname = "my-shop.app"\n')
    kept = home / ".cache" / "pypoetry" / "virtualenvs"
    chosen = environment(kept / f"{poetry_name(root)}-py3.9")
    environment(kept / f"{poetry_name(root)}-py3.12", pytest_too=True)
    write(kept, "envs.toml", f'[{poetry_name(root)}]\nminor = "3.9"\npatch = "3.9.18"\n')

    assert look(root, "Poetry").pythons == (chosen,)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("home/.config/pypoetry/config.toml", 'cache-dir = "{home}/elsewhere"\n'),
        ("home/My Shop/poetry.toml", '[virtualenvs]\npath = "{home}/elsewhere/virtualenvs"\n'),
        ("home/My Shop/poetry.toml", '[virtualenvs]\npath = "{{project-dir}}/../elsewhere/virtualenvs"\n'),
    ],
)
def test_poetrys_settings_say_where(root: Path, home: Path, file: str, text: str) -> None:
    write(root, "pyproject.toml", '[tool.poetry]\nname = "my-shop-app"\n')
    write(home.parent, file, text.format(home=home))
    python = environment(home / "elsewhere" / "virtualenvs" / f"{poetry_name(root)}-py3.12")

    (found,) = look(root, "Poetry").pythons
    assert found.resolve() == python


def test_poetrys_variables_come_before_its_settings(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "poetry.lock", "")
    write(root, "poetry.toml", '[virtualenvs]\npath = "/nowhere"\n')
    monkeypatch.setenv("POETRY_VIRTUALENVS_PATH", str(home / "v"))
    mark = environments_of_tools._short_hash(str(root))
    python = environment(home / "v" / f"non-package-mode-{mark}-py3.12")

    assert look(root, "Poetry").pythons == (python,)


def test_pdm_notes_its_python_in_the_project(root: Path, home: Path) -> None:
    python = environment(home / "somewhere")
    write(root, ".pdm-python", f"{python}\n")
    assert look(root, "PDM") == Place("PDM", (python,))

    (root / "__pypackages__").mkdir()
    assert not look(root, "PDM").own
    assert "only `pdm run` sees" in look(root, "PDM").note

    write(root, ".pdm-python", "/gone/bin/python")
    assert look(root, "PDM") == Place("PDM", note=".pdm-python names /gone/bin/python, which is not there")


def test_hatch_keeps_several_and_the_default_one_counts_unless_only_another_has_pytest(root: Path, home: Path) -> None:
    write(root, "pyproject.toml", '[project]\nname = "My_Shop.App"\n[tool.hatch.envs.default]\n')
    mark = environments_of_tools._short_hash(str(root))
    storage = home / ".local" / "share" / "hatch" / "env" / "virtual" / "my-shop-app" / mark
    assert str(storage) in look(root, "Hatch").note
    default = environment(storage / "my-shop-app")
    environment(storage / "docs", pytest_too=True)
    environment(storage / "hatch-test.py3.9", pytest_too=True)
    of_tests = environment(storage / "hatch-test.py3.12", pytest_too=True)
    environment(storage / "my-shop-app-build", pytest_too=True)

    pythons = look(root, "Hatch").pythons
    assert pythons[0] == of_tests
    assert default in pythons
    assert len(pythons) == 4


def test_hatch_keeps_them_flat_in_a_folder_of_the_project(root: Path, home: Path) -> None:
    write(root, "pyproject.toml", '[project]\nname = "shop"\n[build-system]\nbuild-backend = "hatchling.build"\n')
    write(home / ".config" / "hatch", "config.toml", '[dirs.env]\nvirtual = ".hatch"\n')
    python = environment(root / ".hatch" / "shop")

    assert look(root, "Hatch").pythons == (python,)


def test_a_project_that_is_only_built_by_hatchling_is_not_told_to_make_an_environment(root: Path) -> None:
    write(root, "pyproject.toml", '[project]\nname = "shop"\n[build-system]\nbuild-backend = "hatchling.build"\n')

    assert look(root, "Hatch") == Place("Hatch")


def test_pipenv_names_it_after_the_folder(root: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "Pipfile", "")
    name = f"My_Shop-{environments_of_tools._short_hash(str(root / 'Pipfile'))}"
    assert name in look(root, "Pipenv").note
    python = environment(home / ".local" / "share" / "virtualenvs" / name)
    assert look(root, "Pipenv").pythons == (python,)

    monkeypatch.setenv("WORKON_HOME", str(home / "work"))
    with_version = environment(home / "work" / f"{name}-3.12")
    assert look(root, "Pipenv").pythons == (with_version,)
    write(root, ".venv", "other\n")
    other = environment(home / "work" / "other")
    assert look(root, "Pipenv").pythons == (other,)
    write(root, ".venv", "../beside\n")
    beside = environment(home / "beside")
    (found,) = look(root, "Pipenv").pythons
    assert found.resolve() == beside


def test_uv_has_one_environment_for_a_workspace(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    top, member = home / "top", home / "top" / "packages" / "shop"
    member.mkdir(parents=True)
    write(top, "pyproject.toml", '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n')
    write(member, "pyproject.toml", '[project]\nname = "shop"\n')
    assert look(member, "uv") == Place("uv", note=f"{top / '.venv'} was not made yet")
    python = environment(top / ".venv")
    assert look(member, "uv").pythons == (python,)
    (top / "packages" / "old").mkdir()
    assert look(top / "packages" / "old", "uv").pythons == ()
    (top / "else").mkdir()
    assert look(top / "else", "uv").pythons == ()

    monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", "envs/dev")
    dev = environment(top / "envs" / "dev")
    assert look(member, "uv").pythons == (dev,)


def test_condas_base_is_nobodys_own(home: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = environment(home / "miniconda3" / "envs" / "shop")
    monkeypatch.setenv("CONDA_PREFIX", str(home / "miniconda3" / "envs" / "shop"))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "shop")
    assert look(root, "CONDA_PREFIX") == Place("CONDA_PREFIX", (python,))

    base = environment(home / "miniconda3")
    monkeypatch.setenv("CONDA_PREFIX", str(home / "miniconda3"))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    assert look(root, "CONDA_PREFIX").pythons == (base,)
    assert not look(root, "CONDA_PREFIX").own


def test_the_environment_that_a_conda_file_names(home: Path, root: Path) -> None:
    write(root, "environment.yml", "channels: [defaults]\nname: shop # ours\ndependencies: [python=3.12]\n")
    assert "conda env create -f environment.yml" in look(root, "conda").note
    elsewhere = environment(home / "big disk" / "shop")
    write(home / ".conda", "environments.txt", f"{home / 'miniconda3'}\n{home / 'big disk' / 'shop'}\n")
    assert look(root, "conda").pythons == (elsewhere,)
    python = environment(home / "miniforge3" / "envs" / "shop")
    assert look(root, "conda").pythons == (python,)


def test_pyenvs_versions(home: Path, root: Path) -> None:
    write(root, ".python-version", "3.12\n")
    assert look(root, "pyenv").note == ".python-version asks for 3.12, which pyenv has not installed"
    versions = home / ".pyenv" / "versions"
    for version in ("3.12.9", "3.12.11", "3.1.2", "3.13.0"):
        environment(versions / version)
        (versions / version / "pyvenv.cfg").unlink()
    found = look(root, "pyenv")
    assert found.pythons == (versions / "3.12.11" / "bin" / "python",)
    assert not found.own, "a bare version has nothing of the project's"

    write(root, ".python-version", "shop-env\n3.12\n")
    named = environment(versions / "shop-env")
    assert look(root, "pyenv").pythons == (named,)
    assert look(root, "pyenv").own


def test_a_version_that_uv_installed(home: Path, root: Path) -> None:
    write(root.parent, ".python-version", "3.12\n")
    python = environment(home / ".local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu")

    found = look(root, "pyenv")
    assert found.pythons == (python,)
    assert "which uv installed" in found.note


def test_another_projects_active_environment_is_not_this_ones(
    home: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whose(folder: Path) -> Place:
        monkeypatch.setenv("VIRTUAL_ENV", str(folder))
        return environments.active(project(root))

    other = home / "other"
    write(other, "pyproject.toml", "")
    environment(other / ".venv")
    assert whose(other / ".venv").note == f"it belongs to {other}"
    assert not whose(other / ".venv").own

    central = environment(home / ".virtualenvs" / "shop")
    assert whose(home / ".virtualenvs" / "shop") == Place("VIRTUAL_ENV", (central,))
    write(home / ".virtualenvs" / "shop", ".project", f"{other}\n")
    assert not whose(home / ".virtualenvs" / "shop").own

    write(home, "setup.py", "")  # a stray file makes no project of the home folder, and above is not another one
    environment(home / "venv")
    environment(root / ".venv")
    assert whose(home / "venv").own
    assert whose(root / ".venv").own
    assert whose(home / "gone") == Place("VIRTUAL_ENV", note=f"it names {home / 'gone'}, where there is no Python")


def test_folders_above_count_within_the_repository_only(home: Path) -> None:
    inner = home / "repository" / "packages" / "shop"
    inner.mkdir(parents=True)
    python = environment(home / "repository" / ".venv")
    assert environments.above(project(inner)).pythons == ()
    (home / "repository" / ".git").mkdir()
    environment(home / "venv")
    assert environments.above(project(inner)).pythons == (python,)
    (inner / ".git").mkdir()
    assert environments.above(project(inner)).pythons == ()


def test_what_cannot_be_looked_at_stops_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    write(root, "environment.yml", "name: shop\n")
    write(root, ".python-version", "3.12\n")
    monkeypatch.setattr(Path, "home", homeless)

    places = {place.name: place for place in (*of_tools(project(root)), *of_versions(project(root)))}
    assert "could not be looked at: Could not determine home" in places["conda"].note
    assert "could not be looked at: Could not determine home" in places["pyenv"].note
    assert all(place.pythons == () for place in places.values())


def test_a_folder_with_that_name_and_no_python_is_told(root: Path) -> None:
    (root / "env").mkdir()
    python = environment(root / "venv")

    places = {place.name: place for place in environments.in_project(project(root))}
    assert places["venv in the project"].pythons == (python,)
    assert "without a Python" in places["env in the project"].note
    assert places[".venv in the project"] == Place(".venv in the project")


def test_a_home_that_is_a_link_is_the_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "link"))
    (home / ".git").mkdir()  # of dotfiles
    (home / "setup.py").touch()
    environment(home / ".venv")
    inner = home / "shop"
    inner.mkdir()
    assert environments.above(project(inner)).pythons == ()
    monkeypatch.setenv("VIRTUAL_ENV", str(home / ".venv"))
    other = tmp_path / "elsewhere"
    other.mkdir()
    assert environments.active(project(other)).own


@pytest.mark.parametrize(("member", "folder"), [("", "shop"), ("/", "shop"), ("packages//shop", "packages/a/shop")])
def test_a_member_of_a_workspace_that_names_nothing_is_passed_over(home: Path, member: str, folder: str) -> None:
    top = home / "all"
    write(top, "pyproject.toml", f'[tool.uv.workspace]\nmembers = ["{member}", "{folder}"]\n')
    write(top / folder, "pyproject.toml", "")
    python = environment(top / ".venv")
    assert [place.pythons for place in of_tools(project(top / folder)) if place.name == "uv"] == [(python,)]

"""What the tests of a project on the disk teach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.test_teachers import TeachersOnDisk

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.lessons import Lessons

FIXTURE = "import pytest\nfrom shop import Cart\n\n\n@pytest.fixture\ndef cart():\n    return Cart({})\n"
FACTORY = "class CartFactory(factory.Factory):\n    class Meta:\n        model = Cart\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in {
        "pyproject.toml": "",
        "shop/__init__.py": "",
        "shop/cart.py": "class Cart: ...\n",
        "tests/test_far.py": "def test_far():\n    assert 'a' == 'b'\n",
        "tests/cart/test_near.py": "class TestNear:\n    def test_it(self) -> None:\n        assert 1\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def lessons(project: Path, tests: str = "tests/cart/test_cart.py", **texts: str) -> Lessons:
    found = ProjectFiles().project_of(project / "shop" / "cart.py")
    named = {project / name.replace("__", "/"): text for name, text in texts.items()}
    return TeachersOnDisk().lessons(found, project / tests, named)


def write(project: Path, **texts: str) -> None:
    for name, text in texts.items():
        (project / f"{name.replace('__', '/')}.py").write_text(text)


def test_the_nearest_file_teaches_a_file_that_is_to_be_made(project: Path) -> None:
    assert lessons(project).style.grouping == "classes"
    assert lessons(project).style.annotated
    assert lessons(project, "tests/test_new.py").style.quotes == "'"


def test_the_file_itself_teaches_first_and_its_unsaved_text_counts(project: Path) -> None:
    tests = project / "tests" / "cart" / "test_cart.py"
    tests.write_text("class TestCart:\n    def test_it(self): ...\n")
    found = ProjectFiles().project_of(project / "shop" / "cart.py")

    style = TeachersOnDisk().lessons(found, tests, {tests: "def test_it():\n    assert 'a' in 'b'\n"}).style

    assert (style.grouping, style.quotes) == ("functions", "'")


def test_how_coroutines_are_awaited_is_learned_from_another_file_where_this_one_has_none(project: Path) -> None:
    write(project, tests__test_web="import pytest\n\n@pytest.mark.asyncio\nasync def test_get(): ...\n")

    assert lessons(project).style.waiting == "asyncio"


def test_in_auto_mode_coroutines_need_no_mark(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_mode = "auto"\n')
    assert lessons(project).style.waiting == "plain"

    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\nasyncio_mode = "strict"\n')
    assert lessons(project).style.waiting == ""


def test_the_suite_of_unittest_runs_coroutines_itself(project: Path) -> None:
    write(project, tests__test_web="import pytest\n\n@pytest.mark.asyncio\nasync def test_get(): ...\n")
    write(project, tests__cart__test_near="class NearTest(unittest.TestCase):\n    def test_it(self): ...\n")

    assert lessons(project).style.waiting == ""


def test_without_tests_there_is_nothing_to_learn(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "shop.py").touch()
    found = TeachersOnDisk().lessons(ProjectFiles().project_of(tmp_path / "shop.py"), tmp_path / "test_shop.py", {})

    assert not found.style.learned
    assert found.makers == ()


def test_of_fixtures_of_one_name_the_nearest_counts(project: Path) -> None:
    write(project, tests__conftest=FIXTURE.format("'far'"), tests__cart__conftest=FIXTURE.format("'near'"))

    (cart,) = lessons(project).makers
    assert cart.path == project / "tests" / "cart" / "conftest.py"
    assert (cart.root, cart.module) == (project / "tests" / "cart", "conftest")
    assert lessons(project, "tests/test_far.py").makers[0].path == project / "tests" / "conftest.py"


def test_fixtures_of_the_test_file_are_known_and_those_of_other_files_are_not(project: Path) -> None:
    write(project, tests__cart__test_near=FIXTURE.format(""))

    assert [m.maker.name for m in lessons(project, "tests/cart/test_near.py").makers] == ["cart"]
    assert lessons(project).makers == ()


def test_a_factory_is_imported_as_other_tests_import_it(project: Path) -> None:
    write(project, tests__factories=FACTORY, tests__test_far="from .factories import CartFactory\n")
    (project / "tests" / "__init__.py").touch()

    (factory,) = lessons(project).makers
    assert factory.imported == ("tests.factories", "CartFactory")


def test_a_factory_that_nobody_imports_is_imported_by_the_name_of_its_file(project: Path) -> None:
    write(project, tests__factories=FACTORY)
    assert lessons(project).makers == ()  # nothing puts its folder on the path

    write(project, tests__conftest="")
    assert lessons(project).makers[0].imported == ("factories", "CartFactory")


def test_a_tool_that_makes_any_model_is_known_where_other_tests_import_it(project: Path) -> None:
    assert lessons(project).makers == ()
    write(project, tests__test_far="from model_bakery import baker\n\n\ndef test_far(): ...\n")

    (tool,) = lessons(project).makers

    assert (tool.maker.name, tool.maker.gives, tool.imported) == ("baker", (), ("model_bakery", "baker"))

"""The checklist of the bench notices what a maintainer would."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = str(Path(__file__).resolve().parents[3] / "bench" / "real")
OLD = {
    "conftest.py": "import pytest\n@pytest.fixture\ndef shop(): return 3\n",
    "test_prices.py": "def test_price(shop): assert price(1) == 2\ndef test_both(shop): assert price(2) == 4\n",
    "test_other.py": "def test_other(): assert other() == 1\n",
}


@pytest.fixture(autouse=True)
def _beside_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(FOLDER)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").write_text('[tool.ruff]\nline-length = 60\nlint.select = ["E", "F"]\n')
    for name, text in OLD.items():
        (tmp_path / "tests" / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("file", "test", "failed"),
    [
        ("test_prices.py", "def test_new(shop): assert price(3) == 6", []),
        ("test_other.py", "def test_new(shop): assert price(3) == 6", ["right file"]),
        ("test_prices.py", "def test_new(): assert price(3) == 6", ["existing fixtures"]),
        ("test_prices.py", "def test_new(shop): assert 2 == price(1)", ["no duplicate"]),
        ("test_prices.py", "def test_new(shop):\n" + "    price(3)\n" * 25, ["at most 25 lines"]),
        ("test_prices.py", "def test_other_name(shop): assert price(3) == 6", ["is not there"]),
    ],
)
def test_each_check_fails_what_it_is_for(root: Path, file: str, test: str, failed: list[str]) -> None:
    from checklist import Suite, failed_checks

    suite = Suite.of(root)
    with (root / "tests" / file).open("a") as stream:
        stream.write(test + "\n")
    assert failed_checks(suite, "src/prices.py::price", f"tests/{file}", "test_new") == failed


@pytest.mark.parametrize(
    ("added", "failed"),
    [
        ('def test_new():\n    assert len("a")\n', []),
        ("import os\n", ["no unused import", "ruff clean"]),
        (f"def test_new():\n    assert {'1' * 60}\n", ["ruff clean"]),
    ],
    ids=["clean", "unused", "long"],
)
def test_only_what_is_new_is_held_against_the_file(root: Path, added: str, failed: list[str]) -> None:
    from checklist import Suite, lint

    (root / "tests" / "test_other.py").write_text("import re\n" + OLD["test_other.py"])
    suite = Suite.of(root)
    with (root / "tests" / "test_other.py").open("a") as stream:
        stream.write(added)
    assert lint(suite, "tests/test_other.py") == failed


def test_a_new_file_belongs_beside_the_others_under_a_name_of_the_module(root: Path) -> None:
    from checklist import Suite, right_files

    found = right_files(Suite.of(root), "src/shop/stock.py::count")
    assert "tests/test_stock.py" in found
    assert "tests/test_shop_stock.py" in found
    assert "test_stock.py" not in found

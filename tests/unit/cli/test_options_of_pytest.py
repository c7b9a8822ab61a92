"""What stands after ``--``: paths from where the person is, and nothing that would be left out in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from greenline.cli.options_of_pytest import checked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "deep").mkdir()
    for name in ("test_b.py", "deep/test_c.py", "plain"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("--lf", "--lf"), ("-x --ff", "--ff"), ("--stepwise-skip", "--stepwise-skip"), ("--sw", "--sw"),
        ("--collect-only -q", "--collect-only"), ("--co", "--co"), ("--version", "--version"), ("-V", "-V"),
        ("-xh", "-xh"), ("--nf", "--nf"), ("--pdb", "--pdb"), ("--trace", "--trace"), ("--pdbcls=a:b", "--pdbcls"),
        ("--cov", "--cov"),
        ("--cov-report=xml", "--cov-report"), ("--reruns 3", "--reruns"), ("--forked", "--forked"), ("-f", "-f"),
        ("--dist each", "--dist=each"), ("--dist=each", "--dist=each"), ("--cache-clear", "--cache-clear"),
        ("-k a --lf", "--lf"), ("--setup-plan", "--setup-plan"), ("--fixtures", "--fixtures"),
    ],
)  # fmt: skip
def test_what_cannot_count_is_refused_in_a_sentence(here: Path, line: str, name: str) -> None:
    with pytest.raises(click.UsageError) as refused:
        checked(line.split(), here)

    assert refused.value.message.startswith(f"{name} does not go with greenline test: ")
    assert "{" not in refused.value.message


@pytest.mark.parametrize(
    "line",
    [
        "-k pdb", "-k --lf", "-kfh", "-m version", "-xvs", "-n 4 --dist loadfile", "--maxfail 2", "-p no:randomly",
        "--randomly-seed=77", "-W error", "-ofoo=--lf", "--no-cov", "--tb short", "-rf", "--traceconfig", "nope.py",
        "-k plain", "-m plain", "-k test_b.py", "--unknown plain", "--timeout 3",
    ],
)  # fmt: skip
def test_all_else_goes_to_pytest_as_it_is(here: Path, line: str) -> None:
    assert checked(line.split(), here) == ([], line.split())


@pytest.mark.parametrize(
    ("line", "paths", "options"),
    [
        ("test_b.py", ["test_b.py"], []),
        ("-x test_b.py::test_a[1] deep", ["test_b.py::test_a[1]", "deep"], ["-x"]),
        ("--unknown deep/test_c.py", ["deep/test_c.py"], ["--unknown"]),
        ("plain", ["plain"], []),
    ],
)
def test_paths_begin_where_the_person_is(here: Path, line: str, paths: list[str], options: list[str]) -> None:
    assert checked(line.split(), here) == ([str(here / path) for path in paths], options)


def test_paths_of_options_begin_there_too(here: Path) -> None:
    words = ["--junitxml=out.xml", "--ignore", "deep", "-c", "plain", "--junit-xml=/out.xml"]

    assert checked(words, here) == (
        [],
        [f"--junitxml={here / 'out.xml'}", f"--ignore={here / 'deep'}", "-c", str(here / "plain"),
         "--junit-xml=/out.xml"],
    )  # fmt: skip

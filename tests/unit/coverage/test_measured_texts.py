"""Which text was measured: one that was saved while the tests ran, or that was moved there, is not taken for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.coverage.model import Executed
from greenline.services.earlier_texts import is_of
from greenline.services.show_coverage import ShowCoverage

TEXT = """\
import os


def price(weight, express):
    if weight > 10:
        cost = 5
    else:
        cost = 3
    if express:
        cost *= 2
    return cost


def never():
    return os.sep


price(1, True)
"""
OTHER = """\
def other(q):
    if q:
        z = 1
    else:
        z = 2
    if z:
        q = z
    return q


other(1)
"""
EVERYTHING = '''\
"""Doc
of several lines."""

import contextlib
import functools


def decorator(first=None,
              second=2):
    def inner(function):
        @functools.wraps(function)
        def wrapped(*args):
            return function(*args)
        return wrapped
    return inner


@decorator(
    1,
    second=3,
)
@decorator()
def many(
    a,
    b=lambda: (
        3
    ),
):
    """Doc."""
    with contextlib.suppress(
        ValueError
    ), contextlib.suppress(KeyError):
        int(
            a
        )
        return b()
    return [
        x
        for x in range(3)
        if x
    ]


class Thing(
    object,
):
    """Doc
    more."""

    z = 3

    @property
    def one(self): return self.z

    @staticmethod
    @functools.lru_cache(
        maxsize=None)
    def all(x):
        while True:
            x += 1
            if x > 3: break
        for _ in range(2):
            continue
        else:
            x = 5
        try:
            x.foo(
            )
        except AttributeError as error:
            del error
        finally:
            x = 1
        return x


def never():  # pragma: no cover
    """Doc."""
    return 5


def generated():
    a: int
    yield from (
        i for i in range(3)
    )
    if 0:
        print("no")
    return


many("x"); many("3")
Thing().one
Thing.all(1)
list(generated())
one = lambda: 3; print(
    one(),
    f"""
    {one()}
    """)
if __name__ == "__main__":
    for n in range(2):
        pass
'''
MATCH = """\
def kind(x):
    match x:
        case 1:
            return 2
        case [a, b] if a:
            return b
        case {
            "k": v
        }:
            return v
        case _:
            pass


for one in (1, (1, 2), {"k": 1}, 7):
    kind(one)
"""


class World:
    """A project of one file, measured by coverage.py."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "pyproject.toml").write_text("", encoding="utf-8")
        self.file = root / "prices.py"
        self.open: set[Path] = set()
        self.show = self.fresh()

    def fresh(self) -> ShowCoverage:
        return ShowCoverage(
            ProjectFiles(home=self.root.parent),
            CoverageReports(environ={}),
            CoverageParser(),
            SavedFiles(),
            is_open=self.open.__contains__,
        )

    def write(self, text: str, *, at: int) -> None:
        self.file.write_text(text, encoding="utf-8")
        os.utime(self.file, (at, at))

    def measure(self, *options: str, at: int = 200) -> None:
        command = [sys.executable, "-m", "coverage", "run", *options, self.file.name]
        subprocess.run(command, cwd=self.root, capture_output=True, timeout=120, check=True)
        os.utime(self.root / ".coverage", (at, at))

    def state(self, file: Path | None = None, show: ShowCoverage | None = None) -> tuple[str, str]:
        file = file or self.file
        picture = (show or self.show).picture(file, file.read_text(encoding="utf-8"))
        return picture.state, picture.states

    def executed(self) -> Executed:
        data = coverage.CoverageData(str(self.root / ".coverage"))
        data.read()
        name = str(self.file)
        arcs = frozenset(data.arcs(name) or ()) if data.has_arcs() else None
        return Executed(frozenset(data.lines(name) or ()), arcs)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.write(TEXT, at=100)
    return world


OPTIONS = pytest.mark.parametrize("options", [(), ("--branch",)], ids=["lines", "branches"])


@OPTIONS
@pytest.mark.parametrize(
    "saved",
    [
        "import re\n" + TEXT,
        TEXT.replace("    if express", "    weight = 3\n    if express"),
        TEXT.replace("    if express:\n        cost *= 2\n", ""),
        TEXT.replace("def price", "def before():\n    return 3\n\n\ndef price"),
    ],
    ids=["in front", "within", "taken away", "a function"],
)
def test_what_was_saved_while_the_tests_ran_is_not_what_was_measured(
    world: World, options: tuple[str, ...], saved: str
) -> None:
    world.measure(*options)
    world.write(saved, at=150)
    assert world.state() == ("outdated", "")


@OPTIONS
def test_what_was_seen_before_is_what_was_measured(world: World, options: tuple[str, ...]) -> None:
    world.measure(*options, at=120)
    (_, before) = world.state()
    world.write("import re\n" + TEXT, at=150)
    os.utime(world.root / ".coverage", (200, 200))  # the same was measured again, and written after the file
    assert world.state() == ("measured", "?" + before)


@OPTIONS
@pytest.mark.parametrize("text", [TEXT, OTHER, EVERYTHING, MATCH], ids=["text", "other", "everything", "match"])
def test_a_text_fits_its_own_run_and_not_with_a_line_more(world: World, options: tuple[str, ...], text: str) -> None:
    if text == MATCH and sys.version_info < (3, 10):
        pytest.skip("there is no match")
    world.write(text, at=100)
    world.measure(*options)
    ran, parser = world.executed(), CoverageParser()
    assert is_of(text, ran, parser)
    assert not is_of("import re\n" + text, ran, parser)


RAN = json.loads((Path(__file__).parent / "ran_by_other_versions.json").read_text(encoding="utf-8"))
"""What coverage.py recorded of EVERYTHING by other versions of Python than the one that looks at it."""


@pytest.mark.parametrize("version", sorted(RAN))
@pytest.mark.parametrize("kind", ["lines", "arcs"])
def test_a_text_fits_what_another_version_of_python_recorded(version: str, kind: str) -> None:
    ran = RAN[version]
    arcs = frozenset((start, end) for start, end in ran["arcs"])
    executed = Executed(frozenset(ran["lines"]), arcs if kind == "arcs" else None)
    assert is_of(EVERYTHING, executed, CoverageParser())
    assert not is_of("import re\n" + EVERYTHING, executed, CoverageParser())


def test_a_file_that_was_renamed_is_not_told_to_be_unused(world: World) -> None:
    world.measure("--branch")
    assert world.state()[0] == "measured"
    renamed = world.file.rename(world.root / "costs.py")
    assert world.state(renamed) == ("outdated", "")
    assert world.state(renamed, world.fresh()) == ("outdated", "")


def test_nor_where_the_system_does_not_tell_when(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.measure("--branch")
    renamed = world.file.rename(world.root / "costs.py")
    monkeypatch.setattr(SavedFiles, "changed_at", lambda *_: None)
    assert world.state(renamed, world.fresh()) == ("outdated", "")


def test_nor_one_that_was_moved_to_another_folder(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.measure()
    (world.root / "shop").mkdir()
    moved = world.file.rename(world.root / "shop" / "prices.py")
    monkeypatch.setattr(SavedFiles, "changed_at", lambda *_: None)
    assert world.state(moved, world.fresh()) == ("outdated", "")


def test_a_file_beside_one_that_is_gone_and_was_another_never_ran(world: World) -> None:
    beside = world.root / "beside.py"
    beside.write_text(OTHER, encoding="utf-8")
    os.utime(beside, (100, 100))
    world.measure("--branch")
    world.file.unlink()
    assert world.state(beside) == ("measured", "uuu uuuu  u ")


@OPTIONS
def test_another_file_that_was_moved_over_a_measured_one_does_not_get_its_states(
    world: World, options: tuple[str, ...]
) -> None:
    other = world.root / "other.py"
    other.write_text(OTHER, encoding="utf-8")
    os.utime(other, (60, 60))
    world.measure(*options)
    world.state()
    other.replace(world.file)
    assert "c" not in world.state()[1].replace("?", "")
    assert world.state(show=world.fresh()) == ("outdated", "")


def test_of_an_open_file_the_measured_text_is_not_forgotten(world: World) -> None:
    others = [world.root / f"m{number}.py" for number in range(140)]
    for other in others:
        other.write_text("x = 1\n", encoding="utf-8")
        os.utime(other, (50, 50))
    world.measure()
    world.open.add(world.file)
    before = world.state()[1]
    world.write("# c\n" + TEXT, at=300)
    assert world.state() == ("measured", " " + before)
    for other in others:
        world.state(other)
    assert world.state() == ("measured", " " + before)
    world.open.clear()
    for other in others:
        world.state(other)
    assert world.state() == ("outdated", "")


def lines(world: World, name: str, ran: list[int], *, at: int) -> None:
    data = coverage.CoverageData(str(world.root / name))
    data.add_lines({str(world.file): ran})
    data.write()
    data.close()
    os.utime(world.root / name, (at, at))


def test_of_several_reports_those_of_one_text_count_also_after_it_was_written_again(world: World) -> None:
    first = "def f(x):\n    a = x\n    return a\ndef g(x):\n    b = x\n    return b\n"
    second = first.replace("def f", "def g2").replace("def g(", "def f(")
    world.write(first, at=50)
    lines(world, ".coverage.h.1.a", [1, 2, 3, 4], at=100)
    assert world.state() == ("measured", "ccccuu ")
    world.write(second, at=150)
    lines(world, ".coverage.h.2.b", [1, 4, 5, 6], at=200)
    assert world.state() == ("measured", "cuuccc ")
    world.write(second + "# a comment\n", at=250)
    assert world.state() == ("measured", "cuuccc  ")


def test_parallel_data_that_is_newer_than_the_combined_one_counts_with_it(world: World) -> None:
    world.write("def f(x):\n    return x\ndef g(x):\n    return x\n", at=50)
    lines(world, ".coverage.h.1.a", [1, 3, 4], at=90)
    lines(world, ".coverage", [1, 3], at=100)
    assert world.state() == ("measured", "cucu "), "what is older was combined, or left by a run that was ended"
    lines(world, ".coverage.h.2.b", [1, 2, 3], at=110)
    assert world.state() == ("measured", "cccu ")


def test_a_file_of_the_same_name_that_appears_later_is_no_guess(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenline.adapters.same_names._LOOKED", 0.0)
    one, other = world.root / "x" / "pkg" / "models.py", world.root / "y" / "pkg" / "models.py"
    for file in (one, other):
        file.parent.mkdir(parents=True)
    one.write_text("x = 1\n", encoding="utf-8")
    os.utime(one, (50, 50))
    data = coverage.CoverageData(str(world.root / ".coverage"))
    data.add_lines({"/build/pkg/models.py": [1]})
    data.write()
    data.close()
    assert world.state(one) == ("measured", "c ")
    other.write_text("x = 1\n", encoding="utf-8")
    assert world.state(one)[0] == "unreadable"
    assert world.state(other)[0] == "unreadable"
    other.unlink()
    assert world.state(one) == ("measured", "c ")

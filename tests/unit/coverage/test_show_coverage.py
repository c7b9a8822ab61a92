from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import coverage
import pytest

from greenline.adapters.coverage_parser import CoverageParser
from greenline.adapters.coverage_reports import CoverageReports
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.project_files import ProjectFiles
from greenline.domain.coverage.model import Executed, Ratio
from greenline.services.find_gaps import FindGaps
from greenline.services.measured_texts import Remembered
from greenline.services.show_coverage import ShowCoverage

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.services.picture import Picture

TEXT = """\
import os

def parse(text):
    if text:
        return 1
    return 2

class Box:
    @property
    def size(self):
        return 1

    @size.setter
    def size(self, value):
        self.value = value
"""
RAN = frozenset({1, 3, 4, 5, 8, 9, 10, 11, 13, 14})
ARCS = frozenset({(4, 5), (5, -3)})


class World:
    """A project on disk with a report that was written after its files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "pyproject.toml").write_text("")
        self.file = self.write("mod.py", TEXT)
        self.show = self.fresh()

    def fresh(self) -> ShowCoverage:
        return ShowCoverage(
            ProjectFiles(home=self.root.parent), CoverageReports(environ={}), CoverageParser(), SavedFiles()
        )

    def write(self, name: str, text: str, *, at: int = 100) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
        os.utime(path, (at, at))
        return path

    def report(self, *, at: int = 200, lines: frozenset[int] = RAN, path: Path | None = None) -> None:
        (self.root / ".coverage").unlink(missing_ok=True)
        data = coverage.CoverageData(str(self.root / ".coverage"))
        data.add_lines({str(path or self.file): sorted(lines)})
        data.write()
        data.close()
        os.utime(self.root / ".coverage", (at, at))

    def picture(self, text: str = TEXT, path: Path | None = None) -> Picture:
        return self.show.picture(path or self.file, text)


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "project").mkdir()
    return World(tmp_path / "project")


def messages(picture: Picture) -> list[str]:
    return [gap.message for gap in picture.gaps]


SIZE = "Not covered: `Box.size` is never called (1 line)"


def test_measured(world: World) -> None:
    world.report()
    picture = world.picture()
    assert (picture.state, picture.message) == ("measured", "")
    assert messages(picture) == ["Not covered: 1 line in `parse`", SIZE]
    assert picture.functions["parse"].lines == Ratio(2, 3)
    assert picture.functions["Box.size"].lines == Ratio(1, 2)
    assert world.picture() is picture


def test_no_data(world: World) -> None:
    picture = world.picture()
    assert (picture.state, picture.gaps, picture.map) == ("no-data", (), None)
    assert "run the tests with coverage, or generate a test" in picture.message
    assert picture.module.function("parse") is not None


def test_a_file_that_changed_unseen_is_outdated(world: World) -> None:
    world.report()
    world.write("mod.py", TEXT + "\n", at=300)
    picture = world.picture(TEXT + "\n")
    assert (picture.state, picture.gaps, picture.functions) == ("outdated", (), {})
    assert picture.message.startswith("mod.py changed after its coverage was measured. Run the tests")


def test_a_file_that_changed_before_our_eyes_is_followed(world: World) -> None:
    world.report()
    world.picture()
    edited = TEXT.replace("import os\n", "import os\nimport re\n")
    unsaved = world.picture(edited)
    assert messages(unsaved) == ["Not covered: 1 line in `parse`", SIZE]
    assert unsaved.gaps[0].lines == (7,)
    assert unsaved.map is not None
    assert unsaved.map.unknown == {2}
    world.write("mod.py", edited, at=300)
    assert world.picture(edited) == unsaved
    world.show = world.fresh()
    assert world.picture(edited).state == "outdated"


def test_lines_that_cannot_have_run_show_that_the_text_is_another(world: World) -> None:
    world.report(lines=RAN | {2})
    assert world.picture().state == "outdated"
    world.report(lines=RAN | {99})
    assert world.picture().state == "outdated"


def test_unreadable(world: World) -> None:
    (world.root / ".coverage").write_bytes(b"nonsense" * 20)
    picture = world.picture()
    assert picture.state == "unreadable"
    assert "Delete it and run the tests with coverage again." in picture.message


def test_broken_source_keeps_the_last_gaps_where_they_are(world: World) -> None:
    world.report()
    world.picture()
    picture = world.picture(TEXT.replace("import os\n", "import os\nimport (\n"))
    assert picture.state == "broken-source"
    assert "syntax error at line 2" in picture.message
    assert [gap.lines for gap in picture.gaps] == [(7,), (16,)]
    world.show = world.fresh()
    assert world.picture("def f(:\n").gaps == ()


def test_broken_source_without_data(world: World) -> None:
    assert world.picture("x = '\x00'").state == "broken-source"


def test_outside_any_project(world: World) -> None:
    path = world.root.parent / "loose.py"
    picture = world.picture("x = 1\n", path)
    assert picture.state == "outside-project"
    assert "loose.py belongs to no project" in picture.message
    world.show.record({path: Executed(frozenset({1}), frozenset())}, {path: "x = 1\n"})
    assert world.picture("x = 1\n", path).state == "measured"


def test_a_file_that_the_report_does_not_know_never_ran(world: World) -> None:
    other = world.write("other.py", "x = 1\n\ndef f():\n    return 1\n")
    world.report()
    picture = world.picture(other.read_text(), other)
    assert picture.state == "measured"
    assert messages(picture) == [
        "Not covered: no test imports this module (2 lines)",
        "Not covered: `f` is never called (1 line)",
    ]


@pytest.mark.parametrize("name", ["test_mod.py", "tests/support.py", "conftest.py", "docs/conf.py"])
def test_tests_and_what_the_configuration_leaves_out_are_never_red(world: World, name: str) -> None:
    (world.root / "pyproject.toml").write_text("[tool.coverage.run]\nomit = ['docs/*']\n")
    path = world.write(name, "def f():\n    return 1\n")
    world.report()
    picture = world.picture(path.read_text(), path)
    assert (picture.state, picture.gaps, picture.functions) == ("measured", (), {})
    assert picture.message.endswith(f"leaves {path.name} out.")


def test_tests_that_the_report_knows_are_shown(world: World) -> None:
    path = world.write("tests/test_mod.py", "def f():\n    return 1\n")
    world.report(path=path, lines=frozenset({1}))
    assert len(world.picture(path.read_text(), path).gaps) == 1


def test_our_own_run_makes_a_gap_go_away(world: World) -> None:
    world.report()
    world.picture()
    run = Executed(frozenset({3, 4, 6}), frozenset({(4, 6)}))
    assert world.show.record({world.file: run}, {world.file: TEXT}) == {world.file}
    assert messages(world.picture()) == [SIZE]
    assert world.show.record({world.file: run}, {world.file: TEXT}) == frozenset()


def test_our_own_run_of_another_text_follows_the_edit(world: World) -> None:
    world.report()
    edited = "# above\n" + TEXT
    world.show.record({world.file: Executed(frozenset({4, 5, 7}), frozenset())}, {world.file: edited})
    assert messages(world.picture()) == [SIZE]
    assert messages(world.picture(edited)) == [SIZE]


def test_a_line_that_only_the_edit_made_unknown_is_not_missing_because_our_run_missed_it(world: World) -> None:
    world.report()
    world.picture()
    edited = TEXT.replace("return 1\n    return 2", "return 10\n    return 2")
    world.show.record({world.file: Executed(frozenset({4, 6}), frozenset())}, {world.file: edited})
    picture = world.picture(edited)
    assert messages(picture) == [SIZE]
    assert picture.map is not None
    assert picture.map.unknown == {5}


def test_our_run_alone_is_enough(world: World) -> None:
    world.show.record({world.file: Executed(frozenset({3, 4, 5}), ARCS)}, {})
    picture = world.picture()
    assert picture.state == "measured"
    (gap,) = (gap for gap in picture.gaps if gap.function == "parse")
    assert gap.ways_in == ((4, "Line 4 never jumps to 6: the condition is always true"),)
    assert picture.functions["parse"].branches == Ratio(1, 2)


def test_lines_only_data_does_not_accuse_branches_that_our_run_did_not_take(world: World) -> None:
    world.report()
    world.show.record({world.file: Executed(frozenset({3, 4, 5}), ARCS)}, {world.file: TEXT})
    picture = world.picture()
    assert {gap.kind for gap in picture.gaps} == {"uncovered"}
    assert picture.functions["parse"].branches == Ratio(0, 0)


def test_a_new_report_replaces_what_our_runs_knew(world: World) -> None:
    world.report()
    world.show.record({world.file: Executed(frozenset({6}))}, {world.file: TEXT})
    assert messages(world.picture()) == [SIZE]
    world.report(at=400)
    assert messages(world.picture()) == ["Not covered: 1 line in `parse`", SIZE]


def test_exclusions_of_the_project_count(world: World) -> None:
    (world.root / "pyproject.toml").write_text("[tool.coverage.report]\nexclude_also = ['return 2']\n")
    world.report()
    assert messages(world.picture()) == [SIZE]
    assert world.show.map_of(world.file, TEXT, Executed(RAN)).missing == {15}


def test_gaps_of_a_folder(world: World) -> None:
    world.write("never.py", "def f(a):\n    b = a\n    c = b\n    return c\n")
    world.write("tests/test_a.py", "x = 1\n")
    world.write(".venv/lib/x.py", "x = 1\n")
    world.write("node_modules/x.py", "x = 1\n")
    world.write("build/x.py", "x = 1\n")
    broken = world.write("latin.py", "")
    broken.write_bytes(b"x = '\xe9'\n")
    world.report()
    finder = FindGaps(ProjectFiles(), DiskDocuments(), world.show)
    found = finder.find([world.root, world.file])
    assert [picture.path.name for picture in found.pictures] == ["mod.py", "never.py"]
    assert found.tests_left_out == 1
    assert [path for path, _ in found.unreadable] == [broken]
    uncovered = [(p.path.name, gap.function, len(gap.lines)) for p in found.pictures for gap in p.gaps if not gap.arc]
    assert sorted(uncovered, key=str) == [
        ("mod.py", "Box.size", 1),
        ("mod.py", "parse", 1),
        ("never.py", "f", 3),
        ("never.py", None, 1),
    ]
    assert found.total.lines == Ratio(10, 16)
    named = finder.find([world.root / "tests" / "test_a.py"])
    assert [picture.path.name for picture in named.pictures] == ["test_a.py"]
    assert len(finder.find([world.root], tests=True).pictures) == 3


def test_runs_of_ours_outlive_the_services_and_another_choice_of_report(world: World) -> None:
    remembered = Remembered()
    first, second = (
        ShowCoverage(
            ProjectFiles(home=world.root.parent), CoverageReports(chosen, environ={}), CoverageParser(), SavedFiles(),
            remembered,
        )
        for chosen in ("", "other.coverage")
    )  # fmt: skip
    first.record({world.file: Executed(frozenset({3, 4, 5}), ARCS)}, {world.file: TEXT})

    picture = second.picture(world.file, TEXT)
    assert picture.map is not None
    assert picture.map.covered >= {3, 4, 5}

    second.record({world.file: Executed(frozenset({6}), frozenset())}, {world.file: TEXT})
    again = first.picture(world.file, TEXT).map
    assert again is not None
    assert again.covered >= {3, 4, 5, 6}


def test_many_threads_at_once(world: World) -> None:
    """Pictures, results of runs and settings come on different threads; nothing is lost, nothing breaks."""
    remembered = Remembered()
    parser, source = CoverageParser(), CoverageReports(environ={})
    shows = [
        ShowCoverage(ProjectFiles(home=world.root.parent), source, parser, SavedFiles(), remembered) for _ in range(2)
    ]
    files = [world.write(f"mod{n}.py", "x = 1\n" * 60) for n in range(5)]
    begin = threading.Barrier(8)

    def work(number: int) -> None:
        begin.wait(30)
        for step in range(40):
            show, file = shows[step % 2], files[(step + number) % 5]
            text = "x = 1\n" * 60
            show.record({file: Executed(frozenset({number * 5 + 1 + step % 5}), frozenset())}, {file: text})
            show.picture(file, text + f"y = {number, step}\n")
            show.map_of(file, text, Executed(frozenset({1})))
            source.measured(ProjectFiles(home=world.root.parent).project_of(file), file)
            show.report_stamp(file)

    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
    finally:
        sys.setswitchinterval(switch)

    expected = {file: set() for file in files}  # type: dict[Path, set[int]]
    for number in range(8):
        for step in range(40):
            expected[files[(step + number) % 5]].add(number * 5 + 1 + step % 5)
    for file in files:
        drawn = shows[0].picture(file, "x = 1\n" * 60).map
        assert drawn is not None
        assert drawn.covered == expected[file]


def test_of_many_files_the_last_are_remembered(world: World) -> None:
    remembered = Remembered()
    show = ShowCoverage(
        ProjectFiles(home=world.root.parent), CoverageReports(environ={}), CoverageParser(), SavedFiles(), remembered
    )
    files = [world.write(f"mod{n}.py", TEXT) for n in range(140)]
    data = coverage.CoverageData(str(world.root / ".coverage"))
    data.add_lines({str(path): sorted(RAN) for path in files})
    data.write()
    data.close()
    os.utime(world.root / ".coverage", (200, 200))
    for path in files:
        assert show.picture(path, TEXT).state == "measured"
        assert show.picture(files[0], TEXT).state == "measured"
    assert len(remembered.reported) == 128
    assert files[0] in remembered.reported
    assert show.picture(files[1], TEXT).state == "measured"

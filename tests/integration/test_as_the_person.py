"""Runs see what plain ``python -m pytest`` in the project's folder sees: imports, files, settings and names."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import textwrap
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters import sandbox
from greenline.adapters.isolation import Isolation, Wanted
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestRun

if TYPE_CHECKING:
    from greenline.ports.tests import TestReport

WITHOUT_BUBBLEWRAP = asyncio.run(sandbox.why_not())
MODULE = "def sign(n):\n    if n < 0:\n        return -1\n    return 1\n"
TEST = "import signs\ndef test_sign(): assert signs.sign(-1) == -1\n"
# As setuptools writes it where a project cannot be installed by naming a folder: found last, after all folders.
FINDER = """
import sys
from importlib.util import spec_from_file_location
MAPPING = {mapping!r}
class Finder:
    @classmethod
    def find_spec(cls, fullname, path=None, target=None):
        for name, place in MAPPING.items():
            if fullname == name:
                return spec_from_file_location(fullname, place)
        return None
sys.meta_path.{how}
"""


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path.resolve() / "around" / "project"
    write(
        folder, {"src/signs.py": MODULE, "tests/test_signs.py": TEST, "pyproject.toml": "[project]\nname = 'signs'\n"}
    )
    return folder


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(textwrap.dedent(text))


def python_with(folder: Path, *pths: str) -> Path:
    """Make an environment with the packages of this one, and what a .pth file says."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    there = [place for place in sys.path if place.endswith("site-packages")]
    (site / "a.pth").write_text("\n".join([*there, *pths]) + "\n")
    return folder / "bin" / "python"


def project_of(root: Path) -> Project:
    sources = (root / "src", root) if (root / "src").is_dir() else (root,)
    return Project(root, root / "pyproject.toml", sources, (root / "tests",))


async def run(root: Path, python: Path = Path(sys.executable), *, warm: bool = False, **options: Any) -> TestReport:
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(python, (major, minor, micro), "the test", "9")
    probes = Probes(warm=warm and sys.platform == "linux")
    return await PytestProcess(probes).run(TestRun(project_of(root), interpreter, **options), Silent())


def plain(root: Path, *arguments: str, python: Path = Path(sys.executable)) -> str:
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", "-v", *arguments]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=root, check=False, capture_output=True, text=True, timeout=60, env=environment
    ).stdout


def left_by_tools(root: Path) -> list[Path]:
    return [path for name in ("__pycache__", ".pytest_cache") for path in root.rglob(name)]


def said(report: TestReport) -> str:
    return report.problem or "\n".join(f"{o.node_id} {o.outcome} {o.message}" for o in report.outcomes)


WAYS = [
    pytest.param({"guarded": True}, id="guarded"),
    pytest.param({"guarded": False}, id="in place"),
    pytest.param({"guarded": False, "unsaved": True}, id="unsaved"),
    pytest.param({"guarded": True, "warm": True}, id="guarded, warm"),
    pytest.param({"guarded": False, "warm": True}, id="in place, warm"),
]


async def run_one(root: Path, way: dict[str, bool], python: Path = Path(sys.executable), **more: Any) -> TestReport:
    options = {**way, **more}
    overlay = options.pop("overlay", {})
    if options.pop("unsaved", False):
        overlay = {root / "src" / "signs.py": MODULE + "# not saved\n", **overlay}
    options.setdefault("selection", (str(root / "tests" / "test_signs.py"),))
    return await run(root, python, overlay=overlay, measure=(root / "src" / "signs.py",), **options)


@pytest.mark.parametrize("way", WAYS)
async def test_what_plain_pytest_cannot_import_no_run_can(root: Path, way: dict[str, bool]) -> None:
    assert "No module named 'signs'" in plain(root)

    report = await run_one(root, way)

    assert "No module named 'signs'" in said(report)
    assert [o.outcome for o in report.outcomes] == ["error"]


def by_ini(root: Path, _: pytest.MonkeyPatch) -> Path:
    write(root, {"pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\n'})
    return Path(sys.executable)


def by_variable(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", str(root / "src"))
    return Path(sys.executable)


def by_variable_from_here(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PYTHONPATH", "src")
    return Path(sys.executable)


def by_conftest(root: Path, _: pytest.MonkeyPatch) -> Path:
    path = "os.path.join(os.path.dirname(__file__), 'src')"
    write(root, {"conftest.py": f"import os, sys\nsys.path.insert(0, {path})\n"})
    return Path(sys.executable)


def by_conftest_with_the_real_path(root: Path, _: pytest.MonkeyPatch) -> Path:
    path = "str(Path(__file__).resolve().parent / 'src')"
    write(root, {"conftest.py": f"import sys\nfrom pathlib import Path\nsys.path.insert(0, {path})\n"})
    return Path(sys.executable)


def by_conftest_on_a_way_up(root: Path, _: pytest.MonkeyPatch) -> Path:
    path = "os.path.join(os.path.dirname(__file__), '..', 'src')"
    write(root, {"tests/conftest.py": f"import os, sys\nsys.path.insert(0, {path})\n"})
    return Path(sys.executable)


def by_variable_through_a_link(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (root.parent / "linked").symlink_to(root / "src")
    monkeypatch.setenv("PYTHONPATH", str(root.parent / "linked"))
    return Path(sys.executable)


def by_link_in_the_project(root: Path, _: pytest.MonkeyPatch) -> Path:
    (root / "signs.py").symlink_to("src/signs.py")
    return Path(sys.executable)


def by_pth(root: Path, _: pytest.MonkeyPatch) -> Path:
    return python_with(root.parent / "python", str(root / "src"))


def by_pth_in_the_project(root: Path, _: pytest.MonkeyPatch) -> Path:
    return python_with(root / ".venv", str(root / "src"))


def by_finder(root: Path, _: pytest.MonkeyPatch, how: str = "append(Finder)") -> Path:
    mapping = {"signs": str(root / "src" / "signs.py")}
    write(root.parent / "finders", {"editable_finder.py": FINDER.format(mapping=mapping, how=how)})
    return python_with(root.parent / "python", str(root.parent / "finders"), "import editable_finder")


def by_first_finder(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return by_finder(root, monkeypatch, "insert(0, Finder)")


IMPORTABLE = [
    by_ini, by_variable, by_variable_from_here, by_conftest, by_conftest_with_the_real_path,
    by_conftest_on_a_way_up, by_variable_through_a_link, by_link_in_the_project, by_pth,
    by_pth_in_the_project, by_finder, by_first_finder,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("importable", IMPORTABLE, ids=lambda by: by.__name__)
async def test_what_plain_pytest_imports_every_run_does_and_measures(
    root: Path, monkeypatch: pytest.MonkeyPatch, importable: Any, way: dict[str, bool]
) -> None:
    python = importable(root, monkeypatch)
    assert "1 passed" in plain(root, python=python)

    report = await run_one(root, way, python)

    assert said(report) == "tests/test_signs.py::test_sign passed "
    assert report.coverage[root / "src" / "signs.py"].lines == {1, 2, 3}


@pytest.mark.parametrize("importable", IMPORTABLE, ids=lambda by: by.__name__)
async def test_an_unsaved_text_is_seen_however_the_project_is_found(
    root: Path, monkeypatch: pytest.MonkeyPatch, importable: Any
) -> None:
    python = importable(root, monkeypatch)
    overlay = {root / "src" / "signs.py": MODULE.replace("return -1", "return -7")}

    report = await run_one(root, {"guarded": False}, python, overlay=overlay)

    assert report.outcomes[0].outcome == "failed", said(report)
    assert "-7 == -1" in report.outcomes[0].message


HERE = """
import os, sys, tempfile
from pathlib import Path
def test_here():
    Path("made.txt").write_text(os.getcwd())
    assert Path.cwd() == Path(__file__).parents[1]
    assert "PYTHONPATH" not in os.environ
    assert os.environ.get("PYTHONHASHSEED") == os.environ.get("THEIR_SEED")
def test_path():
    assert sys.path[1] == os.getcwd(), sys.path
    assert not [place for place in sys.path if "greenline-" in place]
"""


@pytest.mark.parametrize("warm", [False, True])
async def test_a_saved_project_is_run_where_it_is(root: Path, monkeypatch: pytest.MonkeyPatch, *, warm: bool) -> None:
    write(root, {"tests/test_signs.py": HERE})
    monkeypatch.delenv("PYTHONHASHSEED", raising=False)
    text = (root / "src" / "signs.py").read_text()

    report = await run_one(root, {"guarded": False, "warm": warm}, overlay={root / "src" / "signs.py": text})

    assert report.green, said(report)
    assert (root / "made.txt").read_text() == str(root)
    assert not left_by_tools(root)

    monkeypatch.setenv("PYTHONHASHSEED", "11")
    monkeypatch.setenv("THEIR_SEED", "11")
    assert (await run_one(root, {"guarded": False, "warm": warm})).green


async def test_what_nobody_accepted_writes_nothing_there(root: Path) -> None:
    write(root, {"tests/test_signs.py": "def test_a(): open('made.txt', 'w')\n"})
    assert (await run_one(root, {"guarded": True})).green
    assert not (root / "made.txt").exists()


async def test_a_text_saved_anew_during_a_run_in_place_is_told(root: Path) -> None:
    source = root / "src" / "signs.py"
    write(root, {"tests/test_signs.py": f"def test_a(): open({str(source)!r}, 'a').write('# more\\n')\n"})
    report = await run_one(root, {"guarded": False}, overlay={source: MODULE, root / "pyproject.toml": PROJECT})

    assert report.green
    assert report.replaced == {source}


PROJECT = "[project]\nname = 'signs'\n"
INI = "[pytest]\npythonpath = {src}\nmarkers = slow\naddopts = --strict-markers\n"
MARKED = "import pytest, signs\n@pytest.mark.slow\ndef test_sign(helped): assert signs.sign(-1) == -1\n"
HELPED = "import pytest\n@pytest.fixture\ndef helped(): return 1\n"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("where", ["above", "below", "here"])
async def test_the_configuration_counts_wherever_pytest_finds_it(root: Path, where: str, way: dict[str, bool]) -> None:
    place, src = {"above": ("..", "project/src"), "below": ("tests", "../src"), "here": (".", "src")}[where]
    write(root, {f"{place}/pytest.ini": INI.format(src=src), f"{place}/conftest.py": HELPED})
    write(root, {"tests/test_signs.py": MARKED})
    assert "tests/test_signs.py::test_sign PASSED" in plain(root, "tests/test_signs.py")

    report = await run_one(root, way)

    assert said(report) == "tests/test_signs.py::test_sign passed "
    assert report.coverage[root / "src" / "signs.py"].lines == {1, 2, 3}
    skipped = await run_one(root, way, skip=frozenset({"tests/test_signs.py::test_sign"}))
    assert skipped.outcomes == ()


@pytest.mark.parametrize("way", WAYS[:3])
async def test_folders_beside_the_project_are_found_from_the_copy(root: Path, way: dict[str, bool]) -> None:
    write(root, {"pytest.ini": "[pytest]\npythonpath = src ../beside\n", "../beside/shared.py": "ONE = 1\n"})
    write(root, {"tests/test_signs.py": "import shared, signs\ndef test_a(): assert signs.sign(-1) == -shared.ONE\n"})
    assert "1 passed" in plain(root)
    project = project_of(root)
    object.__setattr__(project, "source_roots", (*project.source_roots, root / "../beside"))

    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    overlay = {root / "src" / "signs.py": MODULE + "# not saved\n"} if way.get("unsaved") else {}
    options = TestRun(project, interpreter, overlay, ("tests/test_signs.py",), guarded=way["guarded"])
    report = await PytestProcess().run(options, Silent())

    assert report.green, said(report)


MEETS = """
import os, pathlib
def test_meet():
    pathlib.Path({there!r}, str(os.getpid())).write_text(os.getcwd())
    while len(os.listdir({there!r})) < 2: pass
"""


@pytest.mark.skipif(bool(WITHOUT_BUBBLEWRAP), reason=WITHOUT_BUBBLEWRAP)
async def test_a_configuration_that_a_sandbox_hides_counts_in_it(root: Path) -> None:
    write(root, {"../pytest.ini": INI.format(src="project/src"), "../conftest.py": HELPED})
    write(root, {"tests/test_signs.py": MARKED})
    probes = Probes(warm=False, isolation=Isolation(Wanted("sandbox")))

    interpreter = Interpreter(Path(sys.executable), sys.version_info[:3], "the test", "9")
    report = await PytestProcess(probes).run(TestRun(project_of(root), interpreter, {}, ("tests",)), Silent())

    assert said(report) == "tests/test_signs.py::test_sign passed "


async def test_a_second_run_at_the_same_time_does_not_meet_the_first(root: Path) -> None:
    there = root.parent / "there"
    there.mkdir()
    write(root, {"tests/test_signs.py": MEETS.format(there=str(there))})
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    runner, one = PytestProcess(), TestRun(project_of(root), interpreter, guarded=False)

    reports = await asyncio.gather(runner.run(one, Silent()), runner.run(one, Silent()))

    assert [said(report) for report in reports] == ["tests/test_signs.py::test_meet passed "] * 2
    places = {file.read_text(): file for file in there.iterdir()}
    assert len(places) == 2
    places[str(root)].unlink()
    assert (await runner.run(one, Silent())).green
    assert str(root) in {file.read_text() for file in there.iterdir()}


@pytest.mark.parametrize("way", WAYS[:3])
async def test_a_project_behind_a_link_is_the_same_project(root: Path, tmp_path: Path, way: dict[str, bool]) -> None:
    by_ini(root, pytest.MonkeyPatch())
    link = tmp_path / "link"
    link.symlink_to(root)

    report = await run_one(link, way)

    assert said(report) == "tests/test_signs.py::test_sign passed "
    assert {path: ran.lines for path, ran in report.coverage.items()} == {link / "src" / "signs.py": {1, 2, 3}}


@pytest.mark.parametrize("importable", [by_ini, by_pth, by_finder, by_first_finder], ids=lambda by: by.__name__)
@pytest.mark.parametrize("unsaved", [False, True])
async def test_in_several_processes_it_is_the_same(
    root: Path, monkeypatch: pytest.MonkeyPatch, importable: Any, *, unsaved: bool
) -> None:
    pytest.importorskip("xdist")
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p xdist.plugin -p xdist.looponfail -n 2")
    python = importable(root, monkeypatch)
    result = "-7" if unsaved else "-1"
    write(root, {"tests/test_signs.py": f"import os, signs\ndef test_a(): assert signs.sign(-1) == {result}\n"})
    overlay = {root / "src" / "signs.py": MODULE.replace("return -1", "return -7")} if unsaved else {}

    report = await run(root, python, overlay=overlay, measure=None, guarded=False, parallel=True, contexts=True)

    assert said(report) == "tests/test_signs.py::test_a passed "
    assert report.workers == 2
    assert report.coverage[root / "src" / "signs.py"].lines == {1, 2, 3}
    assert report.contexts["tests/test_signs.py::test_a"][root / "src" / "signs.py"] == 0b1100


@pytest.mark.parametrize("kept", ["\ufeff", ""])
async def test_a_file_with_a_mark_of_its_encoding_is_saved(root: Path, kept: str) -> None:
    by_ini(root, pytest.MonkeyPatch())
    path = root / "src" / "signs.py"
    path.write_bytes(b"\xef\xbb\xbf" + MODULE.encode())
    write(
        root,
        {"tests/test_signs.py": f"{TEST}def test_here():\n    import os\n    assert os.getcwd() == {str(root)!r}\n"},
    )

    report = await run_one(root, {"guarded": False}, overlay={path: kept + MODULE})

    assert [o.outcome for o in report.outcomes] == ["passed", "passed"], said(report)


THREAD = """
import atexit, threading, time
from pathlib import Path
def work():
    while not Path("told").exists(): time.sleep(0.01)
    Path("done.txt").touch()
def test_thread():
    atexit.register(lambda: Path("registered.txt").touch())
    threading.Thread(target=work, name="works").start()
"""


class Told:
    """Progress; the thread goes on once it has been said that it is waited for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.said: list[str] = []

    def step(self, message: str, fraction: float | None = None) -> None:
        self.said.append(message)
        if message.startswith("Waiting for threads"):
            (self._root / "told").touch()


@pytest.mark.parametrize("warm", [False, True])
async def test_a_thread_that_tests_leave_is_waited_for(root: Path, *, warm: bool) -> None:
    write(root, {"tests/test_signs.py": THREAD})
    major, minor, micro = sys.version_info[:3]
    interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")
    runner = PytestProcess(Probes(warm=warm and sys.platform == "linux"))
    progress = Told(root)
    one = TestRun(project_of(root), interpreter, {}, ("tests",), guarded=False)

    report = await runner.run(one, progress)

    assert (report.green, report.problem, report.complaint) == (True, "", "")
    assert progress.said[-1] == "Waiting for threads that tests left running (works)"
    assert (root / "done.txt").exists()
    assert (root / "registered.txt").exists()


async def test_a_thread_that_never_ends_is_told_at_the_limit(root: Path) -> None:
    write(root, {"tests/test_signs.py": THREAD})

    report = await run(root, selection=("tests",), guarded=False, seconds=6.0)

    assert [o.outcome for o in report.outcomes] == ["passed"]
    assert report.complaint == (
        "After the last test a thread went on running (works), for which pytest waits; the run did not end within "
        "6 s (setting greenline.run.seconds)."
    )


async def test_what_pytest_rewrites_is_seen_unsaved_as_well(root: Path) -> None:
    write(
        root,
        {
            "src/test_base.py": "def told(): return 'saved'\n",
            "conftest.py": f"import sys\nsys.path.insert(0, {str(root / 'src')!r})\n",
            "tests/test_signs.py": "import test_base\ndef test_a(): assert test_base.told() == 'unsaved'\n",
        },
    )
    overlay = {root / "src" / "test_base.py": "\n\ndef told(): return 'unsaved'\n"}

    report = await run_one(root, {"guarded": False}, overlay=overlay)

    assert said(report) == "tests/test_signs.py::test_a passed "


async def test_lines_of_the_saved_text_are_not_taken_for_the_unsaved_one(root: Path) -> None:
    loads = """
        from importlib.util import module_from_spec, spec_from_file_location
        def test_a():
            spec = spec_from_file_location("signs", {path!r})
            module = module_from_spec(spec)
            spec.loader.exec_module(module)
            assert module.sign(-1) == -1
    """
    path = root / "src" / "signs.py"
    write(root, {"tests/test_signs.py": loads.format(path=str(path))})
    overlay = {path: "\n\n" + MODULE}

    for measure in (None, (path,)):
        report = await run(root, overlay=overlay, selection=("tests",), measure=measure, guarded=False)

        assert said(report) == "tests/test_signs.py::test_a passed "
        assert path not in report.coverage


CHILD = """
import subprocess, sys
def test_child():
    program = "import calendar, signs; print(hasattr(calendar, 'monthrange'), signs.sign(-1))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == {said!r}, done.stderr
"""


@pytest.mark.parametrize(("more", "told"), [({}, "True -7"), ({"src/calendar.py": ""}, "True -1")])
async def test_in_a_child_the_project_hides_nothing_of_the_standard_library(
    root: Path, more: dict[str, str], told: str
) -> None:
    write(root, {**more, "tests/test_signs.py": CHILD.format(said=told + "\n")})
    python = python_with(root.parent / "python", str(root / "src"))
    overlay = {root / "src" / "signs.py": MODULE.replace("return -1", "return -7")}

    report = await run_one(root, {"guarded": False}, python, overlay=overlay)

    assert said(report) == "tests/test_signs.py::test_child passed "


async def test_another_greenline_that_runs_there_is_not_met_either(root: Path) -> None:
    here = f"import os\ndef test_here(): assert os.getcwd() != {str(root)!r}\n"
    write(root, {"tests/test_signs.py": here})
    program = (
        "import sys, asyncio\nfrom pathlib import Path\nfrom greenline.adapters.probes import Probes\n"
        "async def stay():\n"
        f"    of = Path(sys.executable), Path({str(root)!r}), {{}}\n"
        "    with await Probes(warm=False).overlay(*of, guarded=False) as made:\n"
        "        print(made.in_place, flush=True)\n        sys.stdin.read()\n"
        "asyncio.run(stay())\n"
    )
    with subprocess.Popen(  # noqa: ASYNC220 - it stays for as long as its input does
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"

        meanwhile = await run(root, selection=("tests",), guarded=False)
        other.kill()
    assert said(meanwhile) == "tests/test_signs.py::test_here passed "
    assert not (await run(root, selection=("tests",), guarded=False)).green

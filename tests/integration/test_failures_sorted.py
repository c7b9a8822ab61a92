"""Failing tests of a real run, each sorted: whose fault it is, in words with the values, where, and what to do."""

from __future__ import annotations

import itertools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.documents_on_disk import SavedFiles
from greenline.adapters.probes import Probes
from greenline.adapters.pytest_process import PytestProcess
from greenline.adapters.run_store_sqlite import RunStoreSqlite
from greenline.bootstrap import Lasting, build
from greenline.domain.failures import Place
from greenline.lsp.documents import EditorDocuments
from greenline.ports.progress import Silent
from greenline.ports.project import Interpreter, Project
from greenline.ports.tests import TestReport, TestRun
from greenline.services.sort_failures import LastPasses, SortFailures
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.domain.failures import Failure
    from greenline.ports.progress import Progress

SOURCE = """\
import json, os, socket, subprocess
from pathlib import Path


def total(numbers):
    return sum(numbers) + (1 if len(numbers) > 2 else 0)


def mean(numbers):
    return sum(numbers) / len(numbers)


def parse(text):
    if not text:
        raise ValueError("nothing to parse")
    return json.loads(text)


def home_of():
    return os.environ["GREENLINE_NO_SUCH_VARIABLE"]


def load():
    return Path("data/prices.json").read_text()


def ask():
    return socket.create_connection(("127.0.0.1", 1), 1)


def version_of():
    return subprocess.run(["no-such-program-at-all"])


def late():
    import no_such_distribution


class Cart:
    def add(self, item, count): ...


def checked(n):
    assert n > 0, "must be positive"
"""


@dataclass(frozen=True)
class Row:
    """One failing test: its body, and what is told of it. ``test`` and ``source`` are lines of code."""

    body: str
    kind: str
    message: str
    next_step: str
    test: str
    source: str = ""


TICKS = itertools.count()
ROWS = {
    "values": Row(
        "assert shop.total([1, 2, 3]) == 6",
        "code",
        "assert 7 == 6\nwhere 7 = total([1, 2, 3])",
        "Correct the code; or the test, if it expects what should not be.",
        "assert shop.total([1, 2, 3]) == 6",
    ),
    "several values": Row(
        "assert [1, shop.total([2])] == [1, 3]",
        "code",
        "assert [1, 2] == [1, 3]\n  At index 1 diff: 2 != 3",
        "Correct the code;",
        "assert [1, shop.total([2])] == [1, 3]",
    ),
    "message": Row(
        "assert shop.total([1]) == 2, 'one coin'",
        "code",
        "one coin\nassert 1 == 2\nwhere 1 = total([1])",
        "Correct the code;",
        "assert shop.total([1]) == 2, 'one coin'",
    ),
    "raised in the code": Row(
        "shop.mean([])",
        "code",
        "ZeroDivisionError: division by zero\nRaised in `mean` (shop.py:10).",
        "Correct `mean`.",
        "shop.mean([])",
        "return sum(numbers) / len(numbers)",
    ),
    "refused on purpose": Row(
        "shop.parse('')",
        "code",
        "ValueError: nothing to parse\nRaised in `parse` (shop.py:15).",
        "Correct `parse`; or the test, if it is right to refuse that (nothing to parse).",
        "shop.parse('')",
        'raise ValueError("nothing to parse")',
    ),
    "raised below the code": Row(
        "shop.parse('{')",
        "code",
        "json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
        "Raised in `parse` (shop.py:16).",
        "Correct `parse`.",
        "shop.parse('{')",
        "return json.loads(text)",
    ),
    "assertion in the code": Row(
        "shop.checked(-1)",
        "code",
        "must be positive\nRaised in `checked` (shop.py:44).",
        "Correct `checked`.",
        "shop.checked(-1)",
        'assert n > 0, "must be positive"',
    ),
    "the test raises": Row(
        "raise RuntimeError('not written yet')",
        "test",
        "RuntimeError: not written yet\nThe test itself raises it.",
        "Look at what leads to that line.",
        "raise RuntimeError('not written yet')",
    ),
    "did not raise": Row(
        "with pytest.raises(KeyError): shop.total([1])",
        "code",
        "Failed: DID NOT RAISE KeyError",
        "Correct the code;",
        "with pytest.raises(KeyError): shop.total([1])",
    ),
    "undefined name": Row(
        "assert totl([1]) == 1",
        "test",
        "The test uses `totl`, which is defined nowhere.",
        "Define or import it, or correct the name.",
        "assert totl([1]) == 1",
    ),
    "wrong call": Row(
        "shop.Cart().add('apple')",
        "test",
        "The test calls `add` in a way that it cannot be called: Cart.add() missing 1 required positional argument: "
        "'count'.",
        "Correct the call; or `add`, if its parameters changed by mistake.",
        "shop.Cart().add('apple')",
    ),
    "no such attribute": Row(
        "shop.subtotal([1])",
        "test",
        "The test uses what is not there: module 'shop' has no attribute 'subtotal'.",
        "If `subtotal` was renamed or removed on purpose, correct what uses it; otherwise bring it back.",
        "shop.subtotal([1])",
    ),
    "replaces what is not there": Row(
        'pytest.MonkeyPatch().setattr(shop, "totl", len)',
        "test",
        "The test replaces `totl`, which `shop` does not have.",
        "If `totl` was renamed or removed on purpose, correct what replaces it",
        'pytest.MonkeyPatch().setattr(shop, "totl", len)',
    ),
    "replaces what an object does not have": Row(
        'pytest.MonkeyPatch().setattr(shop.Cart(), "ad", len)',
        "test",
        "The test replaces `ad`, which `shop.Cart` does not have.",
        "If `ad` was renamed",
        'pytest.MonkeyPatch().setattr(shop.Cart(), "ad", len)',
    ),
    "replaces by a wrong name": Row(
        'pytest.MonkeyPatch().setattr("shop.totl", len)',
        "test",
        "The test replaces `totl`, which `shop` does not have.",
        "If `totl` was renamed",
        'pytest.MonkeyPatch().setattr("shop.totl", len)',
    ),
    "replaces in no module": Row(
        'mock.patch("shopp.total").start()',
        "test",
        "The test replaces `shopp.total`, and there is no module `shopp`.",
        "Check that the name is not mistyped",
        'mock.patch("shopp.total").start()',
    ),
    "mocks what is not there": Row(
        'mock.patch("shop.totl").start()',
        "test",
        "The test replaces `totl`, which `shop` does not have.",
        "If `totl` was renamed",
        'mock.patch("shop.totl").start()',
    ),
    "mocks what a class does not have": Row(
        'mock.patch.object(shop.Cart, "ad").start()',
        "test",
        "The test replaces `ad`, which `shop.Cart` does not have.",
        "If `ad` was renamed",
        'mock.patch.object(shop.Cart, "ad").start()',
    ),
    "removes what is not there": Row(
        'pytest.MonkeyPatch().delattr(shop, "totl")',
        "test",
        "The test removes `totl`, which is not there.",
        "Correct the name, or pass raising=False",
        'pytest.MonkeyPatch().delattr(shop, "totl")',
    ),
    "removes a variable": Row(
        'pytest.MonkeyPatch().delenv("GREENLINE_NO_SUCH_VARIABLE")',
        "test",
        "The test removes `GREENLINE_NO_SUCH_VARIABLE`, which is not there.",
        "Correct the name, or pass raising=False",
        'pytest.MonkeyPatch().delenv("GREENLINE_NO_SUCH_VARIABLE")',
    ),
    "a mock without it": Row(
        'mock.Mock(spec=shop.Cart).ad("x")',
        "test",
        "The mock has no `ad`, as what it stands for has none.",
        "If `ad` was renamed",
        'mock.Mock(spec=shop.Cart).ad("x")',
    ),
    "a mistyped assertion": Row(
        "mock.Mock().assert_caled()",
        "test",
        "The test asks a mock for `assert_caled`, and mocks have no such assertion.",
        "Correct the name: assert_called_once_with",
        "mock.Mock().assert_caled()",
    ),
    "a mock called wrongly": Row(
        "mock.create_autospec(shop.total)()",
        "test",
        "The test calls a mock as what it stands for cannot be called: missing a required argument: 'numbers'.",
        "Correct the call; or what the mock",
        "mock.create_autospec(shop.total)()",
    ),
    "a builtin called wrongly": Row(
        "len([1], [2])",
        "test",
        "The test calls `len` in a way that it cannot be called: len() takes exactly one argument (2 given).",
        "Correct the call.",
        "len([1], [2])",
    ),
    "a module called": Row(
        "shop([1])",
        "test",
        "The test calls a module as if it were a function.",
        "Call what is in it",
        "shop([1])",
    ),
    "a fixture called": Row(
        "given()",
        "test",
        "The fixture `given` is called like a function.",
        "Have the test, or the fixture that needs it, ask for it",
        "given()",
    ),
    "a file that the test opens": Row(
        'open("tests/data/expected.json")',
        "test",
        "The test itself needs `tests/data/expected.json`, which is not there.",
        "Correct the path",
        'open("tests/data/expected.json")',
    ),
    "no such name": Row(
        "from shop import discount",
        "test",
        "`shop` has no `discount`, which the test imports.",
        "If `discount` was renamed",
        "from shop import discount",
    ),
    "no such module of the project": Row(
        "import shop.prices",
        "test",
        "The project has no module `shop.prices`, which the test imports.",
        "Correct the import, or add the module.",
        "import shop.prices",
    ),
    "not installed, in the code": Row(
        "shop.late()",
        "environment",
        "`no_such_distribution` is not installed in the project's Python, which shop.py imports.",
        "Check that `no_such_distribution` is not mistyped; if it is meant, install",
        "shop.late()",
        "import no_such_distribution",
    ),
    "variable": Row(
        "shop.home_of()",
        "environment",
        "The environment variable `GREENLINE_NO_SUCH_VARIABLE` is not set.",
        "Set it for the editor's process, or in the test: monkeypatch.setenv('GREENLINE_NO_SUCH_VARIABLE', ...).",
        "shop.home_of()",
        'return os.environ["GREENLINE_NO_SUCH_VARIABLE"]',
    ),
    "file": Row(
        "shop.load()",
        "environment",
        "`data/prices.json` is not there; it may have to be made or fetched first.",
        "Make the file, or correct the path",
        "shop.load()",
        'return Path("data/prices.json").read_text()',
    ),
    "program": Row(
        "shop.version_of()",
        "environment",
        "The program `no-such-program-at-all` is not installed, or not on PATH.",
        "Install it, or replace what starts it in the test.",
        "shop.version_of()",
        'return subprocess.run(["no-such-program-at-all"])',
    ),
    "service": Row(
        "shop.ask()",
        "environment",
        "The test needs a service that does not answer: [Errno 111] Connection refused",
        "Start the service or go online; or replace the connection in the test.",
        "shop.ask()",
        'return socket.create_connection(("127.0.0.1", 1), 1)',
    ),
}


@pytest.fixture(autouse=True)
def few_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("CI", "BUILD_NUMBER"):  # there pytest says more
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def runner(request: pytest.FixtureRequest) -> PytestProcess:
    return PytestProcess(Probes(warm=getattr(request, "param", "fork") == "fork" and sys.platform == "linux"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    (root / "tests").mkdir(parents=True)
    write(root / "shop.py", SOURCE, age=100)
    (root / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return Project(root, root / "pytest.ini", (root,), (root / "tests",))


def write(path: Path, text: str, *, age: float = 0) -> None:
    """Write a file as if so many seconds ago, by a clock that all of them share and that goes on a little each time."""
    path.write_text(text)
    time = write_time() - age
    os.utime(path, (time, time))


def write_time() -> float:
    return 2_000_000_000 + next(TICKS) / 1000


class Sorter:
    """Runs and sorts, as a suite run does; remembers what passed."""

    def __init__(self, project: Project, runner: PytestProcess) -> None:
        self.project, self.runner = project, Counting(runner)
        self.sorting = SortFailures(runner=self.runner, disk=SavedFiles(), passes=LastPasses())
        major, minor, micro = sys.version_info[:3]
        self.interpreter = Interpreter(Path(sys.executable), (major, minor, micro), "the test", "9")

    async def failures(
        self,
        *selection: str,
        guarded: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
        **options: object,
    ) -> tuple[Failure, ...]:
        run = TestRun(
            self.project,
            self.interpreter,
            selection=selection or ("tests",),
            measure=None,
            contexts=True,
            guarded=guarded,
            **options,  # type: ignore[arg-type]
        )
        started = write_time()
        report = await self.runner.run(run, Silent())
        self.runner.runs.clear()
        meanwhile()
        return await self.sorting.sort(run, report, Silent(), started=started)

    async def one(self, **options: object) -> Failure:
        (failure,) = await self.failures(**options)  # type: ignore[arg-type]
        return failure


class Counting:
    def __init__(self, runner: PytestProcess) -> None:
        self._runner = runner
        self.runs: list[TestRun] = []

    async def run(self, run: TestRun, progress: Progress) -> TestReport:
        self.runs.append(run)
        return await self._runner.run(run, progress)


@pytest.fixture
def sorter(project: Project, runner: PytestProcess) -> Sorter:
    return Sorter(project, runner)


def file_of(rows: dict[str, Row]) -> tuple[str, dict[str, str]]:
    """Return a test file, and the name of the test of each row."""
    lines, names = ["import pytest, shop", "from unittest import mock", "@pytest.fixture", "def given(): ..."], {}
    for number, (key, row) in enumerate(rows.items()):
        names[key] = f"test_{number}"
        lines += [f"def test_{number}():", f"    {row.body}"]
    return "\n".join(lines) + "\n", names


def place(text: str, line: int) -> str:
    return text.splitlines()[line - 1].strip()


@pytest.mark.parametrize("runner", ["fork", "fresh"], indirect=True)
async def test_each_failure_is_told_with_its_values_its_place_and_the_next_step(
    project: Project, sorter: Sorter
) -> None:
    text, names = file_of(ROWS)
    path = project.root / "tests" / "test_shop.py"
    write(path, text, age=100)
    found = {failure.node_id.partition("::")[2]: failure for failure in await sorter.failures()}

    assert len(found) == len(ROWS)
    for key, row in ROWS.items():
        failure = found[names[key]]
        assert (key, failure.kind, failure.message) == (key, row.kind, row.message)
        assert failure.next_step.startswith(row.next_step), key
        assert failure.test is not None, key
        assert (failure.test.path, place(text, failure.test.line)) == (path, row.test), key
        if row.source:
            assert failure.source is not None, key
            assert failure.source.path == project.root / "shop.py"
            assert place(SOURCE, failure.source.line) == row.source
        else:
            assert failure.source is None, key


@pytest.mark.parametrize(
    ("files", "kind", "message", "next_step", "line"),
    [
        (
            {"test_a.py": "import no_such_distribution\ndef test_a(): pass\n"},
            "environment",
            "`no_such_distribution` is not installed in the project's Python, which test_a.py imports.",
            "Check that `no_such_distribution` is not mistyped; if it is meant, install",
            "import no_such_distribution",
        ),
        (
            {"test_a.py": "import shop\nfrom shop import discount\ndef test_a(): pass\n"},
            "test",
            "`shop` has no `discount`, which the test imports.",
            "If `discount` was renamed",
            "from shop import discount",
        ),
        (
            {"test_a.py": "def test_a():\n    assert 1 ==\n"},
            "test",
            "SyntaxError in test_a.py:2: invalid syntax",
            "Mend the line",
            "assert 1 ==",
        ),
        (
            {"test_a.py": "import shop\nLIMIT = shop.mean([])\ndef test_a(): pass\n"},
            "code",
            "ZeroDivisionError: division by zero\nRaised in `mean` (shop.py:10).",
            "Correct `mean`.",
            "LIMIT = shop.mean([])",
        ),
        (
            {"test_a.py": "def test_a(mocker): pass\n"},
            "environment",
            "No plugin has the fixture `mocker`: it comes with pytest-mock, as a rule.",
            f"Install it: {sys.executable} -m pip install pytest-mock",
            "def test_a(mocker): pass",
        ),
        (
            {"test_a.py": "import pytest\n@pytest.mark.xfail(strict=True, reason='bug 3')\ndef test_a(): pass\n"},
            "test",
            "The test is expected to fail, and passes (bug 3).",
            "Take its xfail mark away",
            "def test_a(): pass",
        ),
        (
            {"test_a.py": "def test_a(prices): pass\n"},
            "test",
            "The test asks for a fixture `prices` that does not exist.",
            "Correct the name, or define the fixture",
            "def test_a(prices): pass",
        ),
        (
            {
                "conftest.py": "import pytest\n@pytest.fixture\ndef prices(): return {}['apple']\n",
                "test_a.py": "def test_a(prices): pass\n",
            },
            "test",
            "KeyError: 'apple'\nIt happened while the test was set up or cleaned up.",
            "Look at its fixtures.",
            "def prices(): return {}['apple']",
        ),
        (
            {
                "test_a.py": "import pytest\n@pytest.fixture\ndef one(two): ...\n@pytest.fixture\n"
                "def two(one): ...\ndef test_a(one): pass\n",
            },
            "test",
            "The fixture `one` needs itself, by way of others.",
            "Break the circle",
            "@pytest.fixture",
        ),
        (
            {
                "test_a.py": "import pytest\n@pytest.fixture\ndef day(): ...\n@pytest.fixture(scope='session')\n"
                "def year(day): ...\ndef test_a(year): pass\n",
            },
            "test",
            "A fixture that lives as long as the session asks for `day`, which is made anew for each function.",
            'Give `day` the scope "session"',
            "def test_a(year): pass",
        ),
        (
            {"test_a.py": "import pytest\npytest.fail('no data', pytrace=False)\ndef test_a(): pass\n"},
            "test",
            "Failed: no data\nIt happened while the file was read: none of its tests can run.",
            "Correct the test that it names.",
            "pytest.fail('no data', pytrace=False)",
        ),
        (
            {"test_a.py": "PRICE = {}['apple']\ndef test_a(): pass\n"},
            "test",
            "KeyError: 'apple'\nIt happened while the file was read: none of its tests can run.",
            "Look at what its import does.",
            "PRICE = {}['apple']",
        ),
        (
            {"test_a.py": "class TestA:\n    def test_a(): pass\n"},
            "test",
            "pytest cannot call the test: TestA.test_a() takes 0 positional arguments but 1 was given.",
            "Give it `self`",
            "def test_a(): pass",
        ),
        (
            {"test_a.py": "from unittest import mock\n@mock.patch('shop.totl')\ndef test_a(of): pass\n"},
            "test",
            "The test replaces `totl`, which `shop` does not have.",
            "If `totl` was renamed",
            "def test_a(of): pass",
        ),
    ],
    ids=[
        "import", "name", "syntax", "code at import", "fixture of a plugin", "strict", "fixture", "set-up", "circle",
        "scopes", "rows", "at import", "self", "decorator",
    ],
)  # fmt: skip
async def test_what_keeps_a_test_from_running_is_sorted_too(  # noqa: PLR0917 - the columns of a table
    project: Project, sorter: Sorter, files: dict[str, str], kind: str, message: str, next_step: str, line: str
) -> None:
    for name, text in files.items():
        write(project.root / "tests" / name, text, age=100)
    failure = await sorter.one()

    assert (failure.kind, failure.message) == (kind, message)
    assert failure.next_step.startswith(next_step)
    assert failure.test is not None
    assert place(failure.test.path.read_text(), failure.test.line) == line
    assert sorter.runner.runs == [] or "set up" in message, "it is missing the second time too"


async def test_a_test_that_passes_when_it_runs_again_is_flaky(project: Project, sorter: Sorter, tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    write(
        project.root / "tests" / "test_a.py",
        f"from pathlib import Path\nimport shop\n"
        f"def test_flaky():\n    tried = Path({str(tried)!r}).exists()\n    Path({str(tried)!r}).touch()\n"
        "    assert shop.total([int(tried)]) == 1\n"
        "def test_wrong(): assert shop.total([1]) == 2\n"
        "def test_right(): assert shop.total([1]) == 1\n",
    )
    flaky, wrong = await sorter.failures()

    assert (flaky.node_id, flaky.kind) == ("tests/test_a.py::test_flaky", "flaky")
    assert flaky.message.splitlines() == [
        "assert 0 == 1",
        "where 0 = total([0])",
        "It passed when it ran again, without the tests that passed: chance, time or another test decides.",
    ]
    assert wrong.kind == "test"
    (again,) = sorter.runner.runs
    assert again.selection == ("tests/test_a.py::test_flaky", "tests/test_a.py::test_wrong")
    assert not again.guarded


async def test_the_second_run_is_guarded_as_the_first_one_was(project: Project, sorter: Sorter) -> None:
    outside = project.root.parent / "outside"
    write(
        project.root / "tests" / "test_a.py",
        f"def test_a():\n    try: open({str(outside)!r}, 'w')\n    except BaseException: pass\n    assert 0\n"
        f"def test_b(): open({str(outside)!r}, 'w')\n",
    )
    first, second = await sorter.failures(guarded=True)

    assert not outside.exists()
    assert (first.kind, second.kind) == ("code", "environment")
    assert str(outside) in second.message
    assert "Nobody has accepted the test yet" in second.next_step


async def test_where_many_fail_none_runs_again(project: Project, sorter: Sorter) -> None:
    write(
        project.root / "tests" / "test_a.py",
        "import pytest\n@pytest.mark.parametrize('n', range(21))\ndef test_a(n): assert n < 0\n",
    )
    assert {failure.kind for failure in await sorter.failures()} == {"code"}
    assert sorter.runner.runs == []


async def test_what_changed_since_it_passed_decides(project: Project, sorter: Sorter) -> None:
    source, path = project.root / "shop.py", project.root / "tests" / "test_a.py"
    test = "import os, shop\nPRICE = 3 + ('MORE' in os.environ)\ndef test_a(): assert shop.total([1, 2]) == PRICE\n"
    write(path, test)
    assert await sorter.failures() == ()

    write(source, SOURCE.replace("> 2", "> 1"))
    failure = await sorter.one()
    assert failure.kind == "code"
    assert failure.message == "assert 4 == 3\nwhere 4 = total([1, 2])\nIt passed before shop.py changed."
    assert failure.next_step.startswith("Look at what changed in shop.py")

    write(source, SOURCE)
    write(path, test.replace("= 3", "= 5"))
    failure = await sorter.one()
    assert failure.kind == "test", failure
    assert failure.message.endswith("It passed before test_a.py changed, and the code is the same.")

    write(path, test)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MORE", "1")
        failure = await sorter.one()
    assert failure.kind == "environment"
    assert failure.message.endswith(
        "It passed with the same test and the same code: something around them may have changed."
    )
    assert await sorter.failures() == ()


async def test_a_typo_in_what_changed_is_not_for_the_installer(project: Project, sorter: Sorter) -> None:
    source = project.root / "shop.py"
    write(project.root / "tests" / "test_a.py", "import shop\ndef test_a(): assert shop.total([1]) == 1\n", age=100)
    assert await sorter.failures() == ()

    write(source, SOURCE.replace("import json", "import jsn"))
    failure = await sorter.one()

    assert failure.node_id == "tests/test_a.py", "the file cannot be imported any more"
    assert failure.kind == "code"
    assert failure.message.endswith("It passed before shop.py changed.")
    assert failure.next_step.startswith("Look at what changed in shop.py: a name may be mistyped")


async def test_what_is_saved_while_tests_run_is_not_what_they_passed_with(project: Project, sorter: Sorter) -> None:
    source = project.root / "shop.py"
    write(project.root / "tests" / "test_a.py", "import shop\ndef test_a(): assert shop.total([1]) == 1\n", age=100)

    def save() -> None:
        write(source, SOURCE.replace("> 2", "> 0"))

    assert await sorter.failures(meanwhile=save) == ()
    failure = await sorter.one()
    assert "It passed with the same" not in failure.message
    assert failure.kind == "code"

    write(source, SOURCE, age=100)
    assert await sorter.failures() == ()
    write(source, SOURCE.replace("> 2", "> 0"), age=100)
    failure = await sorter.one(meanwhile=lambda: write(source, SOURCE))
    assert "It passed" not in failure.message, "what failed is not on the disk any more"


async def test_an_unsaved_change_counts(project: Project, sorter: Sorter) -> None:
    write(project.root / "tests" / "test_a.py", "import shop\ndef test_a(): assert shop.total([1]) == 1\n", age=100)
    assert await sorter.failures() == ()
    failure = await sorter.one(overlay={project.root / "shop.py": SOURCE.replace("> 2", "> 0")})
    assert failure.message.endswith("It passed before shop.py changed.")


async def test_a_new_test_may_expect_too_much(project: Project, sorter: Sorter) -> None:
    write(
        project.root / "tests" / "test_a.py",
        "import shop\ndef test_a(): assert shop.total([1]) == 2\ndef test_b(): shop.parse('')\n",
        age=0,
    )
    value, refused = await sorter.failures()
    assert value.kind == refused.kind == "test"
    assert value.message.endswith("The test is newer than the code: what it expects may be wrong.")
    assert refused.message == (
        "ValueError: nothing to parse\n`parse` refuses that on purpose (shop.py:15); the test may want too much."
    )
    assert "with pytest.raises(ValueError)" in refused.next_step


@pytest.mark.parametrize(
    ("configuration", "conftest", "message", "next_step"),
    [
        (
            "addopts = --cov=shop\n",
            "",
            "pytest does not know --cov=shop, which the project's configuration asks for.",
            "Install the plugin that has the option (pytest-cov), or take it out of addopts.",
        ),
        (
            "",
            "import no_such_distribution\n",
            "A conftest.py or plugin imports `no_such_distribution`, which cannot be found.",
            "Check that the name is not mistyped; if it is meant, install",
        ),
        ("required_plugins = pytest-nothing\n", "", "The project requires pytest-nothing.", "Install it: "),
    ],
    ids=["option", "conftest", "plugin"],
)
async def test_what_keeps_pytest_from_starting_has_a_next_step(  # noqa: PLR0917 - the columns of a table
    project: Project, sorter: Sorter, configuration: str, conftest: str, message: str, next_step: str
) -> None:
    (project.root / "pytest.ini").write_text(f"[pytest]\npythonpath = .\n{configuration}")
    (project.root / "conftest.py").write_text(conftest)
    write(project.root / "tests" / "test_a.py", "def test_a(): pass\n")
    failure = await sorter.one()

    assert (failure.node_id, failure.kind, failure.message) == ("", "environment", message)
    assert failure.next_step.startswith(next_step)


async def test_a_test_that_does_not_stand_others_beside_it_is_told_as_such(project: Project, sorter: Sorter) -> None:
    pytest.importorskip("xdist")
    beside = "import os\ndef test_a(): assert 'PYTEST_XDIST_WORKER' not in os.environ, 'the port is taken'\n"
    for name in ("test_a.py", "test_b.py"):
        write(project.root / "tests" / name, beside, age=100)
    (project.root / "pytest.ini").write_text("[pytest]\naddopts = -p xdist.plugin -p xdist.looponfail -n 2\n")
    found = await sorter.failures(parallel=True)

    assert {failure.kind for failure in found} == {"flaky"}
    assert found[0].message.endswith(
        "It passed when it ran again by itself: it may not stand tests that run at the same time."
    )
    assert "greenline.run.parallel" in found[0].next_step


async def test_what_ends_the_process_is_a_failure_of_its_test(project: Project, sorter: Sorter) -> None:
    path = project.root / "tests" / "test_a.py"
    write(path, "import os\nclass TestIt:\n    def test_a(self, tmp_path):\n        os.kill(os.getpid(), 11)\n")
    failure = await sorter.one()

    assert (failure.node_id, failure.kind) == ("tests/test_a.py::TestIt::test_a", "code")
    assert failure.message.startswith("The Python process was killed by SIGSEGV while")
    assert failure.test == Place(path, 3)


@pytest.mark.parametrize(
    ("example", "message"),
    [
        (">>> double(2)\n    5", "double(2) gives 4, documented is 5"),
        (
            ">>> 1 // double(0)\n    0",
            "1 // double(0) raises ZeroDivisionError: integer division or modulo by zero, documented is 0",
        ),
    ],
)
async def test_a_documented_example_that_is_not_so_is_marked_where_it_stands(
    project: Project, sorter: Sorter, example: str, message: str
) -> None:
    (project.root / "pytest.ini").write_text("[pytest]\npythonpath = .\naddopts = --doctest-modules\n")
    path = project.root / "doubled.py"
    write(path, f'def double(n):\n    """Double.\n\n    {example}\n    """\n    return n + n\n', age=100)
    (failure,) = await sorter.failures("doubled.py")

    assert (failure.kind, failure.message) == ("code", message)
    assert failure.next_step == "Correct the code, or what its documentation shows."
    assert (failure.test, failure.source) == (Place(path, 4), None)


async def test_an_async_test_without_a_plugin_for_it_is_nobodys_fault(sorter: Sorter) -> None:
    write(sorter.project.root / "tests" / "test_later.py", "async def test_later():\n    assert True\n")
    failure = await sorter.one()
    assert failure.kind == "environment"
    assert "no plugin of pytest is there" in failure.message
    assert "pytest-asyncio" in failure.next_step


@pytest.mark.parametrize("parallel", [False, True])
async def test_a_file_that_skips_itself_is_told_of(
    project: Project, sorter: Sorter, parallel: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parallel:
        pytest.importorskip("xdist")
        monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    tests = project.root / "tests"
    write(tests / "test_a.py", "import pytest\npytest.skip('not now', allow_module_level=True)\ndef test_a(): pass\n")
    write(tests / "test_b.py", "def test_b(): pass\n")
    run = TestRun(project, sorter.interpreter, selection=("tests",), parallel=parallel)
    report = await sorter.runner.run(run, Silent())
    assert (report.skipped_files, len(report.outcomes)) == ({"tests/test_a.py"}, 1)


@pytest.mark.parametrize(("open_buffers", "where"), [(False, "in the terminal"), (True, "for the editor's process")])
async def test_a_variable_is_set_where_the_person_looks(project: Project, open_buffers: bool, where: str) -> None:
    write(project.root / "tests" / "test_a.py", "import shop\ndef test_a(): shop.home_of()\n")
    documents = EditorDocuments() if open_buffers else DiskDocuments()
    lasting = Lasting(runs=RunStoreSqlite(project.root.parent / "runs"))
    services = build(Settings(interpreter=sys.executable), documents, lasting)
    (failure,) = (await services.run_suite.run(project.root, Silent())).failures
    assert failure.next_step.startswith(f"Set it {where}")

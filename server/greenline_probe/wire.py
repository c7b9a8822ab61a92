"""The messages between server and probe: one JSON object a line. The only module that both sides import."""

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, Optional, TypeVar

T = TypeVar("T")


def encode(message: Any) -> str:
    """Return one line of JSON, the message's class name under ``"type"``."""
    return json.dumps({"type": type(message).__name__, **dataclasses.asdict(message)}, ensure_ascii=True)


def decode(line: str, *kinds: type[T]) -> T:
    """Read one line back as one of ``kinds``. Raises ValueError on anything else."""
    values = json.loads(line)
    if not isinstance(values, dict):
        raise ValueError(f"not a message: {line[:80]!r}")
    name = values.pop("type", None)
    for kind in kinds:
        if kind.__name__ == name:
            known = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
            return kind(**{k: v for k, v in values.items() if k in known})
    raise ValueError(f"unexpected message {name!r}")


# Running tests: one RunTests; then, of a confined run, Confined; then Started, TestBegan and TestDone as they happen;
# last RunDone or Problem.


@dataclass
class RunTests:
    """Run pytest once, in this process, then leave."""

    root: str
    """Working directory, and first on ``sys.path`` as for ``python -m pytest``."""
    selection: list[str]
    scratch: str
    """Folder below which writing is allowed."""
    files: dict[str, str] = field(default_factory=dict)
    """What to record: a file as code objects may name it -> the name to report."""
    roots: list[str] = field(default_factory=list)
    """Record each file below these too."""
    refuse: list[str] = field(default_factory=list)
    """Kinds of ``guard.KINDS``."""
    seed: int = 0
    """For plugins that shuffle or seed."""
    cpu_seconds: Optional[int] = None
    limited: bool = True
    """Lower the limits on memory, file size and open files."""
    bytecode: str = ""
    """Folder to keep the bytecode of pytest, its plugins and the probe in, from one run to the next."""
    calls: bool = False
    """Tell what the functions in ``files`` are called with; chance is seeded, test by test, for that."""
    contexts: bool = False
    """Tell for each test which lines it ran, of what is recorded."""
    skip: list[str] = field(default_factory=list)
    """Node ids of tests to leave out of what ``selection`` finds."""
    hidden: list[str] = field(default_factory=list)
    """Folders of the person's that are not to be seen in a sandbox: reading there is refused, too."""
    shown: list[str] = field(default_factory=list)
    """What is to be seen below ``hidden``."""
    confined: bool = False
    """A model wrote some of the tests: nothing is read but what they need. Confined is replied before they run."""
    readable: list[str] = field(default_factory=list)
    """Of a confined run: files and folders, besides the scratch folder and what Python itself needs."""
    listed: list[str] = field(default_factory=list)
    """Folders whose names it may read, and those of all folders below."""
    absent: list[str] = field(default_factory=list)
    """What is as if it were not there: real paths of what is never sent to a model, and where it would be in a copy."""
    shuffle: Optional[int] = None
    """Run the tests in an order that this number decides; None leaves it."""
    parallel: bool = False
    """Let pytest-xdist hand the tests out to several processes, where the project asks for it or ``workers`` does."""
    workers: int = 0
    """So many processes, where the project has pytest-xdist and no number of its own; below 2 one is enough."""
    days_later: float = 0.0
    """Let each test, and what is imported by it from ``package``, see a later time."""
    package: str = ""
    """Top-level package under test."""
    elsewhere: bool = False
    """Run each test in an empty folder; its fixtures are set up where they always are."""
    project: str = ""
    """The project's folder, where ``root`` is a copy of it: what would be imported from there comes from the copy."""
    options: list[str] = field(default_factory=list)
    """Of pytest's command line, which a person wrote: they come last, and count."""
    notes: bool = False
    """The tests are a copy that notes what it sees (``noted``): tell that at the end."""


@dataclass
class Confined:
    """First reply to a confined run, before anything of the tests has run. Only the first one counts."""

    held: bool
    """The kernel holds all of it."""


@dataclass
class Started:
    """Collection is over; so many tests will run."""

    total: int


@dataclass
class TestBegan:
    """The test that runs now: the last one named when the process dies."""

    __test__ = False
    node_id: str


@dataclass
class TestDone:
    """One test (or a file that could not be collected) came to its end."""

    __test__ = False
    node_id: str
    outcome: str
    message: str = ""
    error: str = ""
    """Of a failure: the exception's class, with its module unless it is a builtin."""
    said: str = ""
    """Of a failure: the exception as text, several lines where an assertion was explained."""
    frames: list[list[Any]] = field(default_factory=list)
    """Of a failure: [file, line, function], outermost first; those of pytest and its plugins are left out."""
    seconds: float = 0.0
    lines: dict[str, str] = field(default_factory=dict)
    """Of a run with contexts: file -> the lines that this test ran, as a hexadecimal number with bit n for line n."""
    refused: list[str] = field(default_factory=list)
    """In words what the guard refused while it ran."""


@dataclass
class RunDone:
    """pytest returned. ``coverage`` is name -> [lines, arcs]; ``refusals`` say in words what the guard refused."""

    exit_code: int
    coverage: dict[str, list[list[Any]]]
    refusals: list[str] = field(default_factory=list)
    internal_error: str = ""
    workers: int = 0
    """In so many processes the tests ran, when not in this one."""
    lingering: list[str] = field(default_factory=list)
    """Threads that keep the process from ending: a plain pytest would never return."""
    waiting: bool = False
    """The process waits for those threads, for as long as it is let live; the same comes again once they have ended."""
    versions: dict[str, str] = field(default_factory=dict)
    calls: dict[str, list[list[Any]]] = field(default_factory=dict)
    """Name -> [first line of the function (decorators counted), programs as in ``Explore.examples``,
    parameter -> types as in ``Explore.hints``]."""
    outside: dict[str, str] = field(default_factory=dict)
    """Of a run with contexts: file -> the lines that ran outside of all tests, as in ``TestDone.lines``."""
    skipped_files: list[str] = field(default_factory=list)
    """Node ids of files that skip themselves as a whole, while they are imported: no test of them is told of."""
    noted: list[dict[str, Any]] = field(default_factory=list)
    """Of a run that notes: what each expectation saw, in the order in which they ran."""
    looked_for: list[str] = field(default_factory=list)
    """Of a confined run: what something looked for of ``RunTests.absent``."""


@dataclass
class Problem:
    """The request could not be carried out. Kinds: "no-pytest", "internal", "unfit", "not-parallel"."""

    kind: str
    message: str
    names: list[str] = field(default_factory=list)
    """Of an "unfit" one: the plugins that the warm process has imported and this run does not want."""


@dataclass
class Explore:
    """Explore one target: import ``module`` from ``roots`` and search for calls that meet the goals."""

    module: str
    file: str
    qualname: str
    roots: list[str]
    """Put before everything else on ``sys.path``."""
    scratch: str
    """Folder below which writing is allowed; the calls run there."""
    seconds: float
    goal_lines: list[int]
    goal_arcs: list[list[int]]
    first_line: dict[str, int] = field(default_factory=dict)
    """Line of a statement that spans several -> its first line (JSON keys are text)."""
    examples: list[str] = field(default_factory=list)
    """Calls of the target seen elsewhere, as source: a call, before it imports, ``instance = ...`` and calls of it.
    ``_`` stands for an argument that is not known."""
    hints: dict[str, str] = field(default_factory=dict)
    """Parameter -> types of what is passed elsewhere: ``int``, ``list[str] | pkg.mod.Class``."""
    refuse: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    """Both as those of ``RunTests``."""
    seed: int = 0
    bytecode: str = ""
    """As that of ``StayWarm``."""
    makers: list[dict[str, Any]] = field(default_factory=list)
    """What the project's tests make instances with: the fields of a Maker each, the nearest first."""


@dataclass
class Maker:
    """A fixture or a factory of the project's tests."""

    name: str
    gives: list[str]
    """Names of the classes that it may give an instance of, without their modules."""
    file: str
    root: str
    """The folder that the modules beside it are imported from."""
    module: str
    needs: list[str] = field(default_factory=list)
    expression: str = ""
    """What a fixture is, in the namespace of its file; empty for the function of its name."""
    factory: bool = False
    """It is called, with attributes by name."""
    imported: list[str] = field(default_factory=list)
    """[module, attribute] as tests import it; empty for a fixture."""


@dataclass
class Exploring:
    """How far the search is."""

    calls: int
    met: int
    goals: int


@dataclass
class Case:
    """One observation to keep: everything that a test of it says, as source."""

    arrange: list[str]
    callee: str
    arguments: list[list[str]]
    """[parameter, label, expression] of each argument; label is ``name=`` where it is passed by name."""
    call: str
    """The call; argument number n stands in it as NUL n NUL."""
    form: str
    """call, property or operator"""
    shape: str
    """How the result is taken: value, await, iterate, take, aiterate, with, object."""
    kind: str
    """value or raise"""
    expected: Optional[str] = None
    details: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    """Arguments that need a variable, because ``after`` speaks of them."""
    error: str = ""
    message: str = ""
    imports: list[list[str]] = field(default_factory=list)
    """[binding, module, attribute]; without attribute the module itself is imported."""
    edges: list[list[int]] = field(default_factory=list)
    documented: bool = False
    tested: str = ""
    """Qualified name of what is called: a public caller, when the target is private."""
    decorators: list[str] = field(default_factory=list)
    """What a test of it needs around it, to leave everything as it was."""
    fixtures: list[str] = field(default_factory=list)
    """The project's fixtures that it asks for."""
    brought: list[list[Any]] = field(default_factory=list)
    """[name, source, imports] of fixtures that have to stand beside its test; imports as those of the case."""
    shared: list[str] = field(default_factory=list)
    """Those statements of ``arrange`` that make what other tests need as well: the client of an app."""


@dataclass
class Property:
    """A law that held for every input that was tried, as the test of it, in source."""

    kind: str
    """round-trip, idempotent, involution, permutation, ordered, length, commutative, neutral, hash"""
    tested: str
    """Qualified name of the target."""
    parameters: list[str]
    rows: list[list[str]]
    """Readable inputs: an expression for each parameter."""
    steps: list[str]
    checks: list[str]
    """Assertions about the parameters and what the steps define."""
    strategies: list[str] = field(default_factory=list)
    """For Hypothesis, one for each parameter; empty where the project lacks it or the law needs picked inputs."""
    partner: str = ""
    """Qualified name of what reverses the target; of a neutral element, its source."""
    imports: list[list[str]] = field(default_factory=list)
    """As those of a Case."""
    examples: list[list[str]] = field(default_factory=list)
    """Rows for Hypothesis to try in any case: they take the branches."""
    slow: bool = False
    """A call takes more than a few milliseconds."""
    files: bool = False
    """The target reads or writes files, or waits for something else."""
    documented: str = ""
    """The promise of the documentation, where there is one: "it is idempotent"."""


@dataclass
class Explored:
    """The exploration is over. ``reason`` says, where there is no case, why not.

    ``accidents`` are exceptions that neither the code nor its documentation announces:
    ``{"call", "error", "line", "typed"}``, typed when the arguments were valid by the target's annotations. With
    ``"documented"`` it is a result that the documentation contradicts: "gives 2", and ``error`` is "gives 3".
    """

    calls: int
    reason: str = ""
    not_testable: bool = False
    mutants: int = 0
    killed: int = 0
    failed: bool = False
    """Exploring itself went wrong; that says nothing about the target."""
    refusals: list[str] = field(default_factory=list)
    hindered: str = ""
    """What kept some calls from going on, in a sentence: "it needs the network: ..."."""
    refused: list[str] = field(default_factory=list)
    """What was refused to calls, and what ended them, in a sentence each; first what keeps all calls from going on."""
    accidents: list[dict[str, Any]] = field(default_factory=list)
    missed: list[Any] = field(default_factory=list)
    properties: list[dict[str, Any]] = field(default_factory=list)
    """The fields of a ``Property`` each."""
    seconds: float = 0.0
    survivors: list[str] = field(default_factory=list)
    """Those of ``mutants`` that nothing noticed: "line 12: bound one higher"."""
    unnoticed: list[list[Any]] = field(default_factory=list)
    """The same as [words, line, column, last line, last column, what stands there then]; columns in bytes."""
    passed_on: dict[str, dict[str, str]] = field(default_factory=dict)
    """By package: which names it has of what the cases import, and of which module, as they import it."""
    shadowed: bool = False
    """Something else stands where a package would have the target's module."""


# Staying warm: one StayWarm; then Warm; then, for each Fork that comes over the socket, Born and Ended.


@dataclass
class StayWarm:
    """Import what requests need, then fork a child for each, until the server is gone."""

    socket: int
    """Descriptor of a Unix socket, one message a packet: Fork, with the descriptor of the child's channel, and Bury."""
    scratch: str
    """Folder to be in while importing; it is removed when the server is gone."""
    tests: bool = False
    """Import pytest and the installed plugins; else what exploring needs."""
    without: list[str] = field(default_factory=list)
    """Plugins not to import."""
    bytecode: str = ""
    """Folder to keep the bytecode of what is imported in."""


@dataclass
class Warm:
    """All is imported. ``unfit`` says, when its children would not be like fresh processes, why not."""

    unfit: str = ""
    plugins: list[str] = field(default_factory=list)
    """Those without which it would not be unfit."""
    kernel: list[str] = field(default_factory=list)
    """What the kernel refuses to its children besides the guard, in words."""
    files: list[str] = field(default_factory=list)
    """What was imported, and the folders that packages are installed in: when one changes, it is out of date."""
    confines: bool = False
    """The kernel can keep its children from reading what is not theirs."""


@dataclass
class Fork:
    """Fork a child; ``marker`` takes the place of the warm process's own in the child's environment."""

    run: int
    marker: str


@dataclass
class Bury:
    """Reap the child: until then its process id means nobody else."""

    run: int


@dataclass
class Born:
    """The child of a Fork; it waits for its Birth, the first line on its channel. Requests follow, as to any probe."""

    run: int
    pid: int


@dataclass
class Ended:
    """The child is dead; ``code`` is negative for a signal."""

    run: int
    code: int


@dataclass
class Birth:
    """What a fresh process would have been started with."""

    folder: str
    environment: dict[str, str]
    output: str
    """File that takes standard output and error."""
    first: list[str] = field(default_factory=list)
    """Folders that the request puts first on ``sys.path`` later on."""


REQUESTS: list[type[Any]] = [RunTests, Explore, StayWarm]
"""What a probe accepts; one handler module each."""

"""What one call is seen to do."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from greenline_probe.explore.describe import stable_part
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Choice
from unit.explore.explored import World, explored

SOURCE = '''
import asyncio, contextlib, logging, os, sys, time, warnings

class Own(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(f"own {code}")
        self.code = code
        self.text = f"own {code}"

class Thing:
    def __init__(self, n: int) -> None:
        self.n = n
    def change(self) -> None:
        self.n += 1
    def __len__(self) -> int:
        return self.n

class Refusal(BaseException): ...

def value(n: int): return [n, {"a": n}]
def opaque(n: int): return Thing(n)
def nothing(n: int): return None
def raises(n: int):
    if n < 0:
        raise ValueError("negative")
    return {1: 2}[n]
def own(n: int): raise Own(n)
def asserts(n: int): assert n > 5, "too small"
def documented(n: int):
    """Find it.

    Raises:
        KeyError: if it is not there.
    """
    return {1: 2}[n]
def reads(text: str) -> int:
    """Read it.

    Raises:
        ValueError: if it is no number.
    """
    if not text:
        raise ValueError("nothing there")
    return int(text)
def quits(n: int): raise SystemExit(n)
async def awaited(n: int):
    await asyncio.sleep(0)
    return n
async def fails_later(n: int):
    await asyncio.sleep(0)
    raise ValueError("late")
def generated(n: int):
    yield n
    yield n + 1
def endless(n: int):
    while True:
        yield n
async def agenerated(n: int):
    yield n
    await asyncio.sleep(0)
    yield n + 1
async def aendless(n: int):
    while True:
        yield n
@contextlib.contextmanager
def managed(n: int):
    yield n * 2
def mutates(items: list): items.append(4)
def keeps(items: list): return items + [4]
def writes(path: os.PathLike):
    with open(path, "w") as f:
        f.write("made")
def removes(path: os.PathLike): os.remove(path)
def prints(n: int): print("n is", n)
def complains(n: int): print("n is", n, file=sys.stderr)
def logs(n: int): logging.getLogger("x").warning("n is %d", n)
def whispers(n: int): logging.getLogger("x").debug("n is %d", n)
def asks(n: int): return input()
def sleeps(n: int): time.sleep(60)
def spins(n: int):
    while True:
        pass
def stubborn(n: int):
    while n:
        try:
            time.sleep(5)
            n = 0
        except Exception:
            pass
def reads_all(n: int): return sys.stdin.read()
def address(n: int): return object()
def addressed(n: int): return repr(object())
def lambda_(n: int): return lambda: n
def nan(n: int): return float("nan")
def interrupts(n: int): raise KeyboardInterrupt
def exhausts(n: int): raise MemoryError
def opens(name: str): return open("/no/such/file").read()
def moves(path: os.PathLike): os.chdir(os.path.dirname(path))
def warns(n: int): warnings.warn("old", DeprecationWarning); return n
'''


@pytest.fixture
def see(tmp_path: Path) -> Any:
    """Run one function on the first or the given arguments."""

    def run(name: str, *chosen: str, seconds: float = 0.3) -> Observation:
        with explored(tmp_path, SOURCE, name) as world:
            world.observer.seconds = seconds
            return _run(world, chosen)

    return run


def _run(world: World, chosen: tuple[str, ...]) -> Observation:
    template = world.templates[0]
    settings = tuple("" for slot in template.slots if slot.role == "setting")  # nothing stands in for what it calls
    return world.observer.run(Choice(template, (*settings, *(chosen or template.first()[len(settings) :]))))


def test_a_value(see: Any) -> None:
    seen = see("value", "3")

    assert (seen.kind, seen.shape, seen.expected, seen.usable) == ("value", "value", "[3, {'a': 3}]", True)
    assert seen.edges


def test_an_object_without_equality_is_described(see: Any) -> None:
    seen = see("opaque", "3")

    assert seen.expected is None
    assert seen.details == ("isinstance(result, Thing)", "result.n == 3", "len(result) == 3")
    assert seen.usable


def test_none_is_a_value(see: Any) -> None:
    assert (see("nothing", "3").expected, see("nothing", "3").usable) == ("None", True)


def test_the_interpreters_words_are_not_asserted_and_those_of_a_raise_are(see: Any) -> None:
    assert see("reads", "''").message == "nothing there"

    seen = see("reads", "'abc'")
    assert (seen.error, seen.usable, seen.message) == ("ValueError", True, "")
    assert see("documented", "7").message == "7"  # the key that was missing


@pytest.mark.parametrize(
    ("name", "argument", "error", "deliberate"),
    [
        ("raises", "-1", "ValueError", True),
        ("raises", "7", "KeyError", False),
        ("own", "3", "Own", True),
        ("asserts", "1", "AssertionError", True),
        ("documented", "7", "KeyError", True),
        ("quits", "3", "SystemExit", True),
        ("fails_later", "3", "ValueError", True),
        ("value", "undefined", "", False),
    ],
)
def test_which_exceptions_are_meant(see: Any, name: str, argument: str, error: str, *, deliberate: bool) -> None:
    seen = see(name, argument)

    assert (seen.error, seen.deliberate, seen.usable) == (error, deliberate, deliberate)
    assert seen.kind == ("raise" if error else "unusable")


def test_an_exception_of_the_project_shows_its_data(see: Any) -> None:
    seen = see("own", "3")

    assert seen.message == "own 3"
    assert seen.after == ("caught.value.code == 3",), "its text is asserted once"


@pytest.mark.parametrize(
    ("message", "part"),
    [
        ("no such name", "no such name"),
        (
            "Invalid format. Must be either a valid formatting string, or a function that takes one",
            "Invalid format. Must be either a valid formatting string",
        ),
        ("Could not load the payload because an exception occurred on unserializing", "Could not load the payload"),
        ("it may only consist of dot separated identifiers and of nothing else at all", None),
        ("x" * 90, "x" * 66),
        ("at <object object at 0x7f> and so on", "at "),
    ],
)
def test_a_long_message_is_cut_where_a_clause_ends(message: str, part: str | None) -> None:
    assert stable_part(message) == (part or "it may only consist of dot separated identifiers and of nothing")


@pytest.mark.parametrize(
    ("name", "shape", "expected"),
    [
        ("awaited", "await", "3"),
        ("generated", "iterate", "[3, 4]"),
        ("endless", "take", "[3, 3, 3, 3, 3]"),
        ("agenerated", "aiterate", "[3, 4]"),
        ("managed", "with", "6"),
    ],
)
def test_lazy_results_are_taken_as_a_caller_would(see: Any, name: str, shape: str, expected: str) -> None:
    seen = see(name, "3")

    assert (seen.kind, seen.shape, seen.expected) == ("value", shape, expected)


@pytest.mark.parametrize("name", ["sleeps", "spins", "stubborn", "aendless"])
def test_what_takes_too_long_is_stopped(see: Any, name: str) -> None:
    seen = see(name, "3", seconds=0.05)

    assert seen.kind == "timeout"
    assert not seen.usable


def test_changed_arguments_are_noticed_and_others_not(see: Any) -> None:
    seen = see("mutates", "[1]")

    assert seen.after == ("items == [1, 4]",)
    assert seen.kept == {0}
    assert see("keeps", "[1]").after == ()


def test_the_state_of_the_receiver(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "Thing.change") as world:
        seen = _run(world, ())

    assert any(line.startswith("thing.n == ") for line in seen.after)
    assert any(line.startswith("len(thing) == ") for line in seen.after)


def test_files_that_are_written_or_removed(see: Any) -> None:
    made = see("writes", "tmp_path / 'new.txt'")
    gone = see("removes", "(tmp_path / 'a.txt').write_text('x')\x01tmp_path / 'a.txt'")

    assert made.after == ("(tmp_path / 'new.txt').read_text() == 'made'",)
    assert gone.after == ("not (tmp_path / 'a.txt').exists()",)


def test_what_is_printed_and_logged(see: Any) -> None:
    assert see("prints", "3").after == ("capsys.readouterr().out == 'n is 3\\n'",)
    assert see("logs", "3").after == ("caplog.messages == ['n is 3']",)
    assert see("whispers", "3").after == ()
    assert see("complains", "3").after == ()


@pytest.mark.parametrize("name", ["asks", "reads_all"])
def test_nobody_types_anything(see: Any, name: str) -> None:
    seen = see(name, "3")

    assert (seen.kind, seen.refusal, seen.usable) == ("refused", "read from standard input", False)


@pytest.mark.parametrize("name", ["address", "addressed", "lambda_", "nan"])
def test_what_differs_between_runs_is_never_expected(see: Any, name: str) -> None:
    seen = see(name, "3")

    assert seen.expected is None
    assert not any("0x" in line or "nan" in line for line in seen.details)


def test_the_end_of_the_process_is_no_outcome(see: Any) -> None:
    assert see("interrupts", "3").kind == "unusable"


def test_our_own_limits_are_no_outcome(see: Any) -> None:
    assert see("exhausts", "3").kind == "refused"
    assert see("exhausts", "3").refusal == "use more memory than there is"


def test_the_operating_system_speaks_of_invented_paths(see: Any) -> None:
    seen = see("opens", "'a'")

    assert (seen.about_files, seen.deliberate) == (True, False)


def test_each_call_starts_in_the_same_folder(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "moves") as world:
        seen = world.observer.run(Choice(world.templates[0], ("tmp_path / 'x'",)))
        assert (seen.kind, seen.prepared) == ("value", ('monkeypatch.chdir(".")',))
        assert Path.cwd() == tmp_path / "scratch" / "home"


def test_what_would_stay_in_the_current_folder_is_refused(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "writes") as world:
        seen = _run(world, ("'new.txt'",))
        assert (seen.kind, seen.refusal, seen.usable) == ("refused", "leave files in the current folder", False)
        assert list(Path.cwd().iterdir()) == []
        assert _run(world, ("tmp_path / 'new.txt'",)).usable


def test_what_an_instance_of_a_subclass_equals_is_told(tmp_path: Path) -> None:
    source = """
        class Metres(int):
            def __repr__(self):
                return f"{int(self)} m"

            def __add__(self, other):
                return Metres(int(self) + other)


        class Bag(dict):
            def put(self, name):
                self[name] = len(self)
                return self


        class Odd(list):
            def __eq__(self, other):
                return False


        class Stack(list):
            def __iter__(self):
                return reversed(self[:])


        class Counting(dict):
            asked = 0

            def __eq__(self, other):
                return False

            def __getitem__(self, name):
                self.asked += 1
                return super().__getitem__(name)


        def metres(number): return Metres(3) + number
        def bag(name): return Bag(a=3).put(name)
        def odd(number): return Odd([number])
        def stack(number): return Stack([1, number])
        def carts(number): return {"x": object(), "y": number}
        def counting(number): return Counting(a=number)
    """
    told = {}
    for name, argument in (
        ("metres", "4"),
        ("bag", "'b'"),
        ("odd", "3"),
        ("counting", "3"),
        ("stack", "3"),
        ("carts", "3"),
    ):
        with explored(tmp_path, source, name) as world:
            told[name] = _run(world, (argument,)).details

    assert told["metres"][:2] == ("isinstance(result, Metres)", "result == 7")
    assert told["bag"] == ("isinstance(result, Bag)", "result == {'a': 3, 'b': 1}")
    assert told["counting"] == ("isinstance(result, Counting)", "len(result) == 1", "dict(result) == {'a': 3}")
    assert told["stack"] == ("isinstance(result, Stack)", "result == [1, 3]", "list(result) == [3, 1]")
    assert told["carts"] == ("isinstance(result, dict)", "len(result) == 2", "list(result) == ['x', 'y']")
    assert told["odd"] == ("isinstance(result, Odd)", "len(result) == 1", "list(result) == [3]")


def test_another_answer_to_signals_is_refused_and_put_back(tmp_path: Path) -> None:
    source = """
        import signal

        def answers(number):
            signal.signal(signal.SIGTERM, lambda *_: None)
            return number
    """
    before = signal.getsignal(signal.SIGTERM)
    with explored(tmp_path, source, "answers") as world:
        seen = _run(world, ("3",))

    assert (seen.kind, seen.refusal, seen.usable) == ("refused", "leave another answer to signals", False)
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_same_call_has_the_same_fingerprint_and_another_has_not(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "value") as world:
        first, again, other = _run(world, ("3",)), _run(world, ("3",)), _run(world, ("4",))

    assert first.fingerprint == again.fingerprint != other.fingerprint


def test_a_call_that_ended_an_earlier_process_is_avoided(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "value") as world:
        world.observer.announce = lambda call: call != "value(3)"

        assert _run(world, ("3",)).kind == "avoided"
        assert _run(world, ("4",)).kind == "value"


def test_attempts_tell_what_evaluates(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "value") as world:
        assert world.observer.attempt("[1, 2]")
        assert not world.observer.attempt("1 / 0")
        assert not world.observer.attempt("nobody")

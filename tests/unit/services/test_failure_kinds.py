"""Whose fault a failure is: what changed since the test passed counts before what seems to be missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline.domain.failure_evidence import Evidence, Since, Step
from greenline.domain.failure_kinds import judge

TEST, CODE, OTHER = Path("/p/tests/test_a.py"), Path("/p/loader.py"), Path("/p/other.py")
IN_TEST = Step(TEST, 3, "test_a", "test", "assert load()")
IN_CODE = Step(CODE, 5, "load", "source", "return load_it()")
IN_PYTHON = Step(Path("/usr/lib/python3/os.py"), 1, "__getitem__", "elsewhere")

MISSING = {
    "module": ("ModuleNotFoundError", "ModuleNotFoundError: No module named 'reqeusts'"),
    "name": ("ImportError", "ImportError: cannot import name 'laods' from 'json' (json.py)"),
    "file": ("FileNotFoundError", "FileNotFoundError: [Errno 2] No such file or directory: 'confg.json'"),
    "variable": ("KeyError", "KeyError: 'HOEM'"),
    "service": ("ValueError", "ValueError: connection refused by policy"),
}


def evidence(what: str, *own: Step, since: Since, changed: tuple[Path, ...], set_up: bool = False) -> Evidence:
    error, said = MISSING[what]
    steps = (*own, IN_PYTHON) if what == "variable" else own
    return Evidence("tests/test_a.py::test_a", error, said, said, steps, since=since, changed=changed, set_up=set_up)


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize(("since", "changed"), [("source", (CODE,)), ("both", (CODE, TEST))])
def test_what_is_missing_in_code_that_changed_is_the_codes(what: str, since: Since, changed: tuple[Path, ...]) -> None:
    failure = judge(evidence(what, IN_TEST, IN_CODE, since=since, changed=changed))

    assert failure.kind == "code"
    assert failure.message == (
        f"{MISSING[what][1]}\nRaised in `load` (loader.py:5).\n"
        f"It passed before {', '.join(path.name for path in changed)} changed."
    )
    assert failure.next_step.startswith("Look at what changed in loader.py: a name may be mistyped")


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize(("since", "changed"), [("test", (TEST,)), ("both", (CODE, TEST))])
@pytest.mark.parametrize("set_up", [False, True])
def test_what_is_missing_in_a_test_that_changed_is_the_tests(
    what: str, since: Since, changed: tuple[Path, ...], set_up: bool
) -> None:
    failure = judge(evidence(what, IN_TEST, since=since, changed=changed, set_up=set_up))

    assert failure.kind == "test"
    assert failure.message.startswith(f"{MISSING[what][1]}\nIt passed before ")
    assert failure.next_step.startswith("Look at what changed in test_a.py: a name may be mistyped")


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize(
    ("since", "changed"), [("source", (OTHER,)), ("test", (TEST,)), ("neither", ()), ("unknown", ())]
)
def test_what_is_missing_where_nothing_changed_is_of_the_surroundings(
    what: str, since: Since, changed: tuple[Path, ...]
) -> None:
    assert judge(evidence(what, IN_TEST, IN_CODE, since=since, changed=changed)).kind == "environment"


def test_a_typo_is_looked_for_before_anything_is_installed() -> None:
    failure = judge(evidence("module", IN_TEST, IN_CODE, since="unknown", changed=()))

    assert failure.message == "`reqeusts` is not installed in the project's Python, which loader.py imports."
    assert failure.next_step == (
        "Check that `reqeusts` is not mistyped; if it is meant, install the package that provides it, say with pip."
    )


def test_what_the_guard_refused_stays_what_it_is() -> None:
    said = "GuardRefusal: The test may not write /x"
    refused = Evidence(
        "tests/test_a.py::test_a", "g.GuardRefusal", said, said, (IN_TEST,), since="test", changed=(TEST,)
    )
    assert judge(refused).kind == "environment"

"""What cannot run here is told apart from what nobody ran."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from reachable import dead, facts_of

FACTS = {
    "sys.version_info": (3, 11, 4), "sys.platform": "linux", "os.name": "posix", "sys.hexversion": 0x030B0400,
    "sys.implementation.name": "cpython", "TYPE_CHECKING": False, "typing.TYPE_CHECKING": False, "__name__": "not main",
}  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "decided"),
    [
        ("sys.version_info >= (3, 8)", True),
        ("sys.version_info < (3, 8)", False),
        ("sys.version_info[0] == 2", False),
        ("sys.version_info.major >= 3", True),
        ("sys.platform.startswith('win')", False),
        ("sys.platform == 'win32' or os.name == 'nt'", False),
        ("not TYPE_CHECKING", True),
        ("typing.TYPE_CHECKING", False),
        ("__name__ == '__main__'", False),
        ("hexversion >= 0x03080000", True),
        ("PY2", False),
        ("s.platform != 'darwin'", True),
    ],
)
def test_conditions_on_version_and_platform_are_decided(condition: str, decided: bool) -> None:
    source = (
        "import sys\nfrom sys import hexversion\nimport sys as s\nPY2 = sys.version_info < (3,)\n"
        f"if {condition}:\n    a = 1\nelse:\n    a = 2\n"
    )
    found = dead(source, FACTS, [(5, 6), (5, 8)])
    assert set(found.lines) == {8 if decided else 6}
    assert set(found.branches) == {(5, 8 if decided else 6)}


@pytest.mark.parametrize(
    "condition", ["sys.argv", "sys.version_info > least()", "debug", "sys.platform == name", "len(sys.platform) > 3"]
)
def test_what_is_not_known_is_not_decided(condition: str) -> None:
    found = dead(f"if {condition}:\n    a = 1\n", FACTS, [(1, 2), (1, -1)])
    assert (found.lines, found.branches) == ({}, {})


def test_a_condition_without_else_cannot_be_jumped_over() -> None:
    found = dead("if sys.platform == 'linux':\n    a = 1\nb = 2\n", FACTS, [(1, 3)])
    assert set(found.branches) == {(1, 3)}


def test_the_handler_of_an_import_that_succeeds_is_dead_and_any_other_is_not() -> None:
    source = "try:\n    import json\nexcept ImportError:\n    json = None\n\ndef f():\n    try:\n        import q\n"
    source += "    except ImportError:\n        return 1\n"
    assert set(dead(source, FACTS, []).lines) == {4}


def test_an_interpreter_tells_its_own_facts() -> None:
    facts = facts_of(Path(sys.executable))
    assert facts["sys.version_info"][:2] == sys.version_info[:2]
    assert facts["sys.platform"] == sys.platform

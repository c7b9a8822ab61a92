"""What can be wrong with tests, passing ones too."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

Kind = Literal[
    "failing",
    "shadowed",
    "always-true",
    "swallowed",
    "unreached",
    "forgotten-assert",
    "cannot-fail",
    "no-assertion",
    "only-mocks",
    "unchecked",
    "order-dependent",
    "flaky",
    "over-mocked",
    "duplicate",
    "one-way",
    "slow",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The worst first."""
STATIC: frozenset[Kind] = frozenset(
    {
        "shadowed",
        "always-true",
        "swallowed",
        "unreached",
        "forgotten-assert",
        "no-assertion",
        "only-mocks",
        "over-mocked",
        "duplicate",
    }
)
"""Found by reading; all others need runs."""
MEANINGS: dict[Kind, str] = {
    "failing": "It fails.",
    "shadowed": "A later test of the same name takes its place, so it never runs.",
    "always-true": "An assertion holds whatever the code does.",
    "swallowed": "The failure of an assertion is caught, so that nobody hears of it.",
    "unreached": "An assertion stands where nothing runs any more.",
    "forgotten-assert": "A comparison is made, and its result is thrown away.",
    "cannot-fail": "It notices none of the changes of the code that it runs.",
    "no-assertion": "It checks nothing but that nothing raises.",
    "only-mocks": "All that it asserts is that stand-ins do what they were told, or were called somehow.",
    "unchecked": "Tests run the function, and none notices when it does something else.",
    "order-dependent": "Whether it passes depends on the tests that ran before it.",
    "flaky": "It passes and fails with nothing changed.",
    "over-mocked": "It replaces what it is about, or so much that little is left to test.",
    "duplicate": "Another test does and asserts the same.",
    "one-way": "All lines of the function run, but not all ways between them.",
    "slow": "It takes much longer than the others.",
}


@dataclass(frozen=True, slots=True)
class Weakness:
    """One finding. ``subject`` is the test's node id; for ``unchecked`` and ``one-way`` ``path::function``."""

    kind: Kind
    subject: str
    path: Path
    line: int
    """From 1."""
    evidence: str
    """What says so, in a sentence."""
    advice: str
    """What to do, in a sentence."""


def by_weight(weaknesses: list[Weakness]) -> list[Weakness]:
    """Return them with the worst kinds first, then by place."""
    return sorted(weaknesses, key=lambda one: (KINDS.index(one.kind), str(one.path), one.line, one.subject))

"""How many examples Hypothesis tries: more where a mistake costs most, fewer where each one waits for a file.

Critical is what is named after money, access, secrets or the reading and writing of formats: one of the words below in
the function's or the module's name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# fmt: off
CRITICAL_WORDS = frozenset({
    "money", "price", "prices", "pricing", "payment", "payments", "pay", "billing", "invoice", "tax", "vat", "balance",
    "ledger", "refund", "currency", "amount", "amounts", "auth", "authentication", "authorization", "login", "password",
    "permission", "permissions", "token", "credentials", "crypto", "cipher", "encrypt", "decrypt", "signature",
    "security", "parse", "parser", "unparse", "serialize", "serialise", "serializer", "deserialize", "deserialise",
    "marshal", "unmarshal",
})
# fmt: on
OF_HYPOTHESIS = 100
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class Amounts:
    """Examples for critical code, for all other, and for what reads or writes files or waits for something else."""

    critical: int = 200
    standard: int = 100
    waiting: int = 50


@dataclass(frozen=True, slots=True)
class Profile:
    """What the project's own settings profile says; None where it leaves that to Hypothesis."""

    max_examples: int | None = None
    deadline: bool = True
    """A test that takes too long for one example fails."""


def settings_for(
    names: tuple[str, ...], amounts: Amounts, profile: Profile | None, *, waits: bool, slow: bool
) -> tuple[str, ...]:
    """Return the arguments of ``@settings`` that a test needs; none where the project's profile says the same.

    ``names`` are those of the function and of its modules.
    """
    is_critical = any(word.lower() in CRITICAL_WORDS for name in names for word in _WORD.findall(name))
    wanted = amounts.critical if is_critical else amounts.waiting if waits else amounts.standard
    own = profile.max_examples if profile else None
    found = []
    if wanted != (own or OF_HYPOTHESIS) and (own is None or is_critical or waits):
        found.append(f"max_examples={wanted}")
    if (slow or waits) and (profile is None or profile.deadline):
        found.append("deadline=None")
    return tuple(found)

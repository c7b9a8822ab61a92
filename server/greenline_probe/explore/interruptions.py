"""What was refused to calls and what ended them, in a sentence each: why lines may be left that calls could reach."""

from __future__ import annotations

import re
from typing import Any

from greenline_probe.explore import reasons

MOST = 5
_NUMBER = re.compile(r"\d+")
_LAST_NAME = re.compile(r"[^\s/\\:]+(?=[/\\]*(?::\d+)?$)")


def told(found: dict[str, Any], ended: list[list[str]]) -> list[str]:
    """Return the sentences, first what keeps all calls from going on.

    ``found`` is what the searching worker says; ``ended`` are calls, and how each ended its process.

    What was refused of a call's own invention (a path, a host) counts once of its kind, and a path not at all where
    the code was refused something else.
    """
    refused = _telling(found["refusals"])
    hinders = [r for r in refused if reasons.is_hindrance(r[1])]
    others = [r for r in refused if r not in hinders]
    ways: dict[str, tuple[str, str]] = {}
    for call, how in ended:
        ways.setdefault(_NUMBER.sub("", how), (call, how))  # whatever the exit code is
    sentences = [
        *_of_refusals(hinders),
        *found.get("left_out", []),
        *_of_what_is_missing(found.get("obstacles", {})),
        *(reasons.ending(call, how) for call, how in ways.values()),
        *([reasons.not_in_time(found["slow"])] if _is_slow(found.get("slow")) else []),
        *_of_refusals(others),
    ]
    return list(dict.fromkeys(sentences))[:MOST]


def _is_slow(slow: list[Any] | None) -> bool:
    """Tell whether the call was slow when it was given more time, too: before, the machine may have been busy."""
    if slow is None:
        return False
    _, seconds, ended, limit = slow
    return not ended or seconds > limit


def _telling(refusals: list[Any]) -> list[Any]:
    kept: list[Any] = []
    kinds: set[str] = set()
    for refusal in sorted(refusals, key=_is_invented):
        _, kind, _ = refusal
        if not _is_invented(refusal) or kind not in kinds:
            kept.append(refusal)
        kinds.add(kind)
    fixed = [refusal for refusal in kept if not _is_invented(refusal)]
    return [r for r in kept if r in fixed or not (fixed and r[1] == "write")]


def _is_invented(refusal: Any) -> bool:
    """Tell whether the call itself named what it was refused."""
    what, kind, call = refusal
    name = _LAST_NAME.search(what)
    return bool(kind) and name is not None and name[0] in call.partition("(")[2]


def _of_what_is_missing(obstacles: dict[str, Any]) -> list[str]:
    """Say for want of what calls failed, with the simplest of them."""
    return [
        reasons.fails(kind, f"`{reasons.short(call)}` raises {error}") for kind, (_, call, error) in obstacles.items()
    ]


def _of_refusals(refusals: list[Any]) -> list[str]:
    """Return a sentence for all that has the same advice, in it each act; what a call invented is told by itself."""
    alike: dict[str, list[str]] = {}
    for refusal in refusals:
        what, kind, call = refusal
        by_itself = reasons.has_advice(kind) and (kind != "write" or not _is_invented(refusal))
        alike.setdefault(kind if by_itself else call + what, []).append(what)
    sentences = []
    for what, kind, call in refusals:
        acts = alike.get(kind, [])
        if what in acts:
            *others, last = acts
            sentences.append(reasons.needs(kind, " and ".join(filter(None, [", ".join(others), last]))))
        else:
            sentences.append(reasons.refused_to(call, what))
    return list(dict.fromkeys(sentences))

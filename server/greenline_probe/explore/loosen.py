"""What is left to say of a call whose outcome is another one each time: kind, length, pattern, order, bounds."""

from __future__ import annotations

import dataclasses
import os
import re
from typing import Any

from greenline_probe import clock
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.observe import Observer
from greenline_probe.explore.sources import prelude_of
from greenline_probe.explore.surroundings import ELSEWHERE

TIMES = 8
"""So many runs must agree."""
MANY_CHARACTERS = 64
"""So many random characters have one of each kind that there is: less says nothing of their kind."""
LOOSE_COST = 4.0
"""What such a test costs in readability; one that says the value is better."""
LONG_ENOUGH = 3
_PATTERNS = (r"\d", "[0-9a-f]", "[a-z]", "[A-Z]", "[A-Za-z]", "[A-Za-z0-9]")
_SIZED = ("list", "tuple", "set", "frozenset", "dict")
_UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def loosened(first: Observation, observer: Observer, package: str, folder: str) -> Observation | None:
    """Return the observation with only what holds in any run, on any day; None when nothing does."""
    runs, results = [], []
    try:
        for entropy in range(1, TIMES + 1):
            observer.entropy = entropy
            with clock.another_folder(os.path.join(folder, ELSEWHERE)):
                if entropy <= len(clock.SHIFTS):
                    with clock.another_day({package}, clock.SHIFTS[entropy - 1]):
                        runs.append(observer.run(first.choice))
                else:
                    runs.append(observer.run(first.choice))
            results.append(observer.result)
    finally:
        observer.entropy = 0
    if any((r.kind, r.shape, r.error, r.kept) != (first.kind, first.shape, first.error, first.kept) for r in runs):
        return None
    loose = dataclasses.replace(
        first,
        loose=True,
        edges=first.edges.intersection(*(r.edges for r in runs)),
        details=_common([r.details for r in [first, *runs]]),
        after=_common([r.after for r in [first, *runs]]),
        message=_prefix([r.message for r in [first, *runs]]).rpartition(" ")[0],
    )
    if any(r.message != first.message for r in runs):
        loose.message = loose.message if len(loose.message) > LONG_ENOUGH else ""
    else:
        loose.message = first.message
    if any(r.expected != first.expected for r in runs):
        loose.expected = None
        loose.details = tuple(_about(results, first, observer))
    first.choice.cost += LOOSE_COST
    return loose if loose.usable else None


def _prefix(texts: list[str]) -> str:
    return os.path.commonprefix(texts)  # noqa: RUF071 - texts, not paths


def _common(all_said: list[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(line for line in all_said[0] if all(line in said for said in all_said))


def _about(results: list[Any], first: Observation, observer: Observer) -> list[str]:
    """Return assertions on ``result`` that hold for all results."""
    source = _one_of(results, first, observer)
    if source:
        return [f"result in {source}"]
    kinds = {type(result) for result in results}
    name = observer.names.of(kinds.pop()) if len(kinds) == 1 else None
    if name is None or name == "bool":
        return []
    found = [f"isinstance(result, {name})"]
    if name == "str":
        pattern = _pattern(results)
        if pattern:
            observer.names.bind("re", "re", "", re)
            return [f're.fullmatch(r"{pattern}", result)']
        start = _prefix(results).rstrip("0123456789")
        if len(start) >= LONG_ENOUGH and observer.describer.is_stable(start):
            found = [f"result.startswith({start!r})"]
    if name in ("list", "tuple"):
        ordered = {_sorted_source(result, observer) for result in results}
        if len(ordered) == 1 and None not in ordered:
            return [f"sorted(result) == {ordered.pop()}"]
    sizes = {len(result) for result in results if name in _SIZED}  # that of a text may be the same by chance
    return [*found, f"len(result) == {sizes.pop()}"] if len(sizes) == 1 else found


def _pattern(results: list[str]) -> str:
    """Return the narrowest pattern for texts of one length, empty where none can be told."""
    if all(re.fullmatch(_UUID, r) for r in results):
        return _UUID
    text, sizes = "".join(results), {len(r) for r in results}
    if len(text) < MANY_CHARACTERS or len(sizes) > 1:
        return ""
    size = sizes.pop()
    return next((f"{p}{{{size}}}" for p in _PATTERNS if re.fullmatch(f"{p}+", text, re.ASCII)), "")


def _sorted_source(items: Any, observer: Observer) -> str | None:
    try:
        return observer.express.express(sorted(items))
    except TypeError:
        return None


def _one_of(results: list[Any], first: Observation, observer: Observer) -> str:
    """Return the argument's source that each result is an item of."""
    for _, _, source in first.choice.template.arguments(first.choice.chosen):
        if prelude_of(source) or "tmp_path" in source:
            continue
        try:
            held = eval(source, dict(observer.names.bound))
            if isinstance(held, (list, tuple, set, frozenset, dict)) and all(r in held for r in results):
                return source
        except Exception:
            continue
    return ""

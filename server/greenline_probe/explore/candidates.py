"""What of all that the search found is worth judging: the simplest for each goal, then what is different, in turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from greenline_probe.explore.goals import Found, Goals
from greenline_probe.explore.observe import Observation

MAX_CANDIDATES = 160
MOST_TELLING = 60


def best(found: Found, goals: Goals) -> list[Observation]:
    """Return every goal's simplest call, those that answered a question in a new way, then some of each path."""
    observations = sorted(found.observations.values(), key=lambda o: o.choice.cost)
    first: dict[Any, Observation] = {}
    paths: dict[Any, list[Observation]] = {}
    for observation in observations:
        for goal in goals.met_by(observation.edges):
            first.setdefault(goal, observation)
        paths.setdefault((id(observation.choice.template), observation.edges), []).append(observation)
    telling = [found.observations[key] for key in found.telling if key in found.observations]
    telling.sort(key=lambda o: o.choice.cost)
    ordered = _once([*first.values(), *telling[:MOST_TELLING], *_in_turn(list(paths.values()))])
    return ordered[:MAX_CANDIDATES]


def _once(observations: Iterable[Observation]) -> list[Observation]:
    return list({id(o): o for o in observations}.values())


def _in_turn(groups: list[list[Observation]]) -> list[Observation]:
    """Take the first of each group, then the second of each."""
    longest = max(map(len, groups), default=0)
    return [group[i] for i in range(longest) for group in groups if i < len(group)]

"""What of all that the search found is worth judging: the simplest for each goal, then what is different, in turn."""

from __future__ import annotations

from typing import Any

from greenline_probe.explore.goals import Found, Goals
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import repeats

MAX_CANDIDATES = 160
MOST_TELLING = 60


def best(found: Found, goals: Goals) -> list[Observation]:
    """Return every goal's simplest call, those that answered a question in a new way, then some of each path."""
    observations = sorted(found.observations.values(), key=lambda o: o.choice.cost)
    first: dict[Any, Observation] = {}
    for observation in observations:
        met = goals.met_by(observation.edges)
        for goal in (*met, *(("shows", shown) for shown in observation.shows)):
            first.setdefault(goal, observation)
        if not met and observation.is_refused_as_declared:
            first.setdefault("refused", observation)
        if repeats(observation.choice):
            first.setdefault("again", observation)
        if observation.expected in ("True", "False"):
            first.setdefault(("result", observation.expected), observation)
    telling = [found.observations[key] for key in found.telling if key in found.observations]
    telling.sort(key=lambda o: o.choice.cost)
    ordered = [*first.values(), *telling[:MOST_TELLING], *in_turn(observations)]
    return list({id(o): o for o in ordered}.values())[:MAX_CANDIDATES]


def in_turn(observations: list[Observation]) -> list[Observation]:
    """Return the first of each path through the code, then the second of each."""
    paths: dict[Any, list[Observation]] = {}
    for observation in observations:
        paths.setdefault((id(observation.choice.template), observation.edges), []).append(observation)
    longest = max(map(len, paths.values()), default=0)
    return [path[i] for i in range(longest) for path in paths.values() if i < len(path)]

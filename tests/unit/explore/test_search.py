"""The search reaches branches that ordinary inputs miss, and goes the same way each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from greenline_probe.explore.goals import Goals
from greenline_probe.explore.template import Choice, described
from unit.explore.explored import explored

SOURCE = """
import re

def equals(text: str) -> int:
    if text[::-1] == "terces yrev":
        return 1
    return 0

def member(word: str) -> int:
    allowed = ["re" + "d", "gr" + "een"]
    if word in allowed:
        return 1
    return 0

def length(text: str) -> int:
    if len(text) == 17:
        return 1
    return 0

def nested(text: str, n: int) -> int:
    if text.startswith("v"):
        if n > 1234:
            if len(text) == 9:
                return 3
            return 2
        return 1
    return 0

def pair(a: int, b: int) -> int:
    if a == b + 100:
        return 1
    return 0

def versions(text: str) -> str:
    found = re.fullmatch(r"(\\d+)\\.(\\d+)(?:rc(\\d+))?", text)
    if not found:
        return "none"
    if found[3] and int(found[3]) > 9:
        return "late candidate"
    return "candidate" if found[3] else "final"

def items(values: list[int]) -> int:
    if len(values) > 5:
        return 2
    if values and values[0] > values[-1]:
        return 1
    return 0

def keys(data: dict) -> int:
    if data.get("mode") == "strict":
        if "level" in data:
            return 2
        return 1
    return 0

def both(a: bool = False, b: bool = False, mode: str = "plain") -> int:
    if a and b:
        return 1
    return 0

def squared(n: int) -> int:
    if 3000 < n * n + 2 * n < 3200:
        return 1
    return 0

def nested_items(state: object) -> int:
    if isinstance(state, tuple) and len(state) == 2:
        if isinstance(state[1], dict):
            if state[1]["depth"] == "deep":
                return 3
            return 2
        return 1
    return 0

def prefixed(text: str) -> int:
    head = "-".join(["x", "ray"])
    for line in text.splitlines():
        if line.strip().upper().startswith(head.upper()):
            if line.endswith(head[::-1]):
                return 2
            return 1
    return 0

def patterned(text: str, key: str = "size") -> int:
    rule = re.compile("^" + key + r"=(\\d+)$", re.M)
    found = rule.search(text)
    if found:
        return int(found[1])
    return -1

def slow(n: int) -> int:
    while True:
        pass
"""
REACHED = """
equals member length nested versions items keys both squared nested_items prefixed patterned
""".split()  # noqa: SIM905


@pytest.mark.parametrize("name", REACHED)
def test_every_branch_is_reached(tmp_path: Path, name: str) -> None:
    with explored(tmp_path, SOURCE, name) as world:
        search = world.search(seconds=20)
        found = search.run([])

        assert search.goals.all - found.met == set(), [described(o.choice) for o in found.observations.values()]


def test_long_texts_are_cut_down_to_what_matters(tmp_path: Path) -> None:
    with explored(
        tmp_path, "def f(text: str) -> int:\n    if 'x=' in text:\n        return 1\n    return 0\n", "f"
    ) as world:
        search = world.search()
        template = world.templates[0]
        long = Choice(template, (repr("lorem ipsum dolor sit amet x=1 consectetur adipiscing"),))
        found = search.run([long])
        reaching = [o for o in found.observations.values() if o.expected == "1"]

    assert min(len(o.choice.chosen[0]) for o in reaching) <= len("'x='") + 2


def test_documented_calls_come_first(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "pair") as world:
        search = world.search()
        template = world.templates[0]
        found = search.run([Choice(template, ("350", "250"))])

        assert search.goals.all <= found.met


def test_a_function_that_never_ends_is_given_up_soon(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "slow") as world:
        world.observer.seconds = 0.02
        found = world.search(seconds=60).run([])

    assert set(found.kinds) == {"timeout"}
    assert found.calls < 30
    assert found.observations == {}


def test_what_the_receiver_holds_and_an_argument_meet(tmp_path: Path) -> None:
    source = """
    class Box:
        def __init__(self, size: int, *, name: str = "box", deep: bool = False) -> None:
            assert name.isalpha(), name
            self.size = size

        def fits(self, other: int) -> bool:
            if self.size * 7 == other - 3000:
                return False
            return True
    """
    with explored(tmp_path, source, "Box.fits") as world:
        found = world.search(seconds=20).run([])

    assert world.goals.all <= found.met


def test_accidents_keep_their_simplest_call(tmp_path: Path) -> None:
    with explored(tmp_path, "def f(a: int) -> int:\n    return 10 // (a - 3)\n", "f") as world:
        found = world.search(seconds=1).run([])
        (accident,) = found.accidents.values()

    assert (accident.error, described(accident.choice)) == ("ZeroDivisionError", "f(3)")


def test_more_choices_near_others_are_new_ones(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "nested") as world:
        search = world.search()
        base = Choice(world.templates[0], world.templates[0].first())
        first, second = search.more([base], 20), search.more([base], 20)

    keys = [c.key for c in [*first, *second]]
    assert first
    assert len(set(keys)) == len(keys)
    assert search.more([], 5) == []


def test_goals_are_met_by_first_lines_of_statements() -> None:
    goals = Goals(frozenset({1, 3}), frozenset({(1, 3), (3, -1)}), {2: 1, 4: 3})

    assert goals.met_by(frozenset({(2, 4)})) == {1, 3, (1, 3)}
    assert goals.met_by(frozenset({(4, -1)})) == {3, (3, -1)}
    assert goals.met_by(frozenset({(7, 8)})) == frozenset()
    assert goals.all == {1, 3, (1, 3), (3, -1)}


PROGRAM = """
import sys, pathlib, json, tempfile
sys.path[:0] = json.loads(sys.argv[1])
from unit.explore.explored import explored
from unit.explore.test_search import SOURCE
from greenline_probe.explore.template import described
said = {}
for name in ("nested", "versions", "keys", "items"):
    with tempfile.TemporaryDirectory() as folder, explored(pathlib.Path(folder), SOURCE, name) as world:
        tried = []
        world.observer.announce = lambda call: tried.append(call) or len(tried) < 400
        found = world.search(seconds=60).run([])
        said[name] = [tried[:400], [described(o.choice) for o in found.observations.values()]]
print(json.dumps(said))
"""


def test_the_same_seed_tries_the_same_calls_in_every_process() -> None:
    tests = Path(__file__).parents[2]
    said = []
    for hash_seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, json.dumps([str(tests), str(tests.parent / "server")])],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout))

    assert said[0] == said[1] == said[2]


def test_another_seed_tries_other_calls(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "nested") as world:
        base = Choice(world.templates[0], world.templates[0].first())
        one = [c.chosen for c in world.search(seed="a").more([base], 30)]
        other = [c.chosen for c in world.search(seed="b").more([base], 30)]

    assert one != other

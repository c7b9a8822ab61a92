"""What a test may say of a call that has another outcome each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline_probe.explore.loosen import loosened
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Choice
from unit.explore.explored import World, explored

SOURCE = """
    import random
    import secrets
    import time
    import uuid


    def pick() -> str:
        return random.choice(["red", "green", "blue"])


    def chosen(items: list) -> object:
        return random.choice(items)


    def mixed() -> list:
        items = ["x", "y", "z", "a", "b", "c"]
        random.shuffle(items)
        return items


    def token() -> str:
        return secrets.token_hex(8)


    def name() -> str:
        return str(uuid.uuid4())


    def labelled() -> str:
        return f"run-{time.time_ns()}"


    def refuse() -> None:
        raise LookupError(f"no entry for key {random.random()}")


    def settled() -> str:
        return f"{random.random() < 2} always"
"""


def _loosened(folder: Path, name: str, *chosen: str) -> tuple[World, Observation | None]:
    with explored(folder, SOURCE, name) as world:
        drawn = tuple("" for slot in world.templates[0].slots if slot.role == "setting")  # nothing stands in for chance
        first = world.observer.run(Choice(world.templates[0], (*drawn, *chosen)))
        left = loosened(first, world.observer, world.subject.module.__name__, str(folder))
        assert left is None or not world.observer.notices(left)
        return world, left


@pytest.mark.parametrize(
    ("name", "chosen", "said"),
    [
        ("pick", (), ("isinstance(result, str)",)),
        ("chosen", ("[1, 'a', None]",), ("result in [1, 'a', None]",)),
        ("chosen", ("[5, 7, 9, 11]",), ("result in [5, 7, 9, 11]",)),
        ("mixed", (), ("sorted(result) == ['a', 'b', 'c', 'x', 'y', 'z']",)),
        ("token", (), ('re.fullmatch(r"[0-9a-f]{16}", result)',)),
        ("name", (), ('re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", result)',)),
        ("labelled", (), ("result.startswith('run-')",)),
    ],
)
def test_only_what_holds_each_time_is_said(
    tmp_path: Path, name: str, chosen: tuple[str, ...], said: tuple[str, ...]
) -> None:
    _, left = _loosened(tmp_path, name, *chosen)

    assert (left.details if left else ()) == said
    assert left is None or left.expected is None


def test_of_a_message_the_part_that_stays_is_said(tmp_path: Path) -> None:
    _, left = _loosened(tmp_path, "refuse")

    assert left is not None
    assert left.message == "no entry for key"


def test_what_stays_the_same_is_said_in_full(tmp_path: Path) -> None:
    _, left = _loosened(tmp_path, "settled")

    assert left is not None
    assert left.expected == "'True always'"


def test_a_change_of_the_code_is_noticed_in_what_is_left(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "token") as world:
        first = world.observer.run(Choice(world.templates[0], ()))
        left = loosened(first, world.observer, world.subject.module.__name__, str(tmp_path))
        assert left is not None
        vars(world.subject.module)["secrets"] = type("secrets", (), {"token_hex": staticmethod(lambda _: "ABC")})

        assert world.observer.notices(left)

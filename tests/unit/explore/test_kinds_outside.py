"""What takes the place of servers, programs, clocks and models while exploring, and what a test says of it."""

from __future__ import annotations

import ast
import subprocess
import sys
import types
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from greenline_probe.explore.kinds import http_bodies, http_replies
from greenline_probe.explore.kinds.called import calls_of, handled, libraries_of
from greenline_probe.explore.kinds.http_clients_specced import without_answers
from greenline_probe.explore.monkeypatch import Monkeypatch
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.stubs import calls_seen, stand_ins
from greenline_probe.explore.template import Choice
from greenline_probe.explore.values import Values
from unit.explore.explored import explored

PROGRAMS = """
import subprocess
import time
from datetime import datetime
from random import random as chance

def branch(where: str):
    try:
        done = subprocess.run(["git", "-C", where, "branch"], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "no git"
    if done.returncode == 128:
        raise ValueError("no repository")
    return done.stdout.strip()

def pauses(times: int = 2):
    for number in range(times):
        time.sleep(number + 1)

def part_of_day():
    return "morning" if datetime.now().hour < 12 else "later"

def lucky():
    return chance() < 0.25

def plain(text: str):
    return text.upper()

def first_word(where: str):
    return subprocess.run(["cat", where], capture_output=True, text=True, check=False).stdout.split()[0]
"""
ARGUMENTS = """
import argparse

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("number", type=int)
    return "abc"[parser.parse_args().number]
"""


def _seen(folder: Path, name: str) -> list[Observation]:
    """Run the target once with each setting, everything else as it is ordinarily."""
    with explored(folder, PROGRAMS, name) as world:
        template = world.templates[0]
        place = next(i for i, slot in enumerate(template.slots) if slot.role == "setting")
        first = template.first()
        return [
            world.observer.run(Choice(template, (*first[:place], source, *first[place + 1 :])))
            for source in template.slots[place].pool
        ]


def test_a_program_answers_what_the_code_tells_apart_and_the_call_is_asserted(tmp_path: Path) -> None:
    seen = _seen(tmp_path, "branch")

    assert {o.kind for o in seen} == {"value", "raise"}
    assert "'no git'" in {o.expected for o in seen}
    assert "no repository" in {o.message for o in seen}
    assert all("run.call_args_list == [call(['git', '-C', " in o.after[0] for o in seen)


def test_nobody_waits_and_each_pause_is_asserted(tmp_path: Path) -> None:
    (seen,) = _seen(tmp_path, "pauses")

    assert seen.after == ("sleep.call_args_list == [call(1), call(2)]",)


def test_a_stand_in_that_nothing_called_is_left_out(tmp_path: Path) -> None:
    with explored(tmp_path, PROGRAMS, "pauses") as world:
        template = world.templates[0]
        seen = world.observer.run(Choice(template, (template.slots[0].pool[0], "0")))

    assert seen.arranged == ()


def test_the_clock_stands_at_hours_on_both_sides(tmp_path: Path) -> None:
    assert {"'morning'", "'later'"} <= {o.expected for o in _seen(tmp_path, "part_of_day")}


def test_chance_is_what_the_test_says(tmp_path: Path) -> None:
    seen = _seen(tmp_path, "lucky")

    assert {"True", "False"} <= {o.expected for o in seen}


def test_what_calls_nothing_outside_has_no_settings(tmp_path: Path) -> None:
    with explored(tmp_path, PROGRAMS, "plain") as world:
        assert [slot for slot in world.templates[0].slots if slot.role == "setting"] == []


def test_an_error_that_follows_from_what_was_made_up_is_no_word_about_the_code(tmp_path: Path) -> None:
    empty = next(o for o in _seen(tmp_path, "first_word") if o.error == "IndexError")

    assert empty.made_up


def test_an_error_that_follows_from_what_was_typed_is_a_word_about_the_code(tmp_path: Path) -> None:
    with explored(tmp_path, ARGUMENTS, "main") as world:
        template = next(t for t in world.templates if any(".setattr(" in line for line in t.arrange(t.first())))
        typed = [Choice(template, ("'42'",) * len(template.slots))]
        seen = world.observer.run(typed[0])

    assert (seen.error, seen.made_up) == ("IndexError", False)


def test_afterwards_everything_is_as_it_was(tmp_path: Path) -> None:
    before = subprocess.run
    _seen(tmp_path, "branch")

    assert subprocess.run is before


def test_what_is_called_is_found_where_its_name_is_looked_up(tmp_path: Path) -> None:
    with explored(tmp_path, PROGRAMS, "branch") as world:
        (run,) = [c for c in calls_of(world.subject) if c.attribute == "run"]
        assert (run.holder, run.thing, len(run.nodes)) == (subprocess, subprocess.run, 1)
        assert handled(world.subject) == [FileNotFoundError]
        assert "subprocess" in libraries_of(world.subject)
    with explored(tmp_path, PROGRAMS, "lucky") as world:
        (chance,) = calls_of(world.subject)
        assert (chance.holder, chance.attribute) == (world.subject.module, "chance")


BODIES = """
def fetch(session, url):
    response = session.get(url)
    if response.status_code == 404:
        return None
    response.raise_for_status()
    return response.json()

def titles(session, url):
    page = fetch(session, url)
    if page.get("next"):
        return session.get(page["next"]).json()["items"]
    return [item["title"] for item in page["items"]]

def kind(session, url):
    return session.get(url).headers.get("X-Kind")
"""


def test_a_body_has_the_keys_that_are_read_wherever_they_are(tmp_path: Path) -> None:
    with explored(tmp_path, BODIES, "titles") as world:
        made = [ast.literal_eval(s) for s in http_bodies.bodies(world.subject, _values(world))]

    assert set(made[0]) == {"items", "next"}
    assert "title" in made[0]["items"][0]
    assert made[0]["next"].startswith("https://")
    assert any("next" not in body for body in made)


def test_statuses_are_those_that_are_compared_and_errors_that_are_minded(tmp_path: Path) -> None:
    with explored(tmp_path, BODIES, "titles") as world:
        assert http_bodies.statuses(world.subject) == [404, 500]
    with explored(tmp_path, BODIES, "kind") as world:
        assert http_bodies.statuses(world.subject) == []
        assert any("X-Kind" in source for source in http_bodies.headers(world.subject, _values(world)))


def _values(world: Any) -> Any:
    return Values(world.names, world.subject.facts, world.observer.attempt)


def test_answers_come_in_turn_the_last_one_again_and_not_without_end() -> None:
    error = OSError("gone")
    replies = http_replies.Replies([http_replies.Reply(error=error), http_replies.Reply(200, {"a": 1})])

    def ask() -> http_replies.Reply:
        return replies.next("requests", "GET", "https://example.com", b"", {})

    with pytest.raises(OSError, match="gone"):
        ask()
    assert [ask().body, ask().body] == [{"a": 1}, {"a": 1}]
    ((request, answers),) = http_replies.grouped(replies.requests)
    assert (request.url, len(answers)) == ("https://example.com", 2)
    for _ in range(http_replies.MOST_REQUESTS - len(replies.requests)):
        ask()
    with pytest.raises(http_replies.NoReply):
        ask()


def test_what_is_sent_and_which_headers_are_the_codes_own() -> None:
    headers = {"Content-Type": "application/json", "Authorization": "Bearer x", "User-Agent": "y"}
    request = http_replies.Request("httpx", "POST", "https://example.com", b'{"a": 1}', headers, http_replies.Reply())

    assert request.sent == {"a": 1}
    assert request.own_headers == {"Authorization": "Bearer x"}


def test_one_call_made_again_and_again_is_written_once(tmp_path: Path) -> None:
    with explored(tmp_path, PROGRAMS, "plain") as world:
        asked = Mock()
        for _ in range(3):
            asked(["abc"], key=1)

        assert calls_seen(asked, "asked", world.names, world.express.express) == [
            "asked.call_args_list == [call(['abc'], key=1)] * 3"
        ]


def test_of_a_list_that_grows_between_calls_only_what_it_became_is_asserted(tmp_path: Path) -> None:
    with explored(tmp_path, PROGRAMS, "plain") as world:
        asked, items = Mock(), ["abc"]
        asked(items)
        items.append("def")
        asked(items)

        assert calls_seen(asked, "asked", world.names, world.express.express) == [
            "asked.call_count == 2",
            "asked.call_args == call(['abc', 'def'])",
        ]


def test_what_others_only_answer_with_is_not_asked_how_it_was_called() -> None:
    lines = [
        "response = Mock()\nsession = MagicMock()\nsession.__aenter__.return_value = session",
        "session.get.return_value.__aenter__.side_effect = [response, later]",
        "get = create_autospec(f, return_value=first)",
    ]
    space = {name: Mock() for name in ("response", "session", "get", "later", "first")}

    assert list(stand_ins([*lines, "later = Mock()\nfirst = Mock()"], space)) == ["session", "get"]


CHAT = """
class NoAnswer(Exception):
    pass

def ask(client, question):
    response = client.chat.completions.create(model="m", messages=[{"role": "user", "content": question}])
    choice = response.choices[0]
    if choice.finish_reason == "length":
        raise NoAnswer("the answer was cut off")
    return choice.message.content.strip()

def told(client, question):
    shown = []
    for chunk in client.chat.completions.create(model="m", stream=True, messages=[]):
        if chunk.choices[0].delta.content:
            shown.append(chunk.choices[0].delta.content)
    return shown

async def later(client, question):
    response = await client.chat.completions.create(model="m", messages=[])
    return response.choices[0].message.content
"""


@pytest.mark.parametrize(
    ("name", "expected", "raised"),
    [
        ("ask", "'Hello'", ["the answer was cut off"]),
        ("told", "['Hello', ' world']", []),
        ("later", "'Hello'", []),
    ],
)
def test_a_client_of_openais_shape_answers_in_that_shape_and_is_asserted(
    tmp_path: Path, name: str, expected: str, raised: list[str]
) -> None:
    with explored(tmp_path, CHAT, name) as world:
        template = world.templates[0]
        seen = [world.observer.run(Choice(template, (made, "'abc'"))) for made in template.slots[0].pool]

    assert seen[0].expected == expected
    assert [o.message for o in seen if o.kind == "raise"] == raised
    assert all("client.chat.completions.create.call_args_list == [call(model='m', " in o.after[0] for o in seen)


def test_monkeypatch_puts_attributes_back_those_of_classes_too() -> None:
    base = type("Base", (), {"kept": 1})
    heir = type("Heir", (base,), {})
    module = types.SimpleNamespace(name="before")
    monkeypatch = Monkeypatch()
    monkeypatch.setattr(heir, "kept", 2)
    monkeypatch.setattr(module, "name", "after")
    assert (heir.kept, module.name) == (2, "after")

    monkeypatch.unset()

    assert (heir.kept, module.name, "kept" in vars(heir)) == (1, "before", False)
    with pytest.raises(AttributeError):
        monkeypatch.setattr(sys, "nobody_has_this", 1)


def test_answers_of_another_kinds_client_are_not_taken_for_unasked() -> None:
    client = Mock()
    answered = "client = Mock(spec=Asks)\nclient.messages.create.side_effect = [Failed(response=httpx.Response(429))]"
    assert without_answers(answered, {"client": client}) == answered
    unasked = "client = Mock(spec=httpx.Client)\nclient.get.return_value = httpx.Response(200)  # response"
    assert without_answers(unasked, {"client": client}) == "client = Mock(spec=httpx.Client)"

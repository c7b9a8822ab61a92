from __future__ import annotations

import sys
from pathlib import Path

import pytest

from greenline.adapters.command_template import CommandTemplate, PathMapping, TemplateProblem
from greenline_probe import wire

PLACES = {
    "{project}": Path("/home/me/shop"),
    "{scratch}": Path("/tmp/greenline-1"),
    "{probe}": Path("/opt/greenline_probe"),
    "{python}": Path("/home/me/shop/.venv/bin/python"),
}
PATHS = "{project}=/project; {scratch}=/scratch; {python}=/usr/bin/python3;{probe} = /probe"


def test_places_are_filled_in_and_the_command_stays_several_words() -> None:
    template = CommandTemplate.read(f"{sys.executable} -v '{{project}}:{{project}}:ro' --name 'a b' {{command}} end")

    assert template.command(PLACES, PLACES["{probe}"] / "__main__.py", {"TZ": "UTC"}) == [
        sys.executable, "-v", "/home/me/shop:/home/me/shop:ro", "--name", "a b",
        "env", "TZ=UTC", "/home/me/shop/.venv/bin/python", "/opt/greenline_probe/__main__.py", "tied", "end",
    ]  # fmt: skip


def test_places_with_other_names_there_are_called_by_those() -> None:
    template = CommandTemplate.read(f"{sys.executable} -v {{project}}:/project {{command}}", PATHS)

    command = template.command(
        PLACES, PLACES["{probe}"] / "__main__.py", {"PYTHONPATH": "/tmp/greenline-1/copy/shop/src:/home/me/shop/lib"}
    )

    assert command[1:] == [
        "-v", "/home/me/shop:/project",
        "env", "PYTHONPATH=/scratch/copy/shop/src:/project/lib", "/usr/bin/python3", "/probe/__main__.py", "tied",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "paths", "words"),
    [
        ("", "", "greenline.isolation.command is empty"),
        ("docker run image", "", "{command} is missing"),
        ("sh -c 'exec {command}'", "", "{command} is missing, as a word of its own"),
        ("docker 'run {command}", "", "cannot be read: No closing quotation"),
        (f"{sys.executable} {{folder}} {{command}}", "", "has {folder}; what can be filled in is {project}, "),
        ("no-such-program {command}", "", "begins with no-such-program, and there is no such program here"),
        (f"{sys.executable} {{command}}", "{project}", "this is no pair: {project}"),
        (f"{sys.executable} {{command}}", "{home}=/home", "greenline.isolation.paths has {home}"),
    ],
)
def test_what_cannot_be_used_is_said(command: str, paths: str, words: str) -> None:
    with pytest.raises(TemplateProblem) as problem:
        CommandTemplate.read(command, paths)

    assert words in str(problem.value)


def test_messages_are_about_the_paths_of_the_side_that_reads_them() -> None:
    mapping = PathMapping((("/home/me/shop", "/project"), ("/home/me/shop/src", "/code"), ("/tmp/s", "/scratch")))
    request = wire.RunTests(
        "/tmp/s/copy", ["tests/test_a.py"], "/tmp/s", files={"/home/me/shop/src/a.py": "/home/me/shop/src/a.py"}
    )

    sent = mapping.message_out(request)

    assert (sent.root, sent.scratch, sent.selection) == ("/scratch/copy", "/scratch", ["tests/test_a.py"])
    assert sent.files == {"/code/a.py": "/code/a.py"}
    assert mapping.message_back(sent) == request


def test_a_part_of_a_name_is_no_path() -> None:
    mapping = PathMapping((("/home/me/shop", "/project"),))

    kept = ["/home/me/shops/a.py", "/srv/home/me/shop", "/home/me/shop.py", "/home/me/shop-2"]
    assert [mapping.out(text) for text in kept] == kept
    assert mapping.out("in '/home/me/shop', or file:/home/me/shop/a.py:3") == "in '/project', or file:/project/a.py:3"

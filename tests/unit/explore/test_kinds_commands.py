"""Commands as the search sees them: what is typed for declared parameters, and how the call reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline_probe.explore.template import Choice
from unit.explore.explored import explored

if TYPE_CHECKING:
    from pathlib import Path

    from greenline_probe.explore.template import Template
    from unit.explore.explored import World

_CLICK = """
    import click

    @click.group()
    def cli():
        click.echo("cli")

    @cli.command("add")
    @click.argument("amounts", type=int, nargs=-1, required=True)
    @click.option("--round/--exact", "is_round", default=False)
    @click.option("-v", "--verbose", count=True)
    @click.option("--unit", type=click.Choice(["m", "km"]))
    @click.option("--tag", "tags", multiple=True)
    def add_amounts(amounts, is_round, verbose, unit, tags):
        if sum(amounts) < 0:
            raise click.ClickException("less than nothing")
        click.echo(f"{sum(amounts)} {unit or ''}".strip())
"""
_ARGPARSE = """
    import argparse

    def main(argv=None):
        parser = argparse.ArgumentParser(prog="made")
        parser.add_argument("size", type=int)
        parser.add_argument("--colour", choices=["red", "blue"], default="red")
        args = parser.parse_args(argv)
        if args.size > 100:
            parser.error("too large")
        print(args.size, args.colour)
        return 0
"""


def _shown(template: Template, **chosen: str) -> str:
    """Return the call with these choices, all else left out."""
    row = tuple(chosen.get(slot.name, "" if "" in slot.pool else slot.pool[0]) for slot in template.slots)
    return template.call([label + source for _, label, source in template.arguments(row)], row)


def _run(world: World, **chosen: str) -> tuple[str, ...]:
    (template,) = world.templates
    row = tuple(chosen.get(slot.name, "" if "" in slot.pool else slot.pool[0]) for slot in template.slots)
    seen = world.observer.run(Choice(template, row))
    assert seen.usable, seen
    return (*seen.details, *seen.after)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"amounts": "[3]"}, '["add", "3"]'),
        ({"amounts": "[3, 4]", "is_round": "True"}, '["add", "3", "4", "--round"]'),
        ({"amounts": "[3]", "is_round": "False"}, '["add", "3", "--exact"]'),
        ({"amounts": "[3]", "verbose": "2", "unit": "'km'"}, '["add", "3", "-vv", "--unit", "km"]'),
        ({"amounts": "[3]", "tags": "['a', 'b']"}, '["add", "3", "--tag", "a", "--tag", "b"]'),
        ({"amounts": "[-3]", "verbose": "1"}, '["add", "-v", "--", "-3"]'),
    ],
)
def test_a_command_is_invoked_through_its_group_with_what_is_typed(
    tmp_path: Path, chosen: dict[str, str], words: str
) -> None:
    with explored(tmp_path, _CLICK, "add_amounts") as world:
        (template,) = world.templates
        assert _shown(template, **chosen).replace("'", '"') == f"CliRunner().invoke(cli, {words})"


def test_what_a_command_ends_with_is_exit_code_and_output(tmp_path: Path) -> None:
    with explored(tmp_path, _CLICK, "add_amounts") as world:
        assert _run(world, amounts="[3, 4]") == ("result.exit_code == 0", "result.output == 'cli\\n7\\n'")
        assert _run(world, amounts="[-3]") == (
            "result.exit_code == 1",
            "result.output == 'cli\\nError: less than nothing\\n'",
        )


def test_what_click_itself_says_of_a_wrong_word_is_asserted_in_part(tmp_path: Path) -> None:
    with explored(tmp_path, _CLICK, "add_amounts") as world:
        assert _run(world, amounts="[3]", unit="'mile'") == (
            "result.exit_code == 2",
            "\"Invalid value for '--unit'\" in result.output",
        )


def test_a_command_that_raises_by_accident_is_no_test(tmp_path: Path) -> None:
    text = """
        import click

        @click.command()
        @click.argument("number", type=int)
        def invert(number):
            click.echo(1 / number)
    """
    with explored(tmp_path, text, "invert") as world:
        (template,) = world.templates
        seen = world.observer.run(Choice(template, ("0",)))
        assert (seen.kind, seen.usable, seen.error_text) == ("raise", False, "ZeroDivisionError: division by zero")


def test_a_main_is_called_with_what_its_parser_knows(tmp_path: Path) -> None:
    with explored(tmp_path, _ARGPARSE, "main") as world:
        (template,) = world.templates
        assert _shown(template, size="3", colour="'blue'") == "main(['3', '--colour', 'blue'])"
        assert next(s for s in template.slots if s.name == "colour").pool[:3] == ["", "'red'", "'blue'"]


def test_a_main_that_ends_the_program_says_its_code_and_the_projects_reason(tmp_path: Path) -> None:
    with explored(tmp_path, _ARGPARSE, "main") as world:
        assert _run(world, size="101") == ("caught.value.code == 2", "'too large' in capsys.readouterr().err")
        assert _run(world, size="'abc'") == ("caught.value.code == 2",)


def test_a_main_without_parameters_reads_what_is_typed_before(tmp_path: Path) -> None:
    text = _ARGPARSE.replace("argv=None", "").replace("parse_args(argv)", "parse_args()")
    with explored(tmp_path, text, "main") as world:
        (template,) = world.templates
        name = world.subject.module.__name__
        assert template.arrange(("3", "")) == [f"monkeypatch.setattr(sys, \"argv\", ['{name}', '3'])"]
        assert template.call([], ("3", "")) == "main()"


def test_what_a_command_asks_outside_is_answered_by_a_stand_in(tmp_path: Path) -> None:
    text = """
        import os
        import subprocess

        import click

        @click.command()
        def branch():
            done = subprocess.run(["git", "branch"], capture_output=True, text=True)
            click.echo(done.stdout.strip() or os.environ.get("BRANCH", "detached"))
    """
    with explored(tmp_path, text, "branch") as world:
        (template,) = world.templates
        assert {"$run", "$BRANCH"} <= {slot.name for slot in template.slots}
        seen = world.observer.run(Choice(template, template.first()))
        assert {"result.exit_code == 0", "result.output == 'abc\\n'"} <= set(seen.details)
        assert seen.after == ("run.call_args_list == [call(['git', 'branch'], capture_output=True, text=True)]",)


_PRINTS = """
    import click

    class Broken(Exception):
        pass

    @click.command()
    @click.argument("name")
    def report(name):
        if name == "nobody":
            return
        if name == "Ada":
            raise Broken("Ada broke")
        click.echo("")
        for number in range(60):
            click.echo(f"line {number} of {name}")
        click.echo("\\n")
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody", ("result.exit_code == 0", "result.output == ''")),
        ("Bob", ("result.exit_code == 0", "'line 0 of Bob' in result.output", "'line 59 of Bob' in result.output")),
        (
            "Ada",
            ("result.exit_code == 1", "isinstance(result.exception, Broken)", "str(result.exception) == 'Ada broke'"),
        ),
    ],
)
def test_what_is_asserted_of_a_command_can_fail(tmp_path: Path, name: str, said: tuple[str, ...]) -> None:
    with explored(tmp_path, _PRINTS, "report") as world:
        assert _run(world, name=repr(name)) == said

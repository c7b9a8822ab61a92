"""Commands are tested as a person types them: through the library's own runner, by exit code and output."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kinds.generated import calls_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kinds.generated import Generated


def test_a_click_command_is_invoked_with_the_words_that_are_typed(generate: Callable[[str], Generated]) -> None:
    code = generate("click_commands").code
    assert "from click.testing import CliRunner\n" in code
    assert "    result = CliRunner().invoke(greet, args)\n    assert result.exit_code == 0\n" in code
    assert '["Ada", "--style", "casual"], "Hey Ada!\\n"' in code


def test_a_subcommand_is_invoked_through_its_group_and_sees_its_files(generate: Callable[[str], Generated]) -> None:
    code = generate("click_commands").code
    assert 'CliRunner().invoke(cli, ["clear", str(tmp_path / "data.txt"), "--force"])' in code
    assert re.search(r'assert "Invalid value for \'?--year\'?" in result\.output\n', code)
    assert "input=answer" in code


def test_a_typer_app_is_invoked_down_to_its_nested_command(generate: Callable[[str], Generated]) -> None:
    code = generate("typer_commands").code
    assert "from typer.testing import CliRunner\n" in code
    assert '["stops", "list", str(tmp_path / "out.txt")]' in code
    assert 'assert "groups of ten or more book by phone" in result.output' in code
    assert "    assert isinstance(result.exception, ValueError)\n" in code
    assert '    assert str(result.exception) == "a stop begins with a capital"\n' in code


def test_a_main_is_called_with_words_or_reads_them_from_sys_argv(generate: Callable[[str], Generated]) -> None:
    code = generate("argparse_commands").code
    assert '    assert main(["repeat", "word"]) == 0\n    assert capsys.readouterr().out == "word word\\n"\n' in code
    assert 'monkeypatch.setattr(sys, "argv", ["greeting", "Ada", "--language", given])\n\n    main()\n' in code
    assert '("fr", "Bonjour Ada\\n"),\n' in code


def test_a_command_line_that_is_refused_ends_with_its_code_and_the_projects_words(
    generate: Callable[[str], Generated],
) -> None:
    code = generate("argparse_commands").code
    assert "with pytest.raises(SystemExit) as caught:\n" in code
    assert "assert caught.value.code == 2\n" in code
    assert 'assert "nobody reads more than 20" in capsys.readouterr().err' in code


@pytest.mark.usefixtures("environment_of_kinds")
def test_the_runner_of_the_projects_own_tests_is_used_where_it_is_of_the_same_library(tmp_path: Path) -> None:
    command = """
        import click

        @click.command()
        def hail():
            click.echo("hail")
    """
    fixture = """
        import pytest
        from click.testing import CliRunner

        @pytest.fixture
        def cli_runner():
            return CliRunner()
    """
    (call,) = calls_of("hail.py::hail", tmp_path, {"hail.py": command, "conftest.py": fixture})
    assert call["call"] == "runner = cli_runner; runner.invoke(hail, [])"
    assert call["says"] == ["result.exit_code == 0", "result.output == 'hail\\n'"]
    other = fixture.replace("click.testing", "typer.testing")
    (call,) = calls_of("hail.py::hail", tmp_path, {"conftest.py": other})
    assert call["call"] == "CliRunner().invoke(hail, [])"

import pytest
from click.testing import CliRunner

from shelf import cli, greet


@pytest.mark.parametrize(
    ("args", "expected_output"),
    [
        pytest.param(["Ada"], "Hello Ada\n", id="ada"),
        pytest.param(["Ada", "--style", "casual"], "Hey Ada!\n", id="ada-style-casual"),
        pytest.param(
            ["Ada", "--times", "3", "--style", "casual"],
            "Hey Ada!\nHey Ada!\nHey Ada!\n",
            id="ada-times-3",
        ),
        pytest.param(
            ["Ada", "--shout", "--style", "formal"],
            "GOOD DAY, ADA.\n",
            id="ada-shout-style",
        ),
    ],
)
def test_greet(args, expected_output):
    result = CliRunner().invoke(greet, args)
    assert result.exit_code == 0
    assert result.output == expected_output


def test_cli_without_verbose(tmp_path):
    (tmp_path / "data.txt").write_text("one\ntwo\n")

    result = CliRunner().invoke(cli, ["show", str(tmp_path / "data.txt")])

    assert result.exit_code == 0
    assert result.output == "one\ntwo\n"


def test_cli_with_verbose(tmp_path):
    (tmp_path / "data.txt").write_text("one\ntwo\n")

    result = CliRunner().invoke(cli, ["--verbose", "show", str(tmp_path / "data.txt")])

    assert result.exit_code == 0
    assert result.output == "shelf 0.1.0\none\ntwo\n"


@pytest.mark.parametrize(
    ("args", "expected_output"),
    [
        pytest.param(
            ["add", "A title", "--year", "1450"],
            "A title (1450)\n",
            id="add-a-title-year",
        ),
        pytest.param(
            ["add", "A title", "--year", "2024", "--tag", "other", "--tag", "tags"],
            "A title (2024)\ntags: other, tags\n",
            id="add-a-title-year-2",
        ),
        pytest.param(
            ["--verbose", "add", "A title", "--year", "2024", "--tag", "tags"],
            "shelf 0.1.0\nA title (2024)\ntags: tags\n1 tags\n",
            id="verbose-add-a-title",
        ),
        pytest.param(
            [
                "--verbose",
                "add",
                "A title",
                "--year",
                "1451",
                "--tag",
                "title",
                "--tag",
                "other",
            ],
            "shelf 0.1.0\nA title (1451)\ntags: other, title\n2 tags\n",
            id="verbose-add-a-title-2",
        ),
    ],
)
def test_add(args, expected_output):
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0
    assert result.output == expected_output


def test_add_when_year_below_1450():
    result = CliRunner().invoke(cli, ["add", "A title", "--year", "1449"])
    assert result.exit_code == 2
    assert "Invalid value for --year" in result.output


@pytest.mark.parametrize(
    ("content", "expected_exit_code", "expected_output"),
    [
        pytest.param("", 1, "Error: the shelf is empty\n", id="empty-content"),
        ('{"a": [1, 2]}', 0, '{"a": [1, 2]}\n'),
        pytest.param("one\ntwo\n", 0, "one\ntwo\n", id="one-two"),
    ],
)
def test_show(content, expected_exit_code, expected_output, tmp_path):
    (tmp_path / "data.txt").write_text(content)

    result = CliRunner().invoke(cli, ["show", str(tmp_path / "data.txt")])

    assert result.exit_code == expected_exit_code
    assert result.output == expected_output


def test_show_with_long(tmp_path):
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')

    result = CliRunner().invoke(cli, ["show", str(tmp_path / "data.txt"), "--long"])

    assert result.exit_code == 0
    assert result.output == '1. {"a": [1, 2]}\n'


@pytest.mark.parametrize(
    ("answer", "expected_exit_code", "expected_output"),
    [
        pytest.param("y\n", 0, "Throw all books away? [y/N]: y\ncleared\n", id="y"),
        pytest.param("\n", 3, "Throw all books away? [y/N]: \nkept\n", id="blank"),
    ],
)
def test_clear_when_target_is_there_and_without_force(
    answer, expected_exit_code, expected_output, tmp_path
):
    (tmp_path / "data.txt").write_text("")

    result = CliRunner().invoke(
        cli, ["clear", str(tmp_path / "data.txt")], input=answer
    )

    assert result.exit_code == expected_exit_code
    assert result.output == expected_output


def test_clear(tmp_path):
    result = CliRunner().invoke(cli, ["clear", str(tmp_path / "out.txt")])
    assert result.exit_code == 0
    assert result.output == "cleared\n"
    assert (tmp_path / "out.txt").read_text() == ""


def test_clear_with_force(tmp_path):
    (tmp_path / "data.txt").write_text("")

    result = CliRunner().invoke(cli, ["clear", str(tmp_path / "data.txt"), "--force"])

    assert result.exit_code == 0
    assert result.output == "cleared\n"

import pytest
from typer.testing import CliRunner

from trips import app


@pytest.mark.parametrize(
    ("args", "expected_output"),
    [
        pytest.param(["cost", "2.5"], "0.62\n", id="cost-2-5"),
        pytest.param(["cost", "9", "--means", "bike"], "free\n", id="cost-9-means"),
        pytest.param(
            ["cost", "2.5", "--people", "3", "--return"], "3.38\n", id="cost-2-5-people"
        ),
        pytest.param(
            ["cost", "2.5", "--means", "bus", "--return"], "0.45\n", id="cost-2-5-means"
        ),
    ],
)
def test_cost(args, expected_output):
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0
    assert result.output == expected_output


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(["cost", "100.0", "--people", "100"], id="cost-100-0-people"),
        pytest.param(["cost", "2.5", "--people", "17"], id="cost-2-5-people"),
    ],
)
def test_cost_when_people_above_9(args):
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 2
    assert "groups of ten or more book by phone" in result.output


@pytest.mark.parametrize(
    ("content", "expected_output"),
    [
        pytest.param("one\ntwo\n", "one\ntwo\n", id="one-two"),
        ("no such file", "no such file\n"),
    ],
)
def test_list_stops(content, expected_output, tmp_path):
    (tmp_path / "data.txt").write_text(content)

    result = CliRunner().invoke(app, ["stops", "list", str(tmp_path / "data.txt")])

    assert result.exit_code == 0
    assert result.output == expected_output


def test_list_stops_when_source_is_not_there(tmp_path):
    result = CliRunner().invoke(app, ["stops", "list", str(tmp_path / "out.txt")])
    assert result.exit_code == 3
    assert result.output == "no such file\n"


def test_list_stops_with_ending(tmp_path):
    (tmp_path / "data.txt").write_text("utf-8\n")

    result = CliRunner().invoke(
        app, ["stops", "list", str(tmp_path / "data.txt"), "--ending", "ending"]
    )

    assert result.exit_code == 0
    assert result.output == ""


def test_rename_with_name():
    result = CliRunner().invoke(app, ["stops", "rename", "--name", "Ada"])
    assert result.exit_code == 0
    assert result.output == "now called Ada\n"


def test_rename_with_input():
    result = CliRunner().invoke(app, ["stops", "rename"], input="y\n")
    assert result.exit_code == 1
    assert isinstance(result.exception, ValueError)
    assert str(result.exception) == "a stop begins with a capital"

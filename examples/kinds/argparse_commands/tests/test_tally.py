from argparse import ArgumentParser

import pytest

from tally import build_parser, main


def test_build_parser():
    result = build_parser()
    assert isinstance(result, ArgumentParser)
    assert result.description == "Count and compare lines of text files."
    assert result.prog == "tally"


def test_main_when_times_at_most_20(capsys):
    assert main(["repeat", "word"]) == 0
    assert capsys.readouterr().out == "word word\n"


def test_main_when_times_at_most_20_with_times(capsys):
    assert main(["repeat", "word", "--times", "20"]) == 0
    assert (
        capsys.readouterr().out
        == "word word word word word word word word word word word word word word word word word word word word\n"
    )


def test_main_when_file_is_not_there(capsys, tmp_path):
    assert main(["count", str(tmp_path / "missing.txt")]) == 1
    assert capsys.readouterr().out == "there is no such file\n"


def test_main_without_verbose(capsys, tmp_path):
    (tmp_path / "data.txt").write_text("repeat\n")
    assert main(["count", str(tmp_path / "data.txt")]) == 0
    assert capsys.readouterr().out == "1 repeat\n"


def test_main_with_verbose(capsys, tmp_path):
    (tmp_path / "data.txt").write_text("one\ntwo\n")
    assert main(["-vv", "count", str(tmp_path / "data.txt")]) == 0
    assert capsys.readouterr().out == "1 one\n1 two\n2 different lines\n"


def test_main_with_verbose_with_minimum(capsys, tmp_path):
    (tmp_path / "data.txt").write_text("one\ntwo\n")
    assert main(["-v", "count", str(tmp_path / "data.txt"), "--minimum", "3"]) == 0
    assert capsys.readouterr().out == "2 different lines\n"


def test_main_raises_system_exit_when_times_above_20(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["repeat", "word", "--times", "21"])
    assert caught.value.code == 2
    assert "nobody reads more than 20" in capsys.readouterr().err

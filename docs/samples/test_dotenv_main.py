import io
import os
from collections import OrderedDict
from unittest import mock

import pytest

from dotenv.main import (
    DotEnv,
    _is_file_or_fifo,
    _load_dotenv_disabled,
    _walk_to_root,
    dotenv_values,
    find_dotenv,
    get_key,
    load_dotenv,
    resolve_variables,
    rewrite,
    set_key,
    unset_key,
    with_warn_for_invalid_lines,
)
from dotenv.parser import Binding, Original


@pytest.mark.parametrize(
    ("python_dotenv_disabled", "expected"),
    [
        pytest.param("1", True, id="1"),
        pytest.param("", False, id="empty-python-dotenv-disabled"),
        pytest.param("true", True, id="true"),
    ],
)
def test_load_dotenv_disabled(python_dotenv_disabled, expected, monkeypatch):
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", python_dotenv_disabled)
    assert _load_dotenv_disabled() is expected


def test_load_dotenv_disabled_is_false(monkeypatch):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED", raising=False)
    assert _load_dotenv_disabled() is False


def test_with_warn_for_invalid_lines(caplog):
    assert list(
        with_warn_for_invalid_lines(
            iter(
                [
                    Binding(
                        key="key",
                        value="abc",
                        original=Original(string="abc", line=3),
                        error=True,
                    )
                ]
            )
        )
    ) == [
        Binding(
            key="key", value="abc", original=Original(string="abc", line=3), error=True
        )
    ]
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 3"
    ]


def test_with_warn_for_invalid_lines_gives_one_binding():
    assert list(
        with_warn_for_invalid_lines(
            iter(
                [
                    Binding(
                        key="key",
                        value="abc",
                        original=Original(string="abc", line=3),
                        error=False,
                    )
                ]
            )
        )
    ) == [
        Binding(
            key="key", value="abc", original=Original(string="abc", line=3), error=False
        )
    ]


def test_with_warn_for_invalid_lines_2():
    result = list(
        with_warn_for_invalid_lines(
            iter(
                [
                    Binding(
                        key="key",
                        value="abc",
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                    Binding(
                        key="abc",
                        value="abc",
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                    Binding(
                        key="key",
                        value=None,
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                    Binding(
                        key="key",
                        value="abc",
                        original=Original(string="", line=3),
                        error=True,
                    ),
                    Binding(
                        key="key",
                        value="abc",
                        original=Original(string="abc", line=3),
                        error=False,
                    ),
                    Binding(
                        key=None,
                        value="abc",
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                ]
            )
        )
    )
    assert isinstance(result, list)
    assert len(result) == 6


def test_dot_env(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert dot_env.dotenv_path == str(tmp_path)
    assert dot_env.stream is None
    assert dot_env.verbose is False
    assert dot_env.encoding is None
    assert dot_env.interpolate is True
    assert dot_env.override is True


def test_dot_env_dict_with_interpolate(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert dot_env.dict() == OrderedDict({})


def test_dot_env_dict_with_dict(tmp_path):
    dot_env = DotEnv(str(tmp_path), stream=io.StringIO("abc"))
    dot_env.set_as_environment_variables()
    assert dot_env.dict() == OrderedDict({"abc": None})


def test_dot_env_dict_without_interpolate(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"), interpolate=False)
    assert dot_env.dict() == OrderedDict({"a": "1", "b": "two words"})


def test_dot_env_parse_with_stream(tmp_path):
    dot_env = DotEnv(str(tmp_path), stream=io.StringIO("abc"))
    assert list(dot_env.parse()) == [("abc", None)]


def test_dot_env_parse_without_key(caplog, tmp_path):
    (tmp_path / "data.txt").write_text("first line\nsABCDEFGHIJK")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert list(dot_env.parse()) == [("sABCDEFGHIJK", None)]
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1"
    ]


def test_dot_env_parse_without_verbose(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert list(dot_env.parse()) == []


def test_dot_env_parse_with_verbose(tmp_path):
    dot_env = DotEnv(str(tmp_path / "data.txt"), verbose=True)
    assert list(dot_env.parse()) == []


def test_dot_env_parse_with_stream_with_stream(caplog, tmp_path):
    dot_env = DotEnv(
        str(tmp_path / "data.txt"), stream=io.StringIO("first line\nsecond line\n")
    )
    assert list(dot_env.parse()) == []
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1",
        "python-dotenv could not parse statement starting at line 2",
    ]


def test_dot_env_parse(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert list(dot_env.parse()) == [("a", "1"), ("b", "two words")]


def test_dot_env_set_as_environment_variables_is_false(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert dot_env.set_as_environment_variables() is False


def test_dot_env_set_as_environment_variables_is_true_with_stream(tmp_path):
    dot_env = DotEnv(str(tmp_path), stream=io.StringIO("abc"))
    assert dot_env.set_as_environment_variables() is True


@mock.patch.dict(os.environ)
def test_dot_env_set_as_environment_variables_is_true(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert dot_env.set_as_environment_variables() is True
    assert os.environ["a"] == "1"
    assert os.environ["b"] == "two words"


@mock.patch.dict(os.environ)
def test_dot_env_set_as_environment_variables_is_true_without_override(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"), override=False)
    assert dot_env.set_as_environment_variables() is True
    assert os.environ["a"] == "1"
    assert os.environ["b"] == "two words"


@mock.patch.dict(os.environ)
def test_dot_env_set_as_environment_variables_gives_true(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"), override=False)
    dot_env.set_as_environment_variables()
    assert dot_env.set_as_environment_variables() is True


def test_dot_env_get_returns_none_without_verbose():
    dot_env = DotEnv("abc")
    assert dot_env.get("key") is None


def test_dot_env_get_with_verbose(caplog):
    dot_env = DotEnv("abc", verbose=True)

    dot_env.get("key")

    assert caplog.messages == ["Key key not found in abc."]


def test_dot_env_get_when_key_in_data(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert dot_env.get("a") == "1"


def test_get_key_returns_none(tmp_path):
    assert get_key(str(tmp_path), "abc") is None


def test_get_key_for_empty_dotenv_path(caplog):
    get_key("", "abc")
    assert caplog.messages == ["Key abc not found in ."]


def test_rewrite_without_original_mode(tmp_path):
    with rewrite(tmp_path / "data.txt", None) as value:
        assert isinstance(value, tuple)
        assert len(value) == 2
    assert (tmp_path / "data.txt").read_text() == ""


def test_rewrite_with_original_mode(tmp_path):
    (tmp_path / "data.txt").write_text("")
    with rewrite(str(tmp_path / "data.txt"), None, follow_symlinks=True) as value:
        assert isinstance(value, tuple)
        assert len(value) == 2


def test_set_key_without_missing_newline(tmp_path):
    assert set_key(str(tmp_path / "data.txt"), "abc", "abc") == (True, "abc", "abc")
    assert (tmp_path / "data.txt").read_text() == "abc='abc'\n"


def test_set_key_with_missing_newline(caplog, tmp_path):
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')
    assert set_key(str(tmp_path / "data.txt"), "abc", "abc", quote_mode="auto") == (
        True,
        "abc",
        "abc",
    )
    assert (tmp_path / "data.txt").read_text() == '{"a": [1, 2]}\nabc=abc\n'
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1"
    ]


def test_set_key_with_replaced(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    assert set_key(str(tmp_path / "data.txt"), "a", "abc", export=True) == (
        True,
        "a",
        "abc",
    )
    assert (tmp_path / "data.txt").read_text() == "export a='abc'\nb=two words\n"


def test_set_key_raises_value_error_for_quote_mode(tmp_path):
    with pytest.raises(ValueError, match=r"^Unknown quote_mode: abc"):
        set_key(str(tmp_path / "data.txt"), "abc", "abc", quote_mode="abc")


def test_unset_key_when_path_is_not_there(tmp_path):
    assert unset_key(str(tmp_path / "data.txt"), "abc") == (None, "abc")


def test_unset_key_without_removed(tmp_path):
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')
    assert unset_key(str(tmp_path / "data.txt"), "abc") == (None, "abc")


def test_unset_key_with_removed(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    assert unset_key(str(tmp_path / "data.txt"), "a") == (True, "a")
    assert (tmp_path / "data.txt").read_text() == "b=two words\n"


def test_resolve_variables_with_override():
    assert resolve_variables([("abc", "abc")], True) == {"abc": "abc"}


def test_resolve_variables_without_override():
    assert resolve_variables(
        [("PYTHON_DOTENV_DISABLED", None), ("abc", "abc")], False
    ) == {"PYTHON_DOTENV_DISABLED": None, "abc": "abc"}


def test_walk_to_root_raises_os_error_when_path_is_not_there():
    with pytest.raises(OSError, match=r"^Starting path not found"):
        list(_walk_to_root("a"))


def test_find_dotenv_without_raise_error_if_not_found():
    assert find_dotenv() == ""


def test_find_dotenv_when_check_path_is_file_or_fifo(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("a=1\n")
    monkeypatch.chdir(tmp_path)
    assert find_dotenv(usecwd=True) == str(tmp_path / ".env")


def test_find_dotenv_with_filename(tmp_path):
    assert find_dotenv(filename=str(tmp_path)) == ""


def test_find_dotenv(tmp_path):
    (tmp_path / "data.txt").write_text("")
    assert find_dotenv(filename=str(tmp_path / "data.txt")) == str(
        tmp_path / "data.txt"
    )


def test_find_dotenv_raises_os_error_with_raise_error_if_not_found():
    with pytest.raises(OSError, match=r"^File not found"):
        find_dotenv(raise_error_if_not_found=True)


@pytest.mark.parametrize(
    "python_dotenv_disabled",
    [
        pytest.param("1", id="1"),
        pytest.param("", id="empty-python-dotenv-disabled"),
    ],
)
def test_load_dotenv_is_false(python_dotenv_disabled, monkeypatch):
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", python_dotenv_disabled)
    assert load_dotenv() is False


def test_load_dotenv_is_true_with_stream(monkeypatch):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED", raising=False)
    assert load_dotenv(stream=io.StringIO("abc")) is True


def test_load_dotenv_is_false_with_dotenv_path(caplog, monkeypatch, tmp_path):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED", raising=False)
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')
    assert load_dotenv(dotenv_path=str(tmp_path / "data.txt")) is False
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1"
    ]


def test_load_dotenv_gives_false(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "true")
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    assert load_dotenv(dotenv_path=str(tmp_path / "data.txt")) is False


def test_dotenv_values_without_dotenv_path_and_without_stream():
    assert dotenv_values() == OrderedDict({})


def test_dotenv_values_with_dotenv_path(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    assert dotenv_values(dotenv_path=str(tmp_path / "data.txt")) == OrderedDict(
        {"a": "1", "b": "two words"}
    )


def test_is_file_or_fifo_is_true(tmp_path):
    (tmp_path / "data.txt").write_text("")
    assert _is_file_or_fifo(str(tmp_path / "data.txt")) is True

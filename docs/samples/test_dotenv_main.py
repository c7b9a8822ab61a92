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
        ("1", True),
        pytest.param("", False, id="empty-python-dotenv-disabled"),
        ("true", True),
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
                        value="value",
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                    Binding(
                        key="other",
                        value="value",
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                    Binding(
                        key="key",
                        value="other",
                        original=Original(string="abc", line=3),
                        error=True,
                    ),
                ]
            )
        )
    ) == [
        Binding(
            key="key",
            value="value",
            original=Original(string="abc", line=3),
            error=True,
        ),
        Binding(
            key="other",
            value="value",
            original=Original(string="abc", line=3),
            error=True,
        ),
        Binding(
            key="key",
            value="other",
            original=Original(string="abc", line=3),
            error=True,
        ),
    ]
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 3",
        "python-dotenv could not parse statement starting at line 3",
        "python-dotenv could not parse statement starting at line 3",
    ]


def test_with_warn_for_invalid_lines_gives_one_binding():
    assert list(
        with_warn_for_invalid_lines(
            iter(
                [
                    Binding(
                        key="key",
                        value="value",
                        original=Original(string="abc", line=3),
                        error=False,
                    )
                ]
            )
        )
    ) == [
        Binding(
            key="key",
            value="value",
            original=Original(string="abc", line=3),
            error=False,
        )
    ]


def test_dot_env(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert dot_env.dotenv_path == str(tmp_path)
    assert dot_env.stream is None
    assert dot_env.verbose is False
    assert dot_env.encoding is None
    assert dot_env.interpolate is True
    assert dot_env.override is True


def test_dot_env_dict_with_interpolate():
    dot_env = DotEnv("path")
    assert dot_env.dict() == OrderedDict({})


def test_dot_env_dict_without_interpolate(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"), interpolate=False)
    assert dot_env.dict() == OrderedDict({"a": "1", "b": "two words"})


def test_dot_env_dict_with_dict(tmp_path):
    (tmp_path / "data.txt").write_text("first line\nsecond line\n")
    dot_env = DotEnv(dotenv_path=str(tmp_path / "data.txt"))
    dot_env.set_as_environment_variables()
    assert dot_env.dict() == OrderedDict({})


def test_dot_env_parse(caplog, tmp_path):
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert list(dot_env.parse()) == []
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1"
    ]


def test_dot_env_parse_gives_a_1_b_two_words(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert list(dot_env.parse()) == [("a", "1"), ("b", "two words")]


def test_dot_env_parse_without_verbose(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert list(dot_env.parse()) == []


def test_dot_env_parse_with_verbose(tmp_path):
    dot_env = DotEnv(str(tmp_path / "data.txt"), verbose=True)
    assert list(dot_env.parse()) == []


def test_dot_env_parse_with_stream(caplog, tmp_path):
    dot_env = DotEnv(
        str(tmp_path / "data.txt"), stream=io.StringIO("first line\nsecond line\n")
    )
    assert list(dot_env.parse()) == []
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1",
        "python-dotenv could not parse statement starting at line 2",
    ]


def test_dot_env_set_as_environment_variables_is_false():
    dot_env = DotEnv("path")
    assert dot_env.set_as_environment_variables() is False


@mock.patch.dict(os.environ)
def test_dot_env_set_as_environment_variables_is_true(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert dot_env.set_as_environment_variables() is True
    assert os.environ["a"] == "1"
    assert os.environ["b"] == "two words"


def test_dot_env_set_as_environment_variables_gives_true(tmp_path):
    (tmp_path / "data.txt").write_text("name,age\nAda,36\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert dot_env.set_as_environment_variables() is True


@mock.patch.dict(os.environ)
def test_dot_env_set_as_environment_variables_is_true_without_override(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"), override=False)
    assert dot_env.set_as_environment_variables() is True
    assert os.environ["a"] == "1"
    assert os.environ["b"] == "two words"


@mock.patch.dict(os.environ)
def test_dot_env_set_as_environment_variables_is_true_2(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"), override=False)
    dot_env.set_as_environment_variables()
    assert dot_env.set_as_environment_variables() is True


def test_dot_env_get_returns_none_without_verbose():
    dot_env = DotEnv("path")
    assert dot_env.get("key") is None


def test_dot_env_get_returns_none_without_verbose_for_key(tmp_path):
    dot_env = DotEnv(str(tmp_path))
    assert dot_env.get("key") is None


def test_dot_env_get_with_verbose(caplog):
    dot_env = DotEnv("path", verbose=True)
    assert dot_env.get("key") is None
    assert caplog.messages == ["Key key not found in path."]


def test_dot_env_get_when_key_in_data(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    dot_env = DotEnv(str(tmp_path / "data.txt"))
    assert dot_env.get("a") == "1"


def test_get_key_returns_none(tmp_path):
    assert get_key(str(tmp_path), "key") is None


def test_get_key_for_empty_dotenv_path(caplog):
    assert get_key("", "key") is None
    assert caplog.messages == ["Key key not found in ."]


def test_rewrite_without_follow_symlinks(tmp_path):
    with rewrite(str(tmp_path / "data.txt"), encoding="utf-8") as value:
        assert isinstance(value, tuple)
        assert len(value) == 2
    assert (tmp_path / "data.txt").read_text() == ""


def test_rewrite_with_follow_symlinks(tmp_path):
    (tmp_path / "data.txt").write_text("")
    with rewrite(
        str(tmp_path / "data.txt"), encoding="utf-8", follow_symlinks=True
    ) as value:
        assert isinstance(value, tuple)
        assert len(value) == 2


def test_set_key_without_export(tmp_path):
    assert set_key(str(tmp_path / "data.txt"), "key", "value") == (True, "key", "value")
    assert (tmp_path / "data.txt").read_text() == "key='value'\n"


def test_set_key_with_export(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    assert set_key(str(tmp_path / "data.txt"), "a", "value", export=True) == (
        True,
        "a",
        "value",
    )
    assert (tmp_path / "data.txt").read_text() == "export a='value'\nb=two words\n"


def test_set_key_without_quote(tmp_path):
    (tmp_path / "data.txt").write_text("a=ABCDEFGHIJKLMN")
    assert set_key(str(tmp_path / "data.txt"), "key_", "value", quote_mode="auto") == (
        True,
        "key_",
        "value",
    )
    assert (tmp_path / "data.txt").read_text() == "a=ABCDEFGHIJKLMN\nkey_=value\n"


def test_set_key_raises_value_error_for_quote_mode(tmp_path):
    with pytest.raises(ValueError, match="Unknown quote_mode: mode"):
        set_key(str(tmp_path), "utf-8", "value", quote_mode="mode")


def test_unset_key_when_path_is_not_there(tmp_path):
    assert unset_key(str(tmp_path / "data.txt"), "key") == (None, "key")


def test_unset_key(tmp_path):
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')
    assert unset_key(str(tmp_path / "data.txt"), "key") == (None, "key")


def test_unset_key_of_a(tmp_path):
    (tmp_path / "data.txt").write_text("a=1\nb=two words\n")
    assert unset_key(str(tmp_path / "data.txt"), "a") == (True, "a")
    assert (tmp_path / "data.txt").read_text() == "b=two words\n"


def test_resolve_variables_without_override():
    assert resolve_variables([("abc", "abc")], override=False) == {"abc": "abc"}


def test_resolve_variables_with_override():
    assert resolve_variables(
        [("one", "two"), ("two", "three"), ("three", "abc"), ("abc", None)],
        override=True,
    ) == {"one": "two", "two": "three", "three": "abc", "abc": None}


def test_walk_to_root_raises_os_error_when_path_is_not_there():
    with pytest.raises(OSError, match="Starting path not found"):
        list(_walk_to_root("path"))


def test_find_dotenv():
    assert find_dotenv() == ""


def test_find_dotenv_when_check_path_is_file_or_fifo(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("a=1\n")
    monkeypatch.chdir(tmp_path)
    assert find_dotenv(usecwd=True) == str(tmp_path / ".env")


def test_find_dotenv_with_filename(tmp_path):
    assert find_dotenv(filename=str(tmp_path)) == ""


def test_find_dotenv_with_filename_2(tmp_path):
    (tmp_path / "data.txt").write_text("")
    assert find_dotenv(filename=str(tmp_path / "data.txt")) == str(
        tmp_path / "data.txt"
    )


def test_find_dotenv_raises_os_error_with_raise_error_if_not_found():
    with pytest.raises(OSError, match="File not found"):
        find_dotenv(raise_error_if_not_found=True)


def test_load_dotenv_is_false(monkeypatch):
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "1")
    assert load_dotenv() is False


def test_load_dotenv_is_false_without_dotenv_path_and_without_stream(monkeypatch):
    monkeypatch.setenv("PYTHON_DOTENV_DISABLED", "")
    assert load_dotenv() is False


def test_load_dotenv_is_false_with_stream(caplog, monkeypatch):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED", raising=False)
    assert load_dotenv(stream=io.StringIO("first line\nsecond line\n")) is False
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1",
        "python-dotenv could not parse statement starting at line 2",
    ]


def test_load_dotenv_is_false_with_dotenv_path(caplog, monkeypatch, tmp_path):
    monkeypatch.delenv("PYTHON_DOTENV_DISABLED", raising=False)
    (tmp_path / "data.txt").write_text('{"a": [1, 2]}')
    assert load_dotenv(dotenv_path=str(tmp_path / "data.txt")) is False
    assert caplog.messages == [
        "python-dotenv could not parse statement starting at line 1"
    ]


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

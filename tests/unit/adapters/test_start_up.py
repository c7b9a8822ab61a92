"""Which variables make of a fork another process than a fresh one."""

from __future__ import annotations

import pytest

from greenline.adapters.start_up import starts_otherwise


@pytest.mark.parametrize(
    ("environment", "variables", "otherwise"),
    [
        ({"LANG": "de_DE.UTF-8"}, {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}, False),
        ({"LANG": "de_DE.utf8@euro"}, {"LC_ALL": "C.UTF-8"}, False),
        ({}, {"LC_ALL": "C.UTF-8"}, False),
        ({"LC_ALL": "", "LANG": "C"}, {"LC_ALL": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8"}, {"TZ": "UTC"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, {"TZ": "UTC"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, {"LC_ALL": "C.UTF-8"}, True),
        ({"LANG": "de_DE"}, {"LC_ALL": "C.UTF-8"}, True),
        ({"LANG": "de_DE.UTF-8"}, {"LC_ALL": "C"}, True),
        ({}, {"LC_ALL": "POSIX"}, True),
        ({"LANG": "de_DE.UTF-8"}, {"LC_CTYPE": "de_DE.ISO-8859-1"}, True),
        ({}, {"PYTHONUTF8": "0"}, True),
    ],
)
def test_what_is_settled_at_the_start(environment: dict[str, str], variables: dict[str, str], otherwise: bool) -> None:
    assert starts_otherwise(environment, variables) is otherwise

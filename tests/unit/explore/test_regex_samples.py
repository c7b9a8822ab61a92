from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline_probe.explore.regex_samples import samples

PATTERNS = [
    r"^\d{4}-\d{2}-\d{2}$",
    r"^(?P<major>0|[1-9]\d*)\.(?P<minor>0|[1-9]\d*)\.(?P<patch>0|[1-9]\d*)(?:-(?P<pre>[\w.-]+))?(?:\+[\w.-]+)?$",
    r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}",
    r"^https?://(?:www\.)?[-a-z0-9@:%._+~#=]{1,256}\.[a-z]{1,6}\b",
    r"^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$",
    r"#([0-9a-fA-F]{3}){1,2}$",
    r"^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$",
    r"^[A-Za-z_]\w*$",
    r"^\s*([-+]?)(\d+(?:\.\d*)?|\.\d+)([eE][-+]?\d+)?\s*$",
    r"(['\"])(.*?)\1",
    r"^(\()?\d+(?(1)\))$",
    r"(?i)^(yes|no|on|off)$",
    r"(?s)<!--.*?-->",
    r"^(?=.*\d)(?=.*[a-z]).{4,8}$",
    r"(?<=\$)\d+",
    r"\b[A-Z]{2,}\b",
    r"^[^:]+:\s*\S+$",
    r"^(\w+)\[(\d+)\]$",
    r"a|bc|def|ghij",
    r"(a+)+b",
    r"^$",
    r"\A\w+\Z",
    r"[\u00e0-\u00ff]+",
    r"x{3}",
    r"(?x) ( \d+ ) \s* ( px | em )  # a length",
    r"%[sd%]|\{(\w*)\}",
    r"^\[(?P<section>[^]]+)\]$",
    r"^(?:[a-z]+\.)*[a-z]+$",
    r"(?m)^key\s*=\s*(.*)$",
    r"(?P<q>[ab])(?P=q)",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_there_is_a_match_and_all_that_match_come_before_all_that_miss(pattern: str) -> None:
    compiled = re.compile(pattern)
    found = samples(pattern)
    matches = [compiled.search(text) is not None for text in found]

    assert any(matches), found
    assert matches == sorted(matches, reverse=True)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("pattern", [p for p in PATTERNS if p.startswith("^") and p.endswith("$") and p != "^$"])
def test_an_anchored_pattern_has_near_misses(pattern: str) -> None:
    found = samples(pattern)
    misses = [text for text in found if not re.search(pattern, text)]

    assert misses
    longest = max(len(text) for text in found if re.search(pattern, text))
    assert all(len(text) <= longest + 2 for text in misses)


def test_every_alternative_is_taken() -> None:
    assert {"a", "bc", "def", "ghij"} <= set(samples("^(?:a|bc|def|ghij)$", 6))


def test_the_optional_part_is_there_once_and_missing_once() -> None:
    matching = [s for s in samples(r"^\d+(px)?$") if re.search(r"^\d+(px)?$", s)]

    assert any(s.endswith("px") for s in matching)
    assert any(not s.endswith("px") for s in matching)


def test_the_same_pattern_gives_the_same_samples() -> None:
    assert samples(r"[a-z]{2,9}\d*", 6, 1) == samples(re.compile(r"[a-z]{2,9}\d*"), 6, 1)


@pytest.mark.parametrize("pattern", ["(", "a{2", "[z-a]", "(?P<x", re.compile(b"abc")], ids=repr)
def test_what_is_no_pattern_of_text_gives_nothing_or_its_own_text(pattern: str) -> None:
    found = samples(pattern)

    assert found == [] or all(isinstance(text, str) for text in found)


@given(st.text("ab01.*+?[](){}|^$\\d-", max_size=12))
def test_any_text_may_be_asked_for(pattern: str) -> None:
    found = samples(pattern, 3)

    assert all(isinstance(text, str) for text in found)

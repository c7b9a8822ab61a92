"""What a library gives every object of its classes is no news of this one."""

from __future__ import annotations

import argparse
import json
import threading
from typing import Any

from greenline_probe.explore.describe import public_data
from greenline_probe.explore.usual_data import usual_data


class Worker(threading.Thread):
    def __init__(self, base: str) -> None:
        super().__init__(name="worker", daemon=True)
        self.base = base


class Own:
    def __init__(self, size: int = 3) -> None:
        self.size = size


def data_of(value: Any) -> dict[str, Any]:
    """Return what is left to tell."""
    usual = dict(usual_data(value, public_data))
    return {key: inner for key, inner in public_data(value) if key not in usual}


def test_what_was_passed_to_a_library_is_told_and_its_defaults_are_not() -> None:
    told = data_of(argparse.ArgumentParser(prog="tally", description="Count lines."))
    assert (told["prog"], told["description"]) == ("tally", "Count lines.")
    assert {"prefix_chars", "conflict_handler", "usage", "epilog", "argument_default"}.isdisjoint(told)
    assert data_of(json.JSONEncoder(sort_keys=True)) == {"sort_keys": True}


def test_of_a_class_with_a_librarys_base_its_own_is_told() -> None:
    told = data_of(Worker("http://x"))
    assert (told["base"], told["name"], told["daemon"]) == ("http://x", "worker", True)
    assert "ident" not in told


def test_of_the_projects_own_classes_everything_is_told() -> None:
    assert data_of(Own()) == {"size": 3}
    assert data_of(KeyError("x")) == {}


def test_an_attribute_that_cannot_be_written_behind_a_dot_is_not_told() -> None:
    own = Own()
    for name in ("<lambda>", "class", "two words"):
        setattr(own, name, 1)
    assert data_of(own) == {"size": 3}

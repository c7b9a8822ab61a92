"""What a call changes in its module is asserted, and put back for the next one."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pytest

from greenline_probe.explore.observation import Observation
from greenline_probe.explore.template import Choice
from unit.explore.explored import World, explored

SOURCE = """
    RULES = []
    ORDER = ["first", "last"]
    PRICES = {"tea": 3, "milk": 1}
    SEEN = {"Zoe"}
    COUNT = 0
    _pattern = None
    GROUPS = {"a": ["Zoe"]}
    _cache = {}


    def rule(text): RULES.append(text)
    def ahead(text): ORDER.insert(0, text)
    def price(name): PRICES[name] = 5
    def forget(name): del PRICES[name]
    def see(name): SEEN.add(name)
    def local(name):
        PRICES = {}
        PRICES[name] = 1
        return PRICES
    def count(name):
        global COUNT
        COUNT += len(name)
        return COUNT
    def caches(name):
        _cache[name] = 1
        return len(_cache)
    def nested(name):
        GROUPS["a"].append(name)
        return len(GROUPS["a"])
    def remember(name):
        global _pattern
        _pattern = name
        _cache[name] = 1
        return len(_cache)
"""


def _seen(world: World, argument: str) -> Observation:
    return world.observer.run(Choice(world.templates[0], (argument,)), trace=False)


@pytest.mark.parametrize(
    ("name", "argument", "variable", "said"),
    [
        ("rule", "'a'", "RULES", ["== ['a']"]),
        ("ahead", "'a'", "ORDER", ["[0] == 'a'"]),
        ("price", "'bun'", "PRICES", ["['bun'] == 5"]),
        ("price", "'tea'", "PRICES", ["['tea'] == 5"]),
        ("see", "'Ada'", "SEEN", []),
        ("count", "'abc'", "COUNT", ["== 3"]),
    ],
)
def test_what_is_changed_is_said_and_prepared_for(
    tmp_path: Path, name: str, argument: str, variable: str, said: list[str]
) -> None:
    with explored(tmp_path, SOURCE, name) as world:
        seen = _seen(world, argument)
        module = world.subject.module.__name__

    assert [p.startswith(f"monkeypatch.setattr({module}, '{variable}', ") for p in seen.prepared] == [True]
    about = [line.removeprefix(f"{module}.{variable}").lstrip() for line in seen.after]
    assert about[:1] == said or (name == "see" and seen.after == (f"'Ada' in {module}.SEEN",))


def test_what_is_removed_is_said(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "forget") as world:
        seen = _seen(world, "'tea'")

        assert seen.after == (f"'tea' not in {world.subject.module.__name__}.PRICES",)


@pytest.mark.parametrize(
    ("name", "argument"), [("count", "'abc'"), ("remember", "'a'"), ("rule", "'a'"), ("nested", "'a'")]
)
def test_the_next_call_finds_everything_as_it_was(tmp_path: Path, name: str, argument: str) -> None:
    with explored(tmp_path, SOURCE, name) as world:
        first, again = _seen(world, argument), _seen(world, argument)
        held = vars(world.subject.module)

        assert first.fingerprint == again.fingerprint
        assert (held["RULES"], held["COUNT"], held["_pattern"], held["_cache"]) == ([], 0, None, {})


@pytest.mark.parametrize(("name", "argument"), [("caches", "'a'"), ("local", "'a'")])
def test_what_is_remembered_or_the_function_s_own_is_no_matter_for_a_test(
    tmp_path: Path, name: str, argument: str
) -> None:
    with explored(tmp_path, SOURCE, name) as world:
        assert _seen(world, argument).prepared == ()


def test_containers_in_containers_are_put_back_by_a_deep_copy(tmp_path: Path) -> None:
    with explored(tmp_path, SOURCE, "nested") as world:
        (line,) = _seen(world, "'Ada'").prepared
        module = world.subject.module.__name__

    assert line == f"monkeypatch.setattr({module}, 'GROUPS', copy.deepcopy({module}.GROUPS))"


ELSEWHERE = """
    import sys
    import warnings as said


    def report(kind, error, trace):
        print(error)


    def hook(name):
        sys.excepthook = report
        return name


    def loud(name):
        said.showwarning = None
        sys.stdout = sys.stdout
        return name


    def local(name):
        said = sys.implementation
        return said.name
"""


@pytest.mark.parametrize(
    ("name", "prepared", "after"),
    [
        (
            "hook",
            "monkeypatch.setattr(sys, 'excepthook', sys.excepthook)",
            "sys.excepthook is report",
        ),
        ("loud", "monkeypatch.setattr(warnings, 'showwarning', warnings.showwarning)", "warnings.showwarning is None"),
    ],
)
def test_what_is_set_in_another_module_is_said_and_put_back(
    tmp_path: Path, name: str, prepared: str, after: str
) -> None:
    hook, show = sys.excepthook, warnings.showwarning
    with explored(tmp_path, ELSEWHERE, name) as world:
        first, again = _seen(world, "'a'"), _seen(world, "'a'")

    assert first.prepared == again.prepared == (prepared,)
    assert first.after == (after,)
    assert (sys.excepthook, warnings.showwarning) == (hook, show)


def test_what_was_in_another_module_is_set_before_it_is_asserted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sums_of_ours.py").write_text("total = 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with explored(tmp_path, "import sums_of_ours\n\n\ndef add(n):\n    sums_of_ours.total += n\n", "add") as world:
        seen = _seen(world, "3")

    assert seen.prepared == ("monkeypatch.setattr(sums_of_ours, 'total', 0)",)
    assert seen.after == ("sums_of_ours.total == 3",)


def test_a_module_that_cannot_be_imported_is_not_watched(tmp_path: Path) -> None:
    source = """
        import types

        config = types.ModuleType("c")
        config.level = 1


        def put(n):
            config.level = n
            return n
    """
    with explored(tmp_path, source, "put") as world:
        assert (_seen(world, "3").kind, _seen(world, "3").prepared) == ("value", ())


def test_a_variable_that_is_called_as_a_module_is_no_module(tmp_path: Path) -> None:
    with explored(tmp_path, ELSEWHERE, "local") as world:
        assert _seen(world, "'a'").prepared == ()

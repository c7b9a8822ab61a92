"""Small changes as texts: what the probe tells of one is the same change in the file."""

from __future__ import annotations

import ast

import pytest

from greenline.domain.generation.small_changes import SmallChange, words_of
from greenline_probe.explore import mutants

TEXT = '''\
"""Über Preise."""

class Shop:
    def price(self, ages, rate=1.5, name="ä", *rest):
        """Return it."""
        total, left = 0, "ü" if ages else "no"
        if not ages and rate > 2 or name in {"x": 1}:
            raise ValueError("ß" + name)
        elif rate == 3:
            left += name[1:2]
        for age in sorted(ages, reverse=True):
            while total < 3:
                total += age * (1 + rate)
                break
            print(left, end="")
        return [total,
                round(total, 2)][0]
'''


def changes() -> list[tuple[SmallChange, str]]:
    """Return each change as the probe tells it, and the function as the probe changes it."""
    (_, shop) = ast.parse(TEXT).body
    assert isinstance(shop, ast.ClassDef)
    made = mutants._changes(shop.body[0])
    return [(SmallChange(f"line {line}: {what}", *edit), ast.unparse(node)) for line, what, node, edit in made]


CHANGES = changes()


@pytest.mark.parametrize(("change", "code"), CHANGES, ids=[f"{n} {c.words}" for n, (c, _) in enumerate(CHANGES)])
def test_a_change_of_the_text_is_that_of_the_code(change: SmallChange, code: str) -> None:
    (_, shop) = ast.parse(change.made_in(TEXT)).body
    assert isinstance(shop, ast.ClassDef)
    assert ast.unparse(shop.body[0]) == code


def test_there_are_changes_of_each_kind_of_statement() -> None:
    assert len(CHANGES) > 40
    assert len({change.words.partition(": ")[2] for change, _ in CHANGES}) > 15


def test_a_change_of_another_text_is_none() -> None:
    assert SmallChange("line 9: one less", 9, 4, 9, 5, "(0)").made_in("x = 1\n") == ""
    assert SmallChange("line 1: one less", 1, 4, 1, 5, "(").made_in("x = 1\n") == ""
    assert SmallChange("line 1: one less", 1, 4, 1, 5, "1").made_in("x = 1\n") == ""


def test_what_a_test_was_kept_for_is_said() -> None:
    change = SmallChange("line 1: one less", 1, 4, 1, 5, "0")
    assert words_of("test_a", (change,)) == (
        "`test_a` notices a small change of the code that no test noticed (line 1: one less)."
    )
    assert words_of("test_a", (change, change)).startswith("`test_a` notices 2 small changes ")

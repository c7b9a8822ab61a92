"""The file that says what is wanted of which module: what it means, and mistakes in it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from greenline.cli.bulk_targets import asked_for, with_wishes
from greenline.cli.targets_file import read_targets
from greenline.domain.bulk.plan import Wish
from greenline.services.plan_generation import Asked

GOOD = """\
defaults:
  coverage: 80
targets:
  - shop.mail
  - module: shop/prices.py
    coverage: 95%
    max_iterations: 3
    engine: explore
"""
BOTH = frozenset({"price", "label"})


def written(folder: Path, text: str) -> Path:
    file = folder / "greenline.targets.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_target_has_its_own_wishes_and_the_defaults(tmp_path: Path) -> None:
    first, second = read_targets(written(tmp_path, GOOD))
    assert (first.module, first.wish, first.line) == ("shop.mail", Wish(80), 4)
    assert (second.module, second.wish, second.line) == ("shop/prices.py", Wish(95, 3, "explore"), 5)


def test_modules_are_paths_from_the_file_or_dotted_names(tmp_path: Path) -> None:
    source = tmp_path / "src" / "shop"
    source.mkdir(parents=True)
    (tmp_path / "shop").mkdir()
    for file in (source / "mail.py", tmp_path / "shop" / "prices.py"):
        file.write_text("x = 1\n")
    asked = with_wishes(Asked(()), written(tmp_path, GOOD), [tmp_path / "src", tmp_path])
    assert asked.paths == (source / "mail.py", tmp_path / "shop" / "prices.py")
    assert asked.wish(source / "mail.py") == Wish(80)
    assert asked.wish(tmp_path / "shop" / "prices.py") == Wish(95, 3, "explore")
    assert asked.wish(tmp_path / "other.py") == Wish()


@pytest.mark.parametrize(
    ("here", "in_file", "only"),
    [
        ((), ("prices.py::price", "prices.py::label"), BOTH),
        (("prices.py::price",), ("prices.py::label",), BOTH),
        ((), ("prices.py", "prices.py::label"), None),
        ((), (".", "prices.py::label"), None),
        (("prices.py",), ("prices.py::label",), None),
        (("prices.py::price",), (".",), None),
    ],
)
def test_functions_that_are_named_in_several_places_are_all_meant_and_a_whole_file_is_whole(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    here: tuple[str, ...],
    in_file: tuple[str, ...],
    only: frozenset[str] | None,
) -> None:
    source = tmp_path / "prices.py"
    source.write_text("def price(): ...\n\n\ndef label(): ...\n")
    monkeypatch.chdir(tmp_path)
    file = written(tmp_path, "targets:\n" + "".join(f"  - {name}\n" for name in in_file))
    asked = with_wishes(asked_for(here) if here else Asked(()), file, [])
    assert asked.only.get(source) == only


def test_the_wish_for_a_folder_holds_for_what_is_in_it_unless_a_nearer_one_does() -> None:
    asked = Asked((), {}, {Path("/p/shop"): Wish(50), Path("/p/shop/prices.py"): Wish(90)})
    assert asked.wish(Path("/p/shop/mail/send.py")) == Wish(50)
    assert asked.wish(Path("/p/shop/prices.py")) == Wish(90)


def test_a_module_that_is_not_there_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match=r"targets\.yaml:4: there is no file .*shop\.mail"):
        with_wishes(Asked(()), written(tmp_path, GOOD), [tmp_path])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", r":1: it is empty; it needs `targets:`"),
        ("- shop\n", r":1: the file has keys with values; allowed: defaults, targets"),
        ("defaults:\n  coverage: 3\n", r":1: `targets` is missing"),
        ("targets: shop\n", r":1: `targets` is a list of modules"),
        (
            "targets:\n  - module: a\n    treshold: 3\n",
            r":3: 'treshold' is not known in a target; allowed: module",
        ),
        ("targets:\n  - coverage: 3\n", r":2: `module` is missing"),
        ("targets:\n  - module: a\n    coverage: 101\n", r":3: `coverage` is '101'; allowed: a number from 0 to 100"),
        ("targets:\n  - module: a\n    coverage: much\n", r":3: `coverage` is 'much'"),
        ("targets:\n  - module: a\n    max_iterations: 1.5\n", r":3: .* allowed: a whole number from 1 to 20"),
        ("targets:\n  - module: a\n    engine: magic\n", r":3: `engine` is 'magic'; allowed: auto, explore, model"),
        ("targets:\n  - module: a\n    module: b\n", r":3: 'module' stands in a target twice"),
        ("targets:\n  - module: [a]\n", r":2: `module` is a text"),
        ("targets:\n  - a\n b: [\n", r":\d: "),
        ("defaults:\n  module: a\ntargets: [a]\n", r":2: 'module' is not known in `defaults`"),
    ],
)
def test_mistakes_are_told_with_their_line_and_what_is_allowed(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(click.UsageError, match=rf"greenline\.targets\.yaml{words}"):
        read_targets(written(tmp_path, text))


def test_a_tag_runs_nothing(tmp_path: Path) -> None:
    text = "targets: !!python/object/apply:os.system [shop.mail]\n"
    assert [one.module for one in read_targets(written(tmp_path, text))] == ["shop.mail"]

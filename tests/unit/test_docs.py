"""What the documents name exists, and what they list is complete."""

from __future__ import annotations

import json
import re
import runpy
from functools import cache
from pathlib import Path

import click
import pytest

from greenline.cli.app import greenline
from greenline.lsp import names
from greenline.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    path.relative_to(REPOSITORY).as_posix()
    for path in (*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md"), REPOSITORY / "vscode-client" / "README.md")
)
SPOKEN = {"greenline.nvim", "greenline.statusline"}
"""Dotted names that are neither settings nor commands."""


def text_of(document: str) -> str:
    return (REPOSITORY / document).read_text(encoding="utf-8")


def code_in(document: str) -> list[str]:
    """Return what stands in backticks and code blocks."""
    text = text_of(document)
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return [*blocks, *spans]


@cache
def commands() -> dict[str, set[str]]:
    """Return the subcommands of ``greenline`` with their options."""
    context = click.Context(greenline)
    found = {}
    for name in greenline.list_commands(context):
        command = greenline.get_command(context, name)
        assert command is not None
        found[name] = {"--help", *(option for p in command.params for option in p.opts if option.startswith("--"))}
    return found


@cache
def known_names() -> frozenset[str]:
    package = json.loads((REPOSITORY / "vscode-client" / "package.json").read_text(encoding="utf-8"))["contributes"]
    client = {key for section in package["configuration"] for key in section["properties"]}
    client |= {one[key] for key, among in (("command", "commands"), ("id", "colors")) for one in package[among]}
    server = {value for key, value in vars(names).items() if key.isupper() and isinstance(value, str)}
    return frozenset(client | server | set(Settings.json_schema()) | SPOKEN)


@cache
def names_of_tests() -> frozenset[str]:
    files = list((REPOSITORY / "tests").rglob("*.py"))
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)", texts, re.MULTILINE)) | {path.stem for path in files}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_settings_and_commands_that_the_documents_name_exist(document: str) -> None:
    named = {name for code in code_in(document) for name in re.findall(r"(?<![\w/.])greenline[./][a-zA-Z][\w.]*", code)}
    files = {name for name in named if name.endswith((".lua", ".vsix", ".py", ".toml", ".yaml"))}
    assert named - files - known_names() == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_subcommands_and_options_that_the_documents_name_exist(document: str) -> None:
    for code in code_in(document):
        for name, rest in re.findall(r"(?:^|[$ ])greenline ([a-z]+)(?![\w(])([^\n]*)", code):
            assert name in commands(), f"greenline {name}"
            for option in re.findall(r"--[a-z-]+", rest):
                assert option in commands()[name], f"greenline {name} {option}"


def test_every_subcommand_and_option_is_documented() -> None:
    sections = re.split(r"^## `greenline ", text_of("docs/command-line.md"), flags=re.MULTILINE)[1:]
    told = {re.match(r"[a-z]+", section).group(): section for section in sections}  # type: ignore[union-attr]
    assert set(told) == set(commands())
    for name, options in commands().items():
        missing = {option for option in options - {"--help"} if f"`{option}" not in told[name]}
        assert missing == set(), f"greenline {name}"
    assert all(f"`greenline {name}" in text_of("README.md") for name in commands())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_make_is_told_in_the_documents_exists(document: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    named = {name for code in code_in(document) for name in re.findall(r"(?:^|\s)make ([a-z-]+)", code)}
    assert named - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    folder = (REPOSITORY / document).parent
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text_of(document))
    lost = [link for link in links if "://" not in link and not (folder / link).exists()]
    assert lost == []


def test_the_readme_has_the_settings() -> None:
    script = runpy.run_path(str(REPOSITORY / "scripts" / "settings_table.py"))
    readme = text_of("README.md")
    assert script["updated"](readme) == readme, "run scripts/settings_table.py"
    assert all(f"| `{key}` |" in readme for key in Settings.json_schema())
    drifted = readme.replace("`greenline.explore.seconds` | 5", "`greenline.explore.seconds` | 7")
    assert script["updated"](drifted) == readme != drifted


def test_the_messages_that_the_readme_explains_are_said() -> None:
    folder = REPOSITORY / "server" / "greenline"
    said = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    explained = re.findall(r'^\| [^|]+ \| "([^"]+)" \|', text_of("README.md"), re.MULTILINE)
    assert len(explained) >= 10
    assert [words for words in explained if words.replace("3.9", "{oldest}") not in said] == []


def test_the_tests_that_the_documents_name_exist() -> None:
    for document in ("ARCHITECTURE.md", "CONTRIBUTING.md"):
        named = {name for code in code_in(document) for name in re.findall(r"\btest_\w+", code)}
        assert named - names_of_tests() - {path.stem for path in REPOSITORY.glob("server/**/*.py")} == set()
    invariants = re.split(r"^### ", text_of("ARCHITECTURE.md"), flags=re.MULTILINE)[1:]
    assert [part[:3].strip(" .") for part in invariants[:10]] == [str(number) for number in range(1, 11)]
    assert all("`test_" in part for part in invariants)


def test_the_places_that_the_documents_name_exist() -> None:
    """The map of the code is the tree: every folder of the server is in it, and nothing that is gone."""
    tree = re.search(r"^```\n(server/greenline/ .*?)^```", text_of("ARCHITECTURE.md"), re.DOTALL | re.MULTILINE)
    assert tree
    mapped: set[str] = set()
    above: dict[int, str] = {}
    for line in tree[1].splitlines():
        indent = len(line) - len(line.lstrip())
        within = "".join(above[at] for at in sorted(above) if at < indent)
        for word in re.match(r"(?:\S+ {1,2}(?=\S+[/.]))*\S+", line.strip()).group().split():  # type: ignore[union-attr]
            if "/" in word or "." in word:
                mapped.add(within + word)
                if word.endswith("/"):
                    above = {at: name for at, name in above.items() if at < indent} | {indent: word}
    assert {place for place in mapped if not (REPOSITORY / place).exists()} == set()
    assert len(mapped) > 50
    folders = {
        f"{path.parent.relative_to(REPOSITORY).as_posix()}/" for path in (REPOSITORY / "server").rglob("__init__.py")
    }
    assert {folder for folder in folders if not any(place.startswith(folder) for place in mapped)} == set()


def test_each_place_of_the_help_in_neovim_has_its_tag() -> None:
    """Neovim makes the file of tags itself, where one is at hand: ``nvim -c 'helptags editors/neovim/doc' -c qa``."""
    places = set(re.findall(r"(?<=\*)[^\s*|]+(?=\*(?:\s|$))", text_of("editors/neovim/doc/greenline.txt")))
    tags = [line.partition("\t")[0] for line in text_of("editors/neovim/doc/tags").splitlines()]
    assert len(tags) > 40
    assert set(tags) == places


def test_the_help_in_neovim_has_every_command_option_and_colour() -> None:
    folder = "editors/neovim/lua/greenline"
    text = text_of("editors/neovim/doc/greenline.txt")
    commands = re.findall(
        r"^  (\w+) = \{", text_of(f"{folder}/commands.lua").partition("M.commands = {")[2], re.MULTILINE
    )
    assert len(commands) > 20
    for command in commands:
        assert re.search(rf"^    {command}( |$)", text, re.MULTILINE), command
        assert f"*:Greenline-{command}*" in text, command
    options = set(re.findall(r"\boptions\.(\w+)", text_of(f"{folder}/init.lua")))
    assert [option for option in options if not re.search(rf"^      {option} = ", text, re.MULTILINE)] == []
    signs = text_of(f"{folder}/signs.lua")
    colours = re.findall(r"^  (\w+) = \{ name = '(\w+)', link = '(\w+)'", signs, re.MULTILINE)
    assert len(colours) == 5
    for state, name, link in colours:
        assert f"`{state}`" in text
        assert f"*hl-{name}*" in text
        assert re.search(rf"^    {name} +links to {link}\b", text, re.MULTILINE), name

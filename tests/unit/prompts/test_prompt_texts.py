"""The files of prompts have versions that say when they changed, and say nothing that the answer's reader denies."""

from __future__ import annotations

import ast
import hashlib
import json
import re
import runpy
from pathlib import Path

import pytest

import greenline
from greenline.adapters.prompt_files import read_prompt_files
from greenline.domain.asking import prompt
from greenline.domain.asking.answers import TESTS_SCHEMA
from greenline.domain.asking.as_candidate import as_candidate
from greenline.domain.asking.kinds_of_code import KINDS, KindOfCode
from greenline.domain.asking.model import ProposedTest
from greenline.domain.asking.prompt import version_of
from greenline.domain.asking.prompt_texts import FILES, prompt_texts
from greenline.domain.asking.screening import refused

FOLDER = Path(greenline.__file__).parent / "prompts"
VERSIONS = Path(__file__).with_name("versions.txt")


def told() -> dict[str, tuple[str, str]]:
    """Return of each file its version and what tells its text apart."""
    found = {}
    for name in FILES:
        text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
        version = text.partition("\n")[0]
        found[name] = (version.strip("<!-> ").removeprefix("version: "), hashlib.sha256(text.encode()).hexdigest()[:12])
    return found


def test_a_changed_prompt_has_another_version(request: pytest.FixtureRequest) -> None:
    known = {
        name: (version, digest) for name, version, digest in map(str.split, VERSIONS.read_text("utf-8").splitlines())
    }
    now = told()
    same_number = {name for name, (version, digest) in now.items() if known.get(name, ("", ""))[0] == version}
    changed = {name for name in same_number if known[name][1] != now[name][1]}
    assert changed == set(), "raise the version in the first line of these, then write the list with --update-prompts"
    if request.config.getoption("--update-prompts"):
        lines = [f"{name} {version} {digest}\n" for name, (version, digest) in now.items()]
        VERSIONS.write_text("".join(lines), encoding="utf-8")
    else:
        assert known == now


def test_every_file_is_read_and_every_kind_has_its_guidance() -> None:
    assert sorted(FILES) == sorted(path.stem for path in FOLDER.glob("*.md"))
    texts = read_prompt_files()
    assert set(texts.guidance) == set(KINDS)
    every = [
        texts.instructions,
        *texts.guidance.values(),
        texts.after_failures,
        texts.after_coverage,
        texts.after_unread,
    ]
    assert all(text.strip() and "<!--" not in text for text in every)


def test_the_version_of_all_tells_numbers_and_texts_apart() -> None:
    files = {name: f"<!-- version: 2 -->\n{name}\n" for name in FILES}
    whole = prompt_texts(files).version
    assert whole.partition("-")[0] == str(2 * len(FILES))
    assert prompt_texts({**files, "kind_web": "<!-- version: 2 -->\nother\n"}).version != whole
    assert prompt_texts({**files, "kind_web": "<!-- version: 3 -->\nkind_web\n"}).version != whole
    with pytest.raises(ValueError, match=r"kind_web\.md does not begin with its version"):
        prompt_texts({**files, "kind_web": "no version\n"})


def test_the_version_for_the_ledger_knows_how_texts_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = read_prompt_files()
    before = version_of(texts)
    assert before.startswith(f"{texts.version}-")
    assert version_of(texts) == before
    monkeypatch.setattr(prompt, "MOST_TESTS", 11)
    assert version_of(texts) != before


def test_the_form_that_is_described_is_the_form_that_is_read() -> None:
    form = read_prompt_files().instructions.partition("# The form of the answer")[2]
    wanted = TESTS_SCHEMA["properties"]["tests"]["items"]["required"]
    assert re.findall(r"^- `(\w+)`:", form, re.MULTILINE) == wanted
    example = next(line for line in form.splitlines() if line.startswith('{"tests": [{"name": "test_'))
    (test,) = json.loads(example)["tests"]
    assert list(test) == wanted
    (function,) = ast.parse(test["code"]).body
    assert isinstance(function, ast.FunctionDef)
    assert function.name == test["name"]
    for statement in test["imports"]:
        ast.parse(statement)


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_model_is_shown_would_be_taken_of_a_model(kind: KindOfCode) -> None:
    """A worked example that would be refused teaches what is refused."""
    guidance = read_prompt_files().guidance[kind]
    blocks = re.findall(r"^```python\n# test_\w+\.py\n(.*?)^```", guidance, re.MULTILINE | re.DOTALL)
    (text,) = blocks
    tree = ast.parse(text)
    imports = tuple(ast.unparse(node) for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom)))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(functions) >= 2
    for function in functions:
        first = min((each.lineno for each in function.decorator_list), default=function.lineno)
        code = "\n".join(text.splitlines()[first - 1 : function.end_lineno])
        test = ProposedTest(function.name, code, imports)
        assert refused(test) == ""
        candidate = as_candidate(test)
        assert candidate.name == function.name
        assert candidate.code.strip() == code


def test_the_package_for_vs_code_takes_the_prompts_along() -> None:
    left_out = runpy.run_path(str(Path(__file__).parents[3] / "scripts" / "build_vsix.py"))["_NOT_OURS_TO_SHIP"]
    assert "prompts" not in left_out(str(FOLDER.parent), ["prompts"])
    names = [path.name for path in FOLDER.iterdir()]
    assert left_out(str(FOLDER), names) == set()

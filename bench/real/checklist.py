"""What a maintainer checks in a pull request that adds tests; each is decided here without asking Greenline.

right file          named after the module, or the one that speaks most of the target; a new one beside the others
existing fixtures   those of the project that most of the target's own tests take
no duplicate        no call of the target, and no row of a table, that a test of it has already
no unused import    what ruff calls F401, that was not there before
ruff clean          under the project's own configuration, that was not there before
at most 25 lines    a test with its decorators
passes              under plain pytest in a fresh process
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LINES = 25
Test = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Suite:
    """The tests of a project as they were before anything was generated: path relative to the project -> text."""

    folder: Path
    texts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Suite:
        """Read every test file of the project."""
        found = [p for p in sorted(folder.rglob("*.py")) if _is_test_file(p) or p.name == "conftest.py"]
        return cls(folder, {p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in found})

    def tests_of(self, target: str) -> list[tuple[str, Test]]:
        """Return (file, test) of each test that names the function, or its class and the method."""
        wanted = _names_of(target)
        return [
            (path, test)
            for path, text in self.texts.items()
            for test in tests_in(ast.parse(text))
            if wanted <= _names_in(test)
        ]

    def fixtures(self) -> set[str]:
        """Return the names of the project's own fixtures."""
        trees = [ast.parse(text) for text in self.texts.values()]
        return {
            node.name
            for tree in trees
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and any("fixture" in ast.unparse(d) for d in node.decorator_list)
        }


def failed_checks(suite: Suite, target: str, test_file: str, name: str) -> list[str]:
    """Return which of the checks the test fails that was written for the target; "passes" is for the caller."""
    text = (suite.folder / test_file).read_text(encoding="utf-8")
    test = next((t for t in tests_in(ast.parse(text)) if t.name == name), None)
    if test is None:
        return ["is not there"]
    failed = []
    if test_file not in right_files(suite, target):
        failed.append("right file")
    if _wanted_fixtures(suite, target, test_file) - {a.arg for a in test.args.args}:
        failed.append("existing fixtures")
    if _cases(test, target) & {case for _, old in suite.tests_of(target) for case in _cases(old, target)}:
        failed.append("no duplicate")
    if (test.end_lineno or 0) - min([test.lineno, *(d.lineno for d in test.decorator_list)]) + 1 > MOST_LINES:
        failed.append(f"at most {MOST_LINES} lines")
    return failed


def lint(suite: Suite, test_file: str) -> list[str]:
    """Return which of the checks of the whole file fail: what ruff says of it now and did not say before."""
    path, failed = suite.folder / test_file, []
    now, before = path.read_text(encoding="utf-8"), suite.texts.get(test_file, "")
    for check, options in (("no unused import", ["--isolated", "--select", "F401"]), ("ruff clean", [])):
        if _findings(path, now, options) - _findings(path, before, options):
            failed.append(check)
    return failed


def right_files(suite: Suite, target: str) -> set[str]:
    """Return where a maintainer would look for the test."""
    path, _, _ = target.partition("::")
    parts = [p.strip("_") for p in Path(path).with_suffix("").parts if p not in {"src", "__init__"}]
    stems = {"_".join(parts[-n:]) for n in range(1, len(parts) + 1)}
    named = {p for p in suite.texts if _stem(p) in {*stems, *(f"{s}s" for s in stems), *(s.rstrip("s") for s in stems)}}
    speaking = Counter(path for path, _ in suite.tests_of(target))
    most = {p for p, count in speaking.items() if count == max(speaking.values())}
    if named or most:
        return named | most
    folders = Counter(Path(p).parent.as_posix() for p in suite.texts if _is_test_file(Path(p)))
    folder = folders.most_common(1)[0][0] if folders else "tests"
    return {f"{folder}/{pattern.format(stem)}.py" for stem in stems for pattern in ("test_{}", "{}_test")}


def tests_in(tree: ast.Module) -> Iterator[Test]:
    """Yield the tests of a file, those in classes too."""
    for node in tree.body:
        for inner in node.body if isinstance(node, ast.ClassDef) else [node]:
            if isinstance(inner, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner.name.startswith("test"):
                yield inner


def _wanted_fixtures(suite: Suite, target: str, test_file: str) -> set[str]:
    """Return what most tests of the target ask for in that file: benchmarks elsewhere want other things."""
    own = suite.fixtures()
    tests = [test for path, test in suite.tests_of(target) if path == test_file]
    taken = Counter(a.arg for test in tests for a in test.args.args if a.arg in own)
    return {name for name, count in taken.items() if count * 2 > len(tests)}


def _cases(test: Test, target: str) -> set[str]:
    """Return the calls of the target in the test, and the rows of its tables."""
    name = target.rpartition("::")[2].rpartition(".")[2]
    calls = {
        ast.dump(node)
        for node in ast.walk(test)
        if isinstance(node, ast.Call) and _called(node) == name and not _uses_parameters(node, test)
    }
    rows = {
        ast.dump(row)
        for decorator in test.decorator_list
        if isinstance(decorator, ast.Call) and _called(decorator) == "parametrize" and len(decorator.args) > 1
        for row in getattr(decorator.args[1], "elts", [])
    }
    return calls | rows


def _uses_parameters(call: ast.Call, test: Test) -> bool:
    parameters = {a.arg for a in test.args.args} - {"self"}
    return any(isinstance(n, ast.Name) and n.id in parameters for n in ast.walk(call))


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", "") or getattr(call.func, "id", "")


def _names_of(target: str) -> set[str]:
    parts = [p for p in target.rpartition("::")[2].split(".") if p not in {"__init__", "__call__"}]
    return set(parts[-1:])


def _names_in(node: ast.AST) -> set[str]:
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}


def _is_test_file(path: Path) -> bool:
    return path.name.startswith("test_") or path.stem.endswith("_test")


def _stem(path: str) -> str:
    return Path(path).stem.removeprefix("test_").removesuffix("_test")


def _findings(path: Path, text: str, options: list[str]) -> Counter[str]:
    """Return what ruff finds in a text as if it stood in the file: rule and message, however often."""
    command = [sys.executable, "-m", "ruff", "check", "--no-fix", "--output-format", "json", "--no-cache", *options]
    done = subprocess.run(
        [*command, "--stdin-filename", str(path), "-"],
        input=text, cwd=path.parent, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return Counter(f"{each['code']} {each['message']}" for each in json.loads(done.stdout or "[]"))

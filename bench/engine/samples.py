"""The reading samples in docs/samples/, generated anew by the engine as it is.

    python bench/engine/samples.py [NAME ...]

NAME is a sample (``semver_version``); without one, all are made. Exit code 0 when each was written, 2 otherwise.
"""

from __future__ import annotations

import ast
import re
import sys
import tempfile
from pathlib import Path

from generators import greenline
from subjects import BenchProblem, any_module, open_modules

SAMPLES = Path(__file__).resolve().parents[2] / "docs" / "samples"
FURTHER = (
    "inflection==0.5.1:inflection",
    "humanize==4.17.0:humanize.filesize",
    "python-slugify==9.2.0:slugify.slugify",
    "boltons==26.2.0:boltons.queueutils",
)
BEGIN, END = "<!-- made by bench/engine/samples.py -->", "<!-- end -->"


def main(wanted: list[str]) -> int:
    """Generate what is asked for, and the table of all in the README."""
    python = Path(sys.executable)
    try:
        places = [*open_modules(python), *(any_module(further, python) for further in FURTHER)]
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    missing = []
    for place in places:
        name = place.module.replace(".", "_")
        if wanted and name not in wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="greenline-samples-") as folder:
            written = greenline(place, Path(folder), [sys.executable, "-m", "greenline"])
            tests = sorted(written.subject.tests.glob("test_*.py"))
            if len(tests) != 1:
                missing.append(f"{place.module}: {written.problem or 'nothing was written'}")
                continue
            (SAMPLES / f"test_{name}.py").write_text(tests[0].read_text(encoding="utf-8"), encoding="utf-8")
            print(f"{name}: {written.seconds:.0f} s")
    readme = SAMPLES / "README.md"
    text = readme.read_text(encoding="utf-8")
    table = f"{BEGIN}\n{table_of(sorted(SAMPLES.glob('test_*.py')))}{END}"
    readme.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL), encoding="utf-8")
    print("\n".join(missing), file=sys.stderr)
    return 2 if missing else 0


def table_of(files: list[Path]) -> str:
    """Return the figures of test files as a Markdown table."""
    lines = ["| file | tests | of them tables | lines | numbered names |", "| --- | --: | --: | --: | --: |"]
    for file in files:
        text = file.read_text(encoding="utf-8")
        tests = tests_of(text)
        tables = sum("parametrize" in ast.unparse(d) for test in tests for d in test.decorator_list)
        figures = len(tests), tables, len(text.splitlines()), len(numbered(tests))
        lines.append(f"| [{file.name}]({file.name}) | {' | '.join(map(str, figures))} |")
    return "\n".join(lines) + "\n"


def tests_of(text: str) -> list[ast.FunctionDef]:
    """Return the test functions of a file."""
    return [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_")]


def numbered(tests: list[ast.FunctionDef]) -> list[str]:
    """Return the names that are told apart by a number alone."""
    names = {test.name for test in tests}
    return [name for name in names if (plain := re.sub(r"_\d+$", "", name)) != name and plain in names]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

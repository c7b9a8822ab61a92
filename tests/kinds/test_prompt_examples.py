"""The worked examples that a model is shown are examples: their tests pass, and would notice if the code were wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import greenline
from kinds.generated import run_pytest

PROMPTS = Path(greenline.__file__).parent / "prompts"
BLOCK = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```", re.DOTALL | re.MULTILINE)
WRONG = {
    "kind_async": ("2**attempt", "3 + attempt"),
    "kind_cli": ("del lines[drop - 1]", "del lines[drop - 2]"),
    "kind_http": ("currency.upper()", "currency"),
    "kind_model": ('" [cut off]"', '" ..."'),
    "kind_orm": ("Transfer.cents.desc()", "Transfer.cents"),
    "kind_plain": ("age < 6", "age <= 6"),
    "kind_web": ('TOOLS[name] = "lent"', "pass"),
}


def written(name: str, folder: Path) -> list[Path]:
    found = BLOCK.findall((PROMPTS / f"{name}.md").read_text(encoding="utf-8"))
    for file, text in found:
        (folder / file).write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\nfilterwarnings = error\n", encoding="utf-8")
    return [folder / file for file, _ in found]


@pytest.mark.parametrize("name", sorted(path.stem for path in PROMPTS.glob("kind_*.md")))
def test_a_worked_example_passes_and_notices_a_mistake(environment_of_kinds: Path, tmp_path: Path, name: str) -> None:
    assert environment_of_kinds.exists()
    code, tests = written(name, tmp_path)
    assert tests.name == f"test_{code.name}"
    ran = run_pytest(tmp_path)
    assert ran.returncode == 0, ran.stdout
    right, wrong = WRONG[name]
    text = code.read_text(encoding="utf-8")
    assert right in text
    code.write_text(text.replace(right, wrong), encoding="utf-8")
    assert run_pytest(tmp_path).returncode == 1

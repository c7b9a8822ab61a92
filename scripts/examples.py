"""Write the tests beside the examples of examples/kinds anew: python scripts/examples.py [EXAMPLE ...]."""  # noqa: INP001

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))


def main() -> int:
    """Generate for each example that is named, for all when none is; return the exit code."""
    from kinds.generated import EXAMPLES, generated_for  # noqa: PLC0415 - only now is it found

    wanted = sys.argv[1:] or sorted(path.parent.name for path in EXAMPLES.glob("*/pyproject.toml"))
    for example in wanted:
        with tempfile.TemporaryDirectory() as scratch:
            made = generated_for(example, Path(scratch) / example)
            for old in (EXAMPLES / example).rglob("test_*.py"):
                old.unlink()
            for new in sorted(made.folder.rglob("test_*.py")):
                place = EXAMPLES / example / new.relative_to(made.folder)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(new, place)
            left = [name for name, target in made.targets.items() if target["not_tested"]]
            told = f"{example}: {made.pytest().stdout.splitlines()[-1]}"
            sys.stdout.write(f"{told}{'; left: ' if left else ''}{', '.join(left)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

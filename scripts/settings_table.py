"""Write the settings into the README's table; with ``--check`` only say whether they differ."""  # noqa: INP001

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from greenline.settings import Settings

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- settings: written by scripts/settings_table.py -->\n", "<!-- end of settings -->"


def table() -> str:
    """Return the settings as a Markdown table, in the order of their declaration."""
    rows = ["| setting | default | what it does |", "| --- | --- | --- |"]
    for key, schema in Settings.json_schema().items():
        choices = f" One of {', '.join(f'`{choice}`' for choice in schema['enum'])}." if "enum" in schema else ""
        rows.append(f"| `{key}` | {_default(schema['default'])} | {schema['markdownDescription']}{choices} |")
    return "\n".join(rows) + "\n"


def updated(text: str) -> str:
    """Return the README's text with its table replaced."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}{table()}{END}{after}"


def main() -> int:
    """Write, or with ``--check`` compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when the README is not up to date")
    check = parser.parse_args().check
    before = README.read_text(encoding="utf-8")
    after = updated(before)
    if before == after:
        return 0
    if check:
        sys.stderr.write(f"{README.name} does not have the settings: run scripts/settings_table.py\n")
        return 1
    README.write_text(after, encoding="utf-8")
    return 0


def _default(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    return f"`{value}`" if value else "empty"


if __name__ == "__main__":
    raise SystemExit(main())

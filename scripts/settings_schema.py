"""Write the server's settings into the VS Code client's package.json; with ``--check`` only say whether they differ."""  # noqa: INP001

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from greenline.settings import Settings

PACKAGE = Path(__file__).resolve().parent.parent / "vscode-client" / "package.json"

SECTION = "greenline"
"""The id of the generated section; the client's own settings stand in another one."""

SCOPES = {
    "greenline.interpreter": "machine-overridable",
    "greenline.isolation.command": "machine-overridable",
    "greenline.model.provider": "machine",
    "greenline.model.baseUrl": "machine",
    "greenline.model.keyCommand": "machine",
    "greenline.model.dollarsPerDay": "machine",
}
"""What differs from machine to machine; every other setting may differ from folder to folder.

What is ``machine`` a workspace cannot set: who gets the key and the source, and what a day may cost.
"""


def section() -> dict[str, Any]:
    """Return the section of ``contributes.configuration`` that mirrors the server's settings."""
    properties = {
        key: {**schema, "scope": SCOPES.get(key, "resource"), "order": order}
        for order, (key, schema) in enumerate(Settings.json_schema().items())
    }
    return {"id": SECTION, "title": "Greenline", "properties": properties}


def updated(text: str) -> str:
    """Return the text of package.json with its generated section replaced."""
    package = json.loads(text)
    sections = package["contributes"]["configuration"]
    package["contributes"]["configuration"] = [section(), *(other for other in sections if other.get("id") != SECTION)]
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write, or with ``--check`` compare; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when package.json is not up to date")
    check = parser.parse_args().check
    before = PACKAGE.read_text(encoding="utf-8")
    after = updated(before)
    if before == after:
        return 0
    if check:
        sys.stderr.write(f"{PACKAGE.name} does not have the server's settings: run scripts/settings_schema.py\n")
        return 1
    PACKAGE.write_text(after, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

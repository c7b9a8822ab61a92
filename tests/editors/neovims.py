"""The Neovims that were set up, and plays in them: Lua that acts as a person does, and tells what it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editors.real_editors import EDITORS, HERE, REPOSITORY, environment, not_set_up, server_command

SCENARIO_SECONDS = 180
FOLDERS = {"0.12": "nvim-forky", "0.11": "nvim-pypi", "0.10": "nvim-trixie"}
"""By version, those of ``setup_neovim.sh``."""


@dataclass(frozen=True)
class Neovim:
    version: str
    program: Path

    @property
    def encoding(self) -> str:
        """Of positions, as the two sides agree on it."""
        return "utf-8" if self.version == "0.12" else "utf-16"

    @property
    def enables(self) -> bool:
        """Whether it has ``vim.lsp.enable``."""
        return self.version != "0.10"


def find_neovim(version: str) -> Neovim:
    """Return this one; skips the test where it is not set up."""
    program = EDITORS / FOLDERS[version] / "nvim"
    if not program.exists():
        not_set_up(f"Neovim {version}", "setup_neovim.sh")
    return Neovim(version, program)


def play(
    neovim: Neovim,
    folder: Path,
    lua: str = "neovim_scenario.lua",
    *,
    clean: bool = True,
    variables: dict[str, str] | None = None,
    **scenario: Any,
) -> dict[str, Any]:
    """Run the scenario and return what it told; ``clean`` leaves out the person's configuration."""
    output = folder / "told.json"
    given = folder / "scenario.json"
    given.write_text(
        json.dumps(
            {
                "config": str(REPOSITORY / "editors" / "neovim" / "lsp" / "greenline.lua"),
                "command": server_command(),
                "interpreter": sys.executable,
                "limit_ms": SCENARIO_SECONDS * 1000 // 3,
                "output": str(output),
                **scenario,
            }
        ),
        encoding="utf-8",
    )
    arguments = [*(["--clean"] if clean else []), "-n", "-c", f"luafile {HERE / lua}", "-c", "cquit"]
    ran = run(neovim, folder, arguments, {"GREENLINE_SCENARIO": str(given), **(variables or {})})
    assert output.exists(), ran.stdout + ran.stderr
    told: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    told["terminal"] = ran.stdout + ran.stderr
    return told


def run(
    neovim: Neovim, folder: Path, arguments: list[str], variables: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    homes = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    return subprocess.run(
        ["/bin/sh", neovim.program, "--headless", *arguments],
        env={**environment(), **homes, **(variables or {})},
        capture_output=True,
        text=True,
        timeout=SCENARIO_SECONDS,
        check=False,
    )

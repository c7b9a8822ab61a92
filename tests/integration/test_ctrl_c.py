"""Ctrl-C at a question: neither a yes nor a no."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals are POSIX")


@pytest.mark.parametrize(
    ("by", "expected"),
    [("Ctrl-C", (130, "Cancelled.")), ("the end of the input", (1, "Aborted!")), ("no", (1, ""))],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_a_question_can_be_left(tmp_path: Path, by: str, expected: tuple[int, str]) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'shop'\n")
    config = tmp_path / "config"
    process = subprocess.Popen(
        [sys.executable, "-m", "greenline", "model", "allow"],
        cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "XDG_CONFIG_HOME": str(config), "XDG_DATA_HOME": str(config)},
    )  # fmt: skip
    assert process.stdout is not None
    said = ""
    while not said.endswith("[y/N]: "):
        assert select.select([process.stdout], [], [], 60)[0], said
        said += os.read(process.stdout.fileno(), 4096).decode()
    if by == "Ctrl-C":
        process.send_signal(signal.SIGINT)
    _, complaints = process.communicate("n\n" if by == "no" else None, timeout=60)

    assert (process.returncode, complaints.strip()) == expected, said
    assert not list(tmp_path.rglob("*consent*"))

"""A model whose answers are written down, by target: they measure the machinery, and no model."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))

from model_server import ModelServer  # noqa: E402
from model_server.scripts import Reply  # noqa: E402

NAME = "recorded"
RECORDED = Path(__file__).resolve().parent / "recorded"
_NOTHING_MORE = '{"tests": []}'


def recorded_answers(folder: Path = RECORDED) -> dict[str, list[str]]:
    """Return the answers of each target (``module::function``), round by round, as a model would send them."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.glob("*.json")):
        for function, answers in json.loads(file.read_text(encoding="utf-8")).items():
            found[f"{file.stem}::{function}"] = [_sent(answer) for answer in answers]
    return found


def _sent(answer: list[dict[str, Any]]) -> str:
    """Return the text of one answer; there, code stands line by line."""
    return json.dumps({"tests": [{**test, "code": "\n".join(test["code"]) + "\n"} for test in answer]})


class RecordedModel(ModelServer):
    """Speaks the Messages API on this machine; who asks more often than was written down gets no test."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: Iterator[str] = iter(())

    def about(self, answers: list[str]) -> None:
        """Answer with these from now on, one after the other."""
        self._answers = iter(answers)

    def next_reply(self, model: str) -> Reply:  # noqa: ARG002 - the same for any
        """Return the next answer."""
        return Reply(text=next(self._answers, _NOTHING_MORE))

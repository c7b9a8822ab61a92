from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from greenline.cli.in_batches import settings_of
from greenline.domain.asking.batches import BatchRecord
from greenline.settings import Settings


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Missing argument 'TARGET...'"),
        (["--batch"], "Missing argument 'TARGET...'"),
        (["prices.py", "--batch", "--resume"], "name one of them"),
        (["--resume", "--cancel-batch"], "name one of them"),
        (["prices.py", "--detach"], "--detach goes with --batch or --resume"),
        (["prices.py", "--batch", "--dry-run"], "`greenline prompt TARGET` shows what would be sent"),
        (["prices.py", "--batch", "--engine", "explore"], "asks no model"),
        (["prices.py", "--resume"], "--resume is for all batches of the project; name no target"),
        (["prices.py", "--cancel-batch"], "--cancel-batch is for all batches of the project"),
    ],
)
def test_what_does_not_go_together_is_said(run: Callable[..., Result], arguments: list[str], said: str) -> None:
    ended = run("generate", *arguments)
    assert ended.exit_code == 2
    assert said in ended.stderr


def test_a_batch_goes_on_as_it_was_asked_for_unless_somebody_says_otherwise_now() -> None:
    then = {"model_refinement": False, "interpreter": "/then", "of_a_later_greenline": 1}
    record = BatchRecord("r", "/p", "https://here", "claude", 0.0, (), then)
    settings = settings_of(record, Settings(interpreter="/now"))
    assert settings == Settings(model_refinement=False, interpreter="/now")

"""Ctrl-C and a polite kill: the running task is cancelled, ends its children, and has the last word."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

CANCELLED = 130
"""The exit code that shells give to what Ctrl-C ended."""


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end. The first Ctrl-C cancels ``work``; further ones are ignored while it tidies up.

    Raises KeyboardInterrupt when ``work`` lets the cancellation through: for who called it is as if it had come here.
    """
    try:
        return asyncio.run(_guarded(work))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


async def _guarded(work: Coroutine[Any, Any, T]) -> T:
    loop, task = asyncio.get_running_loop(), asyncio.create_task(work)
    asked = False

    def cancel() -> None:
        nonlocal asked
        if not asked:
            asked = True
            task.cancel()

    signals = [signal.SIGINT, signal.SIGTERM]
    installed = []
    for number in signals:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # Windows, or not the main thread
            loop.add_signal_handler(number, cancel)
            installed.append(number)
    try:
        return await task
    finally:
        for number in installed:
            loop.remove_signal_handler(number)

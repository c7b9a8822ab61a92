"""A worker that takes lines from a queue, and what it logs of those that it cannot read."""

from __future__ import annotations

import logging
import queue
import threading

log = logging.getLogger(__name__)
END = None


def parse_reading(line: str) -> float | None:
    """Return the reading in a line such as "kitchen=21.5"; None, and a word in the log, for a bad one."""
    place, separator, value = line.partition("=")
    if not separator:
        log.warning("no reading in %r", line)
        return None
    try:
        reading = float(value)
    except ValueError:
        log.error("%s sent %r, which is no number", place, value)
        return None
    if reading > 60:
        log.warning("%s is on fire, or its sensor broken", place)
    return reading


def work(tasks: queue.Queue[str | None], results: queue.Queue[float]) -> int:
    """Take lines until the end comes, and put their readings; return how many were bad."""
    bad = 0
    while True:
        line = tasks.get()
        if line is END:
            return bad
        reading = parse_reading(line)
        if reading is None:
            bad += 1
        else:
            results.put(reading)


def read_all(lines: list[str], workers: int = 2) -> list[float]:
    """Return all readings, sorted, that so many threads find in the lines."""
    if workers < 1:
        raise ValueError("somebody has to work")
    tasks: queue.Queue[str | None] = queue.Queue()
    results: queue.Queue[float] = queue.Queue()
    threads = [threading.Thread(target=work, args=(tasks, results)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for line in lines:
        tasks.put(line)
    for _ in threads:
        tasks.put(END)
    for thread in threads:
        thread.join(timeout=5)
    return sorted(results.queue)

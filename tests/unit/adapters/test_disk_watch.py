"""What a child writes and prints is bounded."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

import pytest

from greenline.adapters import disk_watch
from greenline.adapters.disk_watch import DiskWatch

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 60.0


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_watch, "_MOST_OUTPUT", 1000)
    monkeypatch.setattr(disk_watch, "_KEPT_OUTPUT", 100)
    monkeypatch.setattr(disk_watch, "_MOST_WRITTEN", 4 * 1024**2)
    monkeypatch.setattr(disk_watch, "_MOST_FILES", 50)
    monkeypatch.setattr(disk_watch, "_STEP", 0)
    monkeypatch.setattr(disk_watch, "_STEP_FILES", 0)
    monkeypatch.setattr(disk_watch, "_PAUSE", 0.001)


def test_long_output_is_shortened_and_its_end_is_kept(tmp_path: Path) -> None:
    output = tmp_path / "output"
    watch = DiskWatch(output, tmp_path, limited=True)
    watch.begin()
    child = os.open(output, os.O_WRONLY | os.O_APPEND)
    for number in range(500):
        os.write(child, f"line {number}\n".encode())
        watch.shorten()
        assert output.stat().st_size <= 1000

    assert watch.end(60).splitlines()[-3:] == ["line 497", "line 498", "line 499"]
    os.write(child, b"the end\n")
    os.close(child)
    assert watch.end(17) == "line 499\nthe end\n"
    watch.close()
    assert watch.end(17) == "line 499\nthe end\n"


def test_a_link_in_the_place_of_the_output_leads_nowhere(tmp_path: Path) -> None:
    """The child may write where its output is: it must not have us read, or empty, what it may not."""
    secret = tmp_path / "secret"
    secret.write_text("s" * 5000)
    output = tmp_path / "output"
    watch = DiskWatch(output, tmp_path, limited=True)
    os.write(watch.begin(), b"said before")
    output.unlink()
    output.symlink_to(secret)

    watch.shorten()

    assert watch.end(100) == "said before"
    assert secret.stat().st_size == 5000
    watch.close()
    assert watch.end(100) == "said before"


def test_a_link_that_is_there_before_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "output").symlink_to(tmp_path / "secret")
    with pytest.raises(FileExistsError):
        DiskWatch(tmp_path / "output", tmp_path, limited=True).begin()
    assert not (tmp_path / "secret").exists()


def test_no_output_is_no_output(tmp_path: Path) -> None:
    assert DiskWatch(tmp_path / "none", tmp_path, limited=True).end(100) == ""


@pytest.mark.parametrize(
    ("sizes", "words"), [([3 * 1024**2] * 2, "wrote more than 4 MiB"), ([1] * 60, "made more than 50 files")]
)
async def test_too_much_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sizes: list[int], words: str
) -> None:
    # Others write to the same disk, too: here it has less room each time that it is looked at.
    room = iter(range(10**9, 0, -1))
    monkeypatch.setattr(disk_watch, "_free", lambda _: (next(room), 0))
    (tmp_path / "project").symlink_to("/")
    watching = asyncio.create_task(DiskWatch(tmp_path / "output", tmp_path, limited=True).until_too_much())
    for number, size in enumerate(sizes):
        (tmp_path / str(number)).write_bytes(os.urandom(size))

    assert await asyncio.wait_for(watching, LIMIT) == words


async def test_a_little_is_not_too_much_whatever_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = iter(range(0, -10, -1))
    enough = asyncio.Event()

    def less_each_time(_: object) -> tuple[int, int]:
        now = next(room, -10)
        if now == -10:
            enough.set()
        return now, now

    monkeypatch.setattr(disk_watch, "_free", less_each_time)
    (tmp_path / "a").write_text("a")
    watching = asyncio.create_task(DiskWatch(tmp_path / "output", tmp_path, limited=True).until_too_much())
    await asyncio.wait_for(enough.wait(), LIMIT)

    assert not watching.done()
    watching.cancel()


async def test_where_the_disk_does_not_count_files_they_are_counted_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on btrfs, whose files take no room that would be told."""
    monkeypatch.setattr(disk_watch, "_free", lambda _: (10**9, 0))
    monkeypatch.setattr(disk_watch, "_SECONDS_UNCOUNTED", 0.0)
    watching = asyncio.create_task(DiskWatch(tmp_path / "output", tmp_path, limited=True).until_too_much())
    for number in range(60):
        (tmp_path / str(number)).touch()

    assert await asyncio.wait_for(watching, LIMIT) == "made more than 50 files"

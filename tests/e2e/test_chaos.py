"""Whatever happens around it, the server answers, loses nothing, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from e2e.chaos import MARK, Acts, World, made, put_back, settled, small_disk, storm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Make = Callable[..., Path]

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")]

SECONDS = float(os.environ.get("GREENLINE_CHAOS_SECONDS", "60"))
SEED = int(os.environ.get("GREENLINE_CHAOS_SEED", "1"))
GROWTH = 48.0
"""MiB by which the server may have grown in the end: caches that are bounded, and what the allocator keeps."""


async def test_a_storm_leaves_everything_as_it_should_be(
    project: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = made(tmp_path / "world", project(), SEED)
    with small_disk(world.disk) as is_small:
        for name in ("TMPDIR", "TEMP", "TMP"):
            monkeypatch.setenv(name, str(world.disk))
        monkeypatch.setenv(MARK, world.mark)
        monkeypatch.setenv("GREENLINE_CHAOS_CLOCK", str(world.folder / "clock"))
        path = filter(None, [str(world.folder / "shifted"), os.environ.get("PYTHONPATH")])
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path))
        without = frozenset() if is_small else frozenset({"fill_the_disk"})
        try:
            await world.start()
            before = await _memory_after_work(world)
            await storm(world, SECONDS, without=without)
            put_back(world)
            after = await _memory_after_work(world)
            world.check_files()
            await world.leave()
            await world.until_nothing_is_left()
        except BaseException:
            print(f"seed {SEED}, after {len(world.done)} acts, the last: {', '.join(world.done[-40:])}")  # noqa: T201 - pytest shows it
            raise
        finally:
            put_back(world)
        left = [path.name for path in world.disk.iterdir() if path.name.startswith("greenline-")]
    memory = f"{before:.0f} MiB before, {after:.0f} after, {world.most_memory:.0f} at most"
    print(f"{len(world.done)} acts, jobs {dict(world.ended)}; {memory}")  # noqa: T201 - pytest shows it with -s
    assert world.ended["done"], "no job came to its end: the storm shows nothing"
    assert after < before + GROWTH
    assert len(left) <= sum(act == "server lost: kill" for act in world.done) * 10, left


async def _memory_after_work(world: World) -> float:
    """Let one job of each kind run to its end; return what the server holds then, in MiB."""
    await settled(world)
    acts = Acts(world)
    await acts.close_and_open()
    await acts.generate_for_file()
    await acts.run_suite()
    await settled(world)
    return world.memory()

"""How many functions exploring leaves something of: those that a model would be asked for.

    python evals/left_over.py [MODULE ...]

Prints Markdown. What is known of a module is kept in bench/.cache, for as long as neither it nor Greenline changes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "bench" / "engine")]

from asked_modules import Source, modules  # noqa: E402
from subjects import BenchProblem, Subject  # noqa: E402

from greenline.adapters.disk_documents import DiskDocuments  # noqa: E402
from greenline.bootstrap import Lasting, build, lasting_for_terminal  # noqa: E402
from greenline.domain.code.model import Target  # noqa: E402
from greenline.ports.progress import Silent  # noqa: E402
from greenline.settings import Settings  # noqa: E402

CACHE = ROOT / "bench" / ".cache" / "evals"


@dataclass(frozen=True)
class LeftOver:
    """The functions of one module."""

    module: str
    asked: tuple[str, ...]
    """A model would be asked for these."""
    complete: tuple[str, ...]
    """Tests that exploring finds reach all of these."""
    barred: tuple[str, ...] = ()
    """Something is left, but nobody would be asked: the file is never sent, say."""

    @property
    def functions(self) -> int:
        """How many there are."""
        return len(self.asked) + len(self.complete) + len(self.barred)


class Explored:
    """Explores modules, or remembers what came of it."""

    def __init__(self, cache: Path = CACHE) -> None:
        self._cache = cache
        self._lasting: Lasting | None = None

    async def left_over(self, source: Source) -> LeftOver:
        """Explore a module as generating does, without its tests. Raises BenchProblem."""
        with tempfile.TemporaryDirectory(prefix="greenline-evals-") as name:
            subject = source.project(Path(name) / "project")
            kept = self._cache / f"left-over-{fingerprint(subject.source.read_bytes())}.json"
            if not kept.exists():
                found = await self._explore(source.name, subject)
                kept.parent.mkdir(parents=True, exist_ok=True)
                kept.write_text(json.dumps([found.asked, found.complete, found.barred]), encoding="utf-8")
        return LeftOver(source.name, *map(tuple, json.loads(kept.read_text(encoding="utf-8"))))

    async def _explore(self, name: str, subject: Subject) -> LeftOver:
        self._lasting = self._lasting or lasting_for_terminal()
        settings = Settings(interpreter=str(subject.python))
        services = build(settings, DiskDocuments(), self._lasting)
        shown = await services.prompts().show(Target(subject.source), Silent())
        asked = tuple(request.target.rpartition("::")[2] for request in shown.requests)
        complete = tuple(each.name for each in shown.unasked if each.complete)
        return LeftOver(name, asked, complete, tuple(each.name for each in shown.unasked if not each.complete))


def fingerprint(*what: bytes) -> str:
    """Return what changes with Greenline's own code, and with these."""
    digest = hashlib.sha256()
    for file in sorted((ROOT / "server").rglob("*")):
        if file.suffix in {".py", ".md"}:
            digest.update(file.read_bytes())
    for each in what:
        digest.update(each)
    return digest.hexdigest()[:16]


def table(found: Sequence[LeftOver]) -> str:
    """Return the figures as Markdown."""
    lines = ["| module | functions | left over | which |", "| --- | --: | --: | --- |"]
    lines += [
        f"| {each.module} | {each.functions} | {len(each.asked)} | {', '.join(f'`{name}`' for name in each.asked)} |"
        for each in found
    ]
    functions, asked = sum(each.functions for each in found), sum(len(each.asked) for each in found)
    share = f"{asked / functions:.0%}" if functions else "none"
    return "\n".join([*lines, f"| all | {functions} | {asked} | {share} |"])


async def _main(wanted: Sequence[str]) -> int:
    found, explored = [], Explored()
    chosen = [source for source in modules() if not wanted or source.name in wanted]
    try:
        for number, source in enumerate(chosen, 1):
            print(f"{number} of {len(chosen)}: {source.name}", file=sys.stderr, flush=True)
            found.append(await explored.left_over(source))
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    print(table(found))
    print(f"\nLoad {os.getloadavg()[0]:.1f}: under load, exploring finds less in its seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(_main(sys.argv[1:])))

"""How long it takes from a save in the editor to marks for what fails, and until they are gone.

    python bench/run/saving.py [--times N]

The subject is the example project: one line of ``pricing.py`` is broken and mended by turns, saved each time, with
``run.onSave`` set to ``affected``. The services are the real ones, with a warm process; the editor speaks to the server
in this process. Prints Markdown: median and 95th percentile of the seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from greenline import bootstrap  # noqa: E402
from greenline.adapters.probes import Probes  # noqa: E402
from greenline.adapters.run_store_sqlite import RunStoreSqlite  # noqa: E402
from unit.lsp.editor import FULL, Editor  # noqa: E402 - the tests' editor, which waits for causes

GOOD, BAD = "    return price\n", "    return price + 1\n"
_TEMPORARY = Path(tempfile.gettempdir()).resolve()
PAUSE = 1.1
"""Seconds between two saves: what was written in the second in which a run began is not taken for what ran."""


class Person:
    """Breaks and mends a file."""

    def __init__(self, editor: Editor, source: Path, test: Path) -> None:
        self.editor, self.source = editor, source
        self.good = source.read_text(encoding="utf-8")
        self.uri, self.test = editor.open(source), editor.open(test)
        self.version = 1

    async def measure(self, *, broken: bool) -> float:
        """Save, and return the seconds until the test file has marks, or has none any more."""
        await asyncio.sleep(PAUSE)
        text = self.good.replace(GOOD, BAD) if broken else self.good
        self.version += 1
        self.editor.change(self.uri, text, self.version)
        await asyncio.to_thread(self.source.write_text, text, encoding="utf-8")
        since, began = len(self.editor.received), time.perf_counter()
        self.editor.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})
        await self.editor.wait_for(
            "textDocument/publishDiagnostics",
            lambda p: p["uri"] == self.test and any(d["code"] == "failing-test" for d in p["diagnostics"]) == broken,
            since=since,
        )
        return time.perf_counter() - began


async def bench(times: int) -> dict[str, list[float]]:
    """Return the seconds of each save, by what it did."""
    took: dict[str, list[float]] = {"breaks two tests (they run twice)": [], "mends them": []}
    with tempfile.TemporaryDirectory(prefix="greenline-bench-", dir=_TEMPORARY) as folder:
        project = Path(folder) / "parcels"
        await asyncio.to_thread(shutil.copytree, ROOT / "examples" / "parcels", project)
        lasting = bootstrap.Lasting(
            probes=Probes(Path(folder) / "bytecode"), runs=RunStoreSqlite(Path(folder) / "runs")
        )

        def build(settings: Any, documents: Any) -> bootstrap.Services:
            return bootstrap.build(settings, documents, lasting)

        options = {"run": {"onSave": "affected"}, "interpreter": sys.executable}
        async with Editor(build, FULL, root=project, options=options) as editor:
            person = Person(editor, project / "src/parcels/pricing.py", project / "tests/test_pricing.py")
            job = (await editor.run("greenline.runTestsWithCoverage", {"uri": person.uri}))["job"]
            await editor.job_end(job)
            await person.measure(broken=True)
            await person.measure(broken=False)
            for _ in range(times):
                for broken, found in zip((True, False), took.values(), strict=True):
                    found.append(await person.measure(broken=broken))
    return took


def main() -> int:
    """Run the bench."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    took = asyncio.run(bench(parser.parse_args().times))
    sys.stdout.write("| a save that | p50 | p95 |\n| -- | --: | --: |\n")
    for what, found in took.items():
        p95 = statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
        sys.stdout.write(f"| {what} | {statistics.median(found):.2f} s | {p95:.2f} s |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

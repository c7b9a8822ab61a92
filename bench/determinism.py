"""Generate the same tests again and again, and print how many different results there were.

    python bench/determinism.py [TIMES] [TARGET ...] [--project FOLDER] [--at-once N] [--again]

Each time is a run of its own, under another hash seed, in a fresh copy of the project in another folder; two run at a
time, so that each is disturbed by another. The targets are of the example project unless --project names another one.
Each run's answer is kept in bench/.cache/determinism until Greenline's code, the project or the targets change: what
was interrupted goes on where it was. --again starts anew. Exit code 0 when all results are the same, 1 otherwise.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import difflib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(__file__).resolve().parent / ".cache" / "determinism"
EXAMPLE = ROOT / "examples" / "parcels"
TARGETS = [
    "src/parcels/address.py::initials",
    "src/parcels/tracking.py::parse_tracking",
    "src/parcels/pricing.py::delivery_price",
]
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__")
RUN_SECONDS = 600.0


def main() -> int:
    """Return 0 when all results are the same."""
    options = _options()
    folder = CACHE / fingerprint(options.project, options.targets)
    if options.again:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    left = [number for number in range(options.times) if not _answer(folder, number).exists()]
    if len(left) < options.times:
        print(f"{options.times - len(left)} of {options.times} are known from before", file=sys.stderr)
    with concurrent.futures.ThreadPoolExecutor(options.at_once) as pool:
        runs = [pool.submit(_run, options.project, options.targets, number, folder) for number in left]
        for done, run in enumerate(concurrent.futures.as_completed(runs), 1):
            if run.exception():
                pool.shutdown(cancel_futures=True)
                sys.exit(f"\n{run.exception()}")
            seconds = (time.monotonic() - began) / done * (len(left) - done)
            print(f"\r{done} of {len(left)}, about {seconds:.0f} s to go ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    results = [json.loads(_answer(folder, number).read_text(encoding="utf-8")) for number in range(options.times)]
    print("\n".join(told(results)))
    print(f"{time.monotonic() - began:.0f} s for {len(left)} runs, {options.at_once} at a time")
    return 0 if all(len(counted) == 1 for counted in counts(results).values()) else 1


def counts(results: Iterable[dict[str, str]]) -> dict[str, collections.Counter[str]]:
    """Count for each target how often each result came; a run without the target counts as empty text."""
    rows = list(results)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: collections.Counter(row.get(name, "") for row in rows) for name in names}


def told(results: Iterable[dict[str, str]]) -> Iterable[str]:
    """Yield one line for each target, and under it how rarer results differ from the most frequent one."""
    for name, counted in counts(results).items():
        yield f"{name}: {len(counted)} different in {counted.total()}"
        (usual, _), *others = counted.most_common()
        for other, times in others:
            yield f"  {times} times otherwise:"
            lines = difflib.unified_diff(usual.splitlines(), other.splitlines(), lineterm="", n=1)
            yield from (f"  {line}" for line in list(lines)[2:])


def fingerprint(project: Path, targets: list[str]) -> str:
    """Name what the answers depend on: Greenline's code, the project, the targets and the interpreter."""
    digest = hashlib.sha256(json.dumps([targets, sys.version]).encode())
    for folder in (ROOT / "server", project):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _run(project: Path, targets: list[str], number: int, folder: Path) -> None:
    """Generate once and keep target -> status, reason and code."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary, project.name)
        shutil.copytree(project, copy, ignore=_LEFT_OUT)
        command = [sys.executable, "-m", "greenline", "generate", "--dry-run", "--format", "json"]
        ended = subprocess.run(
            [*command, "--interpreter", sys.executable, *targets], cwd=copy, capture_output=True, check=False,
            env={**os.environ, "PYTHONHASHSEED": str(number)}, timeout=RUN_SECONDS,
        )  # fmt: skip
    if not ended.stdout:
        raise RuntimeError(ended.stderr.decode())
    said = json.loads(ended.stdout)["targets"]
    answer = json.dumps({t["target"]: f"# {t['status']} {t['reason']}\n{t['code']}" for t in said})
    unfinished = _answer(folder, number).with_suffix(".tmp")
    unfinished.write_text(answer, encoding="utf-8")
    unfinished.replace(_answer(folder, number))


def _answer(folder: Path, number: int) -> Path:
    return folder / f"{number}.json"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times", nargs="?", type=int, default=200)
    parser.add_argument("targets", nargs="*", default=TARGETS)
    parser.add_argument("--project", type=Path, default=EXAMPLE, help="the folder that is copied for each run")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="how many run at a time (2)")
    parser.add_argument("--again", action="store_true", help="forget earlier answers")
    options = parser.parse_args()
    options.project = options.project.resolve()
    return options


if __name__ == "__main__":
    sys.exit(main())

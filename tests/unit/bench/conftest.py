"""The benches are scripts, not a package: their folders are where their modules are found."""

import sys
from pathlib import Path

BENCH = Path(__file__).resolve().parents[3] / "bench"
sys.path[:0] = [str(BENCH), str(BENCH / "engine"), str(BENCH / "engine" / "inside")]

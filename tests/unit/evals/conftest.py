"""The evaluations are scripts, not a package: their folders are where their modules are found."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "evals"), str(ROOT / "bench" / "engine")]

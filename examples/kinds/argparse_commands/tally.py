"""Count and compare lines of text files."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tally", description=__doc__)
    parser.add_argument("-v", "--verbose", action="count", default=0)
    commands = parser.add_subparsers(dest="command", required=True)

    count = commands.add_parser("count", help="count lines")
    count.add_argument("file", type=Path)
    count.add_argument("--minimum", type=int, default=1, metavar="N")
    count.add_argument("--order", choices=["name", "number"], default="name")

    repeat = commands.add_parser("repeat", help="print a word again and again")
    repeat.add_argument("word")
    repeat.add_argument("--times", type=int, default=2)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    parser = build_parser()
    args = parser.parse_args(argv)
    if args.command == "repeat":
        if args.times > 20:
            parser.error("nobody reads more than 20")
        print(" ".join([args.word] * args.times))
        return 0
    if not args.file.exists():
        print("there is no such file")
        return 1
    counted = Counter(args.file.read_text(encoding="utf-8").splitlines())
    lines = sorted(counted.items(), key=lambda item: item[0] if args.order == "name" else -item[1])
    for line, number in lines:
        if number >= args.minimum:
            print(f"{number} {line}")
    if args.verbose:
        print(f"{len(counted)} different lines")
    return 0

"""``greenline`` and ``python -m greenline``."""

from __future__ import annotations

from greenline.cli.app import greenline


def main() -> None:
    """Run the command line and leave with its exit code."""
    greenline(prog_name="greenline")


if __name__ == "__main__":
    main()

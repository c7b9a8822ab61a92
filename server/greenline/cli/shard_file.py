"""The report of a shard in its file: whole at any moment, so that a shard that was killed goes on from it."""

from __future__ import annotations

import json
import os
from pathlib import Path

from greenline.cli.output_file import write_output
from greenline.domain.bulk.shard_report import ShardReport, shard_record, shard_report_of


class NoShardReport(Exception):
    """A file is no report of a shard; the message says why."""


def shard_text(report: ShardReport, root: Path) -> str:
    """Return the text of a report; ``root`` is the project's, told from the current folder."""
    return json.dumps({"root": _from_here(root), **shard_record(report, root)})


def write_shard(report: ShardReport, root: Path, file: Path) -> None:
    """Write a report. Raises click.ClickException where it cannot be written."""
    write_output(shard_text(report, root), file)


def read_shard(file: Path) -> tuple[Path, ShardReport]:
    """Return the project's root, from the current folder, and the report. Raises NoShardReport."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except OSError as problem:
        raise NoShardReport(f"{file} cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise NoShardReport(f"{file} is no report of `greenline generate --shard`: it is not JSON") from problem
    try:
        root = Path(os.path.normpath(Path.cwd() / record["root"]))
        return root, shard_report_of(record, root)
    except KeyError as problem:
        raise NoShardReport(f"{file} is no report of `greenline generate --shard` ({problem} is missing)") from problem
    except (TypeError, ValueError, AttributeError) as problem:
        raise NoShardReport(f"{file} is no report of `greenline generate --shard` ({problem})") from problem


def _from_here(root: Path) -> str:
    try:
        return Path(os.path.relpath(root)).as_posix()
    except ValueError:  # on another drive
        return root.as_posix()

"""A project's coverage configuration, read by coverage.py itself, for any folder and not just the current one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.coverage.report_names import is_absolute
from greenline.ports.coverage import CoverageProblem, Exclusions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coverage.config import CoverageConfig as TheirConfig

FILES = (".coveragerc", ".coveragerc.toml", "setup.cfg", "tox.ini", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class CoverageConfig:
    """What Greenline needs of it. Paths are absolute; ``source`` entries are folders or package names."""

    data_file: Path
    exclusions: Exclusions
    source: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    omit: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    """Of ``[paths]``: pattern, and the folder that it stands for."""
    outputs: tuple[Path, ...] = ()
    """Where its reports in JSON, XML and LCOV are written."""


class CoverageConfigs:
    """Reads each project's configuration once per change of its files. ``environ`` is the environment to honour.

    ``once``: whether it is not looked at again, for one look at many files.
    """

    def __init__(self, environ: Mapping[str, str] | None = None, *, once: bool = False) -> None:
        self._once = once
        self._environ = os.environ if environ is None else environ
        self._known: dict[Path, tuple[tuple[object, ...], CoverageConfig]] = {}

    def of(self, root: Path) -> CoverageConfig:
        """Return the configuration of the project at ``root``. Raises CoverageProblem when it cannot be read."""
        if self._once and root in self._known:
            return self._known[root][1]
        named = self._environ.get("COVERAGE_RCFILE", "")
        files = [root / named, *(root / name for name in FILES)] if named else [root / name for name in FILES]
        stamp = (*map(_stamp, files), self._environ.get("COVERAGE_FILE"))
        known = self._known.get(root)
        if known is None or known[0] != stamp:
            known = (stamp, self._read(root, files[:1] if named else files, named=bool(named)))
            self._known[root] = known
        return known[1]

    def _read(self, root: Path, files: Sequence[Path], *, named: bool) -> CoverageConfig:
        from coverage.config import CoverageConfig as TheirConfig  # noqa: PLC0415 - 180 ms, only with the first project
        from coverage.exceptions import ConfigError  # noqa: PLC0415

        theirs = TheirConfig()
        try:
            for file in files:
                ours = named or file.name.startswith(".coveragerc")
                if file.is_file() and theirs.from_file(str(file), _ignore, our_file=ours):
                    break
            theirs.post_process()
        except (ConfigError, OSError, UnicodeDecodeError) as error:
            raise CoverageProblem(
                f"The coverage configuration of {root} cannot be read ({error}). Correct it, then run the tests again."
            ) from error
        return _ours(root, theirs, self._environ.get("COVERAGE_FILE", ""))


def _ours(root: Path, theirs: TheirConfig, data_file: str) -> CoverageConfig:
    def absolute(patterns: Sequence[str] | None) -> tuple[str, ...]:
        return tuple(p if p.startswith(("*", "?")) else str(root / p) for p in patterns or ())

    named = Path(data_file or theirs.data_file).expanduser()
    return CoverageConfig(
        data_file=Path(os.path.normpath(root / named)),
        exclusions=Exclusions(
            excluded=tuple(theirs.exclude_list),
            partial=(*theirs.partial_list, *theirs.partial_always_list),
        ),
        source=tuple(dict.fromkeys([*(theirs.source or ()), *(theirs.source_pkgs or ())])),
        include=absolute([*(theirs.run_include or ()), *(theirs.report_include or ())]),
        omit=absolute([*(theirs.run_omit or ()), *(theirs.report_omit or ())]),
        aliases=tuple(
            (pattern if pattern.startswith("*") or is_absolute(pattern) else str(root / pattern), str(root / places[0]))
            for places in theirs.paths.values()
            for pattern in places[1:]
        ),
        outputs=tuple(root / name for name in (theirs.json_output, theirs.xml_output, theirs.lcov_output)),
    )


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size)


def _ignore(_warning: str) -> None:
    """Coverage.py itself tells people about unknown options."""

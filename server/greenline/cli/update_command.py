"""``greenline update``."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli import interrupt
from greenline.cli.isolation_options import isolation_options
from greenline.cli.wiring import services_for
from greenline.settings import Settings

if TYPE_CHECKING:
    from rich.console import Console

    from greenline.bootstrap import Services
    from greenline.domain.generation.model import TestEdit
    from greenline.services.update_expectations import Update


@click.command("update")
@click.argument("tests", metavar="TESTFILE[::TEST]|FOLDER...", nargs=-1, required=True)
@click.option("--dry-run", is_flag=True, help="Show what would change, write nothing.")
@click.option(
    "--interpreter",
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: that of its environment.",
)
@isolation_options
@click.pass_context
def command(
    ctx: click.Context, /, tests: tuple[str, ...], dry_run: bool, interpreter: Path | None, **isolation: Any
) -> None:
    """Give generated tests the values that the code gives now: those of a file or a folder, or the named ones.

    Only tests that Greenline wrote and nobody has edited since are changed, and in them only expected values,
    with the names, docstrings and row ids that say the old ones. A test is changed only after it has passed twice with
    them.

    Exit code: 0 when each of these tests now expects what the code gives, 1 when one does not, 2 for wrong usage.
    """
    from greenline.cli import console  # noqa: PLC0415 - rich loads with the work

    settings = replace(Settings(), interpreter=str(interpreter.absolute()) if interpreter else "", **isolation)
    services, stdout = services_for(settings), console.out()
    wanted = _by_file(tests, services.update.files)
    if not wanted:
        stdout.print(console.mark(stdout, "nothing_to_gain"), end=" ")
        stdout.print(f"{', '.join(tests)}: no test that Greenline wrote and nobody has edited", markup=False)

    async def update_all() -> bool:
        # All in one loop: the warm process of the first file is that of the others, too.
        good = True
        for path, names in wanted.items():
            update = await _updated(services, path, names, dry_run=dry_run)
            good &= _told(stdout, path, update, dry_run=dry_run)
        return good

    try:
        good = interrupt.run(update_all())
    except KeyboardInterrupt:
        console.err().print("Cancelled. Nothing more was written.")
        ctx.exit(interrupt.CANCELLED)
    ctx.exit(0 if good else 1)


def _by_file(tests: Sequence[str], files: Callable[[Path], list[Path]]) -> dict[Path, list[str] | None]:
    """Return the tests by file, None for all of one; ``files`` are those in a folder. Raises click.BadParameter."""
    found: dict[Path, list[str] | None] = {}
    for text in tests:
        file, _, test = text.partition("::")
        path = Path(file).absolute()
        if path.is_dir() and not test:
            found |= dict.fromkeys(files(path))
            continue
        if not path.is_file():
            raise click.BadParameter(f"there is no file or folder {file}", param_hint="TESTFILE")
        known = found.setdefault(path, [] if test else None)
        if not test:
            found[path] = None
        elif known is not None:
            known.append(test.partition("[")[0])
    return found


async def _updated(services: Services, path: Path, names: list[str] | None, *, dry_run: bool) -> Update:
    from greenline.adapters.atomic_write import WriteProblem, write_edit  # noqa: PLC0415 - as above
    from greenline.cli import console  # noqa: PLC0415 - as above
    from greenline.cli.progress_line import ProgressLine  # noqa: PLC0415 - as above

    with ProgressLine(console.err()) as progress:
        progress.begin(console.shown(path))
        update = await services.update.propose(path, names, progress)
    if update.edit is None or dry_run:
        return update
    try:
        write_edit(update.edit)
    except WriteProblem as problem:
        return replace(update, problem=str(problem))
    services.update.remember(update)
    return update


def _told(stdout: Console, path: Path, update: Update, *, dry_run: bool) -> bool:
    """Print how the tests of a file fared; return whether all expect what the code gives."""
    from greenline.cli import console  # noqa: PLC0415 - as above

    shown = console.shown(path)
    for state, text in _lines(shown, update, dry_run=dry_run):
        if state:
            stdout.print(console.mark(stdout, state), end=" ")
        stdout.print(text, markup=False, soft_wrap=True)
    if dry_run and update.edit is not None:
        stdout.print(_diff(update.edit, shown), markup=False, soft_wrap=True, end="")
    return not (update.problem or update.edited or any(one.refusal for one in update.tests))


def _lines(shown: str, update: Update, *, dry_run: bool) -> Iterator[tuple[str, str]]:
    """Yield what to print, each with the state that its mark stands for."""
    if update.problem:
        yield "problem", f"{shown}: {update.problem}"
        return
    for one in update.tests:
        if one.refusal:
            yield "problem", f"{shown}::{one.test} cannot be updated: {one.refusal}"
        elif one.changes:
            yield "ok", f"{shown}::{one.test}{' (dry run)' if dry_run else ''}"
            yield from (("", f"    {change.words}") for change in one.changes if not dry_run)
    for test in update.edited:
        yield "warning", f"{shown}::{test} is not as Greenline wrote it, or none of its tests: it is left as it is"
    if not (update.tests or update.edited):
        yield "nothing_to_gain", f"{shown} has no test that Greenline wrote and nobody has edited"
    elif not (update.edit or update.edited or any(one.refusal for one in update.tests)):
        yield "nothing_to_gain", f"{shown}: each generated test expects what the code gives{_others(update.others)}"


def _others(count: int) -> str:
    what = "one other test there was" if count == 1 else f"{count} other tests there were"
    return f"; {what} not looked at: yours, or edited" if count else ""


def _diff(edit: TestEdit, shown: str) -> str:
    before, after = edit.base_text.splitlines(keepends=True), edit.new_text.splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, shown, shown, n=1))

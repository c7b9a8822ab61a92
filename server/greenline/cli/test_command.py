"""``greenline test``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from greenline.cli import interrupt
from greenline.cli.wiring import services_for
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from greenline.bootstrap import Services
    from greenline.ports.progress import Progress
    from greenline.services.run_suite import SuiteRun


class _WithOptionsOfPytest(click.Command):
    """What stands after ``--`` is pytest's: click itself would take it for more paths."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep pytest's part in the context."""
        ours, dashes = (args[: args.index("--")], args[args.index("--") + 1 :]) if "--" in args else (args, [])
        ctx.meta[_OF_PYTEST] = tuple(dashes)
        return super().parse_args(ctx, ours)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the pieces of the usage line."""
        return [*super().collect_usage_pieces(ctx), "[-- OPTION OF PYTEST...]"]


_OF_PYTEST = "greenline.options_of_pytest"


@click.command("test", cls=_WithOptionsOfPytest)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--affected", is_flag=True, help="Run only the tests that changes since their last run affect.")
@click.option(
    "--interpreter",
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: VIRTUAL_ENV, .venv, venv or env.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(ctx: click.Context, paths: tuple[str, ...], affected: bool, interpreter: Path | None, form: str) -> None:
    """Run tests with coverage: those of each PATH, all of the project here without one.

    A PATH is a test file, a folder or file.py::test. With --affected, each PATH is a file that changed, or a folder of
    the project; all files that changed since the last run count anyhow. What is measured is kept in Greenline's own
    cache, for `greenline gaps` and the editor. What follows -- goes to pytest: greenline test -- -k name -x

    Exit code: 0 when no test failed, 1 when one did or tests could not run, 2 for wrong usage.
    """
    more, options = _of_pytest(ctx.meta[_OF_PYTEST], affected=affected)
    wanted = [*(_absolute(path) for path in paths), *more]
    settings = replace(Settings(), interpreter=str(interpreter.absolute()) if interpreter else "")
    services = services_for(settings)
    ran = _run(services, wanted, options, affected=affected)
    if ran is None:
        ctx.exit(interrupt.CANCELLED)
    if form == "json":
        from greenline.cli.json_output import suite_json  # noqa: PLC0415 - loads with its use

        click.echo(suite_json(ran))
    else:
        from greenline.cli.console import out  # noqa: PLC0415 - rich loads with the first line that it prints
        from greenline.cli.failures_view import print_run  # noqa: PLC0415 - as above

        are_all = not (wanted or options or affected or ran.cut_short)
        root = services.run_suite.root_of(Path.cwd())
        print_run(out(), ran, services.ranking.rank([root]).total if ran.ok and are_all else None)
    ctx.exit(0 if ran.ok and not ran.failures and not ran.problem else 1)


def _run(services: Services, wanted: Sequence[str], options: Sequence[str], *, affected: bool) -> SuiteRun | None:
    """Run to the end; None when the person stopped it."""
    from greenline.cli import console  # noqa: PLC0415 - rich loads with the work
    from greenline.cli.progress_line import ProgressLine  # noqa: PLC0415 - as above

    stderr = console.err()
    try:
        with ProgressLine(stderr) as progress:
            progress.begin("affected tests" if affected else "tests")
            return interrupt.run(_work(services, wanted, options, progress, affected=affected))
    except KeyboardInterrupt:
        stderr.print("Cancelled. Nothing of this run was kept.")
        return None


def _work(
    services: Services, wanted: Sequence[str], options: Sequence[str], progress: Progress, *, affected: bool
) -> Coroutine[Any, Any, SuiteRun]:
    first = Path(wanted[0].partition("::")[0]) if wanted else Path.cwd()
    others = [
        item
        for item in wanted
        if services.run_suite.root_of(Path(item.partition("::")[0])) != (services.run_suite.root_of(first))
    ]
    if others:
        raise click.UsageError(f"{others[0]} belongs to another project than {wanted[0]}; run them one by one.")
    if affected:
        return services.run_affected.run([Path(item) for item in wanted] or [first], progress, options)
    if wanted or options:
        return services.run_affected.run_selected(wanted, progress, options=options, folder=first)
    return services.run_suite.run(first, progress)


def _of_pytest(words: Sequence[str], *, affected: bool) -> tuple[list[str], list[str]]:
    """Return paths and options. Raises click.UsageError for what cannot count."""
    if not words:
        return [], []
    from greenline.cli.options_of_pytest import checked  # noqa: PLC0415 - loads with its use

    paths, options = checked(words, Path.cwd())
    if paths and affected:
        raise click.UsageError("with --affected, paths go before the --, and are those of files that changed.")
    return paths, options


def _absolute(text: str) -> str:
    """Return the path or node id with an absolute path. Raises click.UsageError when there is no such file."""
    from greenline.cli.target_names import absolute  # noqa: PLC0415 - keeps `greenline --help` fast

    path, colons, test = text.partition("::")
    file = absolute(Path(path))
    if not file.exists():
        raise click.UsageError(f"there is no file {path!r}.")
    return f"{file}{colons}{test}"

"""``greenline generate``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greenline.cli import interrupt
from greenline.cli.batch_options import batch_mode, batch_options
from greenline.cli.bulk_options import bulk_mode, bulk_options
from greenline.cli.isolation_options import isolation_options
from greenline.cli.model_options import model_options, model_settings
from greenline.cli.wiring import services_for
from greenline.domain.generation.model import Status, TargetResult
from greenline.settings import EngineChoice, Settings

if TYPE_CHECKING:
    from greenline.cli.batch_options import BatchMode
    from greenline.cli.bulk_options import Bulk
    from greenline.cli.write_and_confirm import Run
    from greenline.domain.code.model import Target

_GOOD: frozenset[Status] = frozenset({"confirmed", "nothing_to_gain"})

_ONE_BY_ONE = (
    "{option} is for functions and files that are named, without options for many files such as --top or --jobs. "
    "Of many files, --plan shows what would be done."
)
_NOT_IN_BATCHES = "{} does not go with --batch: name files, or choose them by --top, --below and the like."


def _checked_template(_ctx: click.Context, _option: click.Parameter, template: str) -> str:
    from greenline.domain.generation.place_template import problem_of  # noqa: PLC0415 - keeps `greenline --help` fast

    if template and (problem := problem_of(template)):
        raise click.BadParameter(problem.partition(": ")[2])
    return template


@click.command("generate")
@click.argument("targets", metavar="[TARGET]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show the tests, write nothing.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "explore", "model"]),
    default="auto",
    show_default=True,
    help="What proposes tests: running the code on inputs it searches for, a model, or what is switched on.",
)
@model_options
@batch_options
@bulk_options
@click.option(
    "--interpreter",
    metavar="PATH",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The Python that runs the project's tests. Default: that of its environment.",
)
@click.option(
    "--tests-file",
    metavar="TEMPLATE",
    default="",
    callback=_checked_template,
    help="The file for new tests, such as tests/{subpackage}/test_{module}.py. Default: what the project's tests show.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@isolation_options
@click.pass_context
def command(  # noqa: PLR0917 - click passes options by name
    ctx: click.Context,
    /,
    targets: tuple[str, ...],
    dry_run: bool,
    engine: EngineChoice,
    interpreter: Path | None,
    tests_file: str,
    form: str,
    **others: Any,
) -> None:
    """Write the missing tests for each TARGET, and run them.

    A TARGET is file.py (each function in it), file.py::function, file.py::Class.method, file.py:LINE, a folder or a
    pattern. Without one, --top, --below, --package and --changed choose among the files here. A test is written only
    after it has passed twice, in two processes, and covers something that no test did.

    Exit code: 0 when each target ended confirmed or had nothing to gain, 1 when one did not, 2 for wrong usage.
    """
    from greenline.cli.target_names import parse_target  # noqa: PLC0415 - keeps `greenline --help` fast
    from greenline.cli.write_and_confirm import Run  # noqa: PLC0415 - as above

    mode = batch_mode(targets, engine, others, dry_run=dry_run)
    bulk = bulk_mode(targets, others)
    if bulk is not None:
        if dry_run or (mode is not None and mode.verb != "hand in"):
            raise click.UsageError(_ONE_BY_ONE.format(option=mode.option if mode else "--dry-run"))
        settings = replace(_settings(engine, [Path.cwd()], interpreter, tests_file, others), engine=engine)
        if mode is not None:
            ctx.exit(_many_in_batches(mode, bulk, settings, as_text=form == "text"))
        from greenline.cli.bulk_command import run_bulk  # noqa: PLC0415 - as above

        ctx.exit(run_bulk(bulk, settings, as_text=form == "text"))
    if not targets and (mode is None or mode.verb == "hand in"):
        raise click.UsageError("Missing argument 'TARGET...'.")
    wanted = {parse_target(text): text for text in targets}
    settings = _settings(engine, [target.path for target in wanted], interpreter, tests_file, others)
    texts = {target.path: _path_of(text) for target, text in wanted.items()}
    if mode is not None:
        ctx.exit(_in_batches(mode, settings, list(wanted), texts, engine=engine, as_text=form == "text"))
    run = Run(services_for(settings), engine, dry_run)
    cancelled = _work(run, list(wanted), texts, as_text=form == "text")
    _report(run, texts, as_text=form == "text")
    if cancelled:
        ctx.exit(interrupt.CANCELLED)
    ctx.exit(0 if all(result.status in _GOOD for result in run.results) else 1)


def _settings(
    engine: EngineChoice, paths: Sequence[Path], interpreter: Path | None, tests_file: str, others: dict[str, Any]
) -> Settings:
    asking = model_settings(engine, paths, others)
    python = str(interpreter.absolute()) if interpreter else ""
    return replace(Settings(), interpreter=python, tests_file=tests_file, **asking, **others)


def _work(run: Run, targets: Sequence[Target], texts: dict[Path, str], *, as_text: bool) -> bool:
    """Go through the targets, showing the results as they come. Returns whether the person stopped it."""
    from greenline.cli import console, results_view  # noqa: PLC0415 - rich loads with the work
    from greenline.cli.progress_line import ProgressLine  # noqa: PLC0415 - as above
    from greenline.cli.target_names import as_written  # noqa: PLC0415 - as above

    stdout, stderr = console.out(), console.err()

    def ended(target: Target, results: Sequence[TargetResult]) -> None:
        if as_text:
            with progress.paused():
                for result in results:
                    results_view.print_result(stdout, result, texts, dry_run=run.dry_run)
        if target != targets[-1]:
            progress.begin(as_written(targets[targets.index(target) + 1], texts))

    try:
        with ProgressLine(stderr) as progress:
            progress.begin(as_written(targets[0], texts))
            interrupt.run(run.work(targets, progress, ended))
    except KeyboardInterrupt:
        stays = any(result.status == "confirmed" for result in run.results) and not run.dry_run
        otherwise = "What was confirmed before stays." if stays else "Nothing was written."
        stderr.print(f"Cancelled. {run.left or otherwise}")
        return True
    return False


def _many_in_batches(mode: BatchMode, bulk: Bulk, settings: Settings, *, as_text: bool) -> int:
    """Hand in what is left of the functions that a plan has, or show the plan; return the exit code."""
    if bulk.besides_choosing:
        raise click.UsageError(_NOT_IN_BATCHES.format(bulk.besides_choosing))
    from greenline.cli.bulk_command import planned_targets, run_bulk  # noqa: PLC0415 - as above
    from greenline.cli.in_batches import InBatches  # noqa: PLC0415 - as above

    anew = replace(bulk, fresh=True)  # what was tried without a model may be asked for
    if bulk.plan_only:
        return run_bulk(anew, settings, as_text=as_text)
    batches = InBatches(as_text, {}, mode.detach)
    asking = replace(settings, model_enabled=True)
    targets, code = planned_targets(anew, settings, lambda paths: batches.may_ask(asking, paths), as_text=as_text)
    if not targets:
        return batches.say_nothing_planned() or code
    return batches.run(batches.hand_in(asking, targets, settings.engine)) or code


def _in_batches(
    mode: BatchMode,
    settings: Settings,
    targets: Sequence[Target],
    texts: dict[Path, str],
    *,
    engine: EngineChoice,
    as_text: bool,
) -> int:
    """Do what is wanted with batches; return the exit code."""
    from greenline.cli.in_batches import InBatches  # noqa: PLC0415 - as above

    batches = InBatches(as_text, texts, mode.detach)
    if mode.verb == "hand in":
        return batches.run(batches.hand_in(replace(settings, model_enabled=True), targets, engine))
    here, given = Path.cwd(), replace(settings, model_enabled=False)
    return batches.run(batches.resume(here, given) if mode.verb == "resume" else batches.cancel(here, given))


def _report(run: Run, texts: dict[Path, str], *, as_text: bool) -> None:
    if not as_text:
        from greenline.cli.json_output import results_json  # noqa: PLC0415 - as above

        click.echo(results_json(run.results, texts))
        return
    from greenline.cli import console, results_view  # noqa: PLC0415 - as above

    results_view.print_suspected_bugs(console.out(), run.results, texts)
    results_view.print_summary(console.out(), run.results, dry_run=run.dry_run)


def _path_of(text: str) -> str:
    from greenline.domain.code.model import Target  # noqa: PLC0415 - as above

    return str(Target.parse(text).path)

"""Asks a model for what exploring leaves of open modules, and measures what its tests are worth.

    python evals/run.py MODEL [--engine auto|model] [--only MODULE[::FUNCTION] ...] [--limit N] [--yes] [--keep] ...

MODEL is the name that the provider has for it, or `recorded`: answers that were written by hand, from a server on this
machine. An interrupted run goes on where it was, as long as neither Greenline nor its prompts change.

Prints Markdown. Exit code 0 when all targets were asked for, 1 when not, 2 when the run could not begin.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "bench" / "engine")]

from ask import NoAnswer, ask_with  # noqa: E402
from asked_modules import Source, is_wanted, modules  # noqa: E402
from figures_table import table  # noqa: E402
from left_over import CACHE, Explored, fingerprint  # noqa: E402
from recorded_model import NAME, RecordedModel, recorded_answers  # noqa: E402
from spending import refusal, unable, until  # noqa: E402
from subjects import BenchProblem, interpreter_name  # noqa: E402
from target_figures import About, Figures, Journal, as_json  # noqa: E402

from greenline import __version__  # noqa: E402
from greenline.services.stopped import Stopped  # noqa: E402
from greenline.settings import Settings  # noqa: E402

if TYPE_CHECKING:
    from ask import Ask

RESULTS = HERE / "results"


@dataclass(frozen=True)
class Wanted:
    """One function to ask for."""

    source: Source
    function: str

    @property
    def name(self) -> str:
        """As ``--only`` has it."""
        return f"{self.source.name}::{self.function}"


@dataclass(frozen=True)
class Way:
    """How the model is asked. ``about`` is told each target before it is asked for.

    What is paid for is confirmed by a person, and kept.
    """

    settings: Settings
    about: Callable[[str], None]
    is_paid: bool = True


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks for."""
    options = _options(arguments)
    try:
        with _way(options) as way:
            return asyncio.run(_run(options, way))
    except (KeyboardInterrupt, Stopped):
        print("Interrupted. The same command goes on where it was.", file=sys.stderr)
        return 130
    except BenchProblem as problem:
        print(problem, file=sys.stderr)
        return 2


async def _run(options: argparse.Namespace, way: Way) -> int:
    if way.is_paid and (reason := unable(way.settings)):
        print(reason, file=sys.stderr)
        return 2
    wanted = await _wanted(options)
    if not wanted:
        print("There is no such target. `make left-over` lists the functions that exploring leaves something of.")
        return 2
    journal = _journal(options)
    known = journal.read() if way.is_paid else {}
    left = [each for each in wanted if each.name not in known]
    if left and way.is_paid:
        counted = len(left), len({each.source.name for each in left})
        if reason := refusal(way.settings, *counted, yes=options.yes):
            print(reason, file=sys.stderr)
            return 2
    stopped = await _ask_for(left, ask_with(way.settings, options.engine), way, journal, known)
    figures = [known[each.name] for each in wanted if each.name in known]
    if figures:
        _tell(options, figures, stopped)
    if stopped:
        print(stopped, file=sys.stderr)
    return 1 if stopped else 0


def _journal(options: argparse.Namespace) -> Journal:
    """Return what is known from an interrupted run that asked in the same way."""
    key = fingerprint(repr((options.coverage_guided, options.base_url)).encode())
    journal = Journal(CACHE / f"{_file_name(options.model)}-{options.engine}.jsonl", key)
    if options.again:
        journal.clear()
    return journal


async def _ask_for(left: Sequence[Wanted], asks: Ask, way: Way, journal: Journal, known: dict[str, Figures]) -> str:
    """Ask for one function after the other; return why it ended early, if it did."""
    for number, each in enumerate(left, 1):
        print(f"{number} of {len(left)}: {each.name}", file=sys.stderr, flush=True)
        way.about(each.name)
        try:
            known[each.name] = await asks.about(each.source, each.function)
        except NoAnswer as problem:
            return f"{len(left) - number + 1} targets were not asked for: {problem}"
        if way.is_paid:
            journal.write(known[each.name])
    return ""


async def _wanted(options: argparse.Namespace) -> list[Wanted]:
    """Return what to ask for, module by module: so the provider's cache holds what is the same."""
    recorded = recorded_answers() if options.model == NAME else None
    explored = Explored()
    found: list[Wanted] = []
    for source in modules():
        if not is_wanted(source.name, [only.partition("::")[0] for only in options.only]):
            continue
        if recorded is not None:
            names = [name for name in recorded if name.partition("::")[0] == source.name]
        elif options.only and source.name not in options.only:
            names = [only for only in options.only if only.partition("::")[0] == source.name]
        else:
            print(f"Exploring {source.name}", file=sys.stderr, flush=True)
            names = [f"{source.name}::{function}" for function in (await explored.left_over(source)).asked]
        found += [Wanted(source, name.partition("::")[2]) for name in names if is_wanted(name, options.only)]
        if options.limit and len(found) >= options.limit:
            return found[: options.limit]
    return found


def _tell(options: argparse.Namespace, figures: Sequence[Figures], stopped: str) -> None:
    date = datetime.datetime.now().astimezone().date().isoformat()
    python = interpreter_name(Path(sys.executable))
    about = About(options.model, options.engine, date, __version__, python, os.getloadavg()[0])
    asked = [each for each in figures if each.requests]
    text = table(about, asked, [*_unasked(figures), *([stopped] if stopped else [])])
    print(text)
    if options.keep:
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{date}-{_file_name(options.model)}{'' if options.engine == 'auto' else '-alone'}.md"
        file.write_text(text, encoding="utf-8")
        file.with_suffix(".json").write_text(as_json(about, figures) + "\n", encoding="utf-8")
        print(f"Kept in {file.relative_to(HERE.parent)}.")


def _unasked(figures: Sequence[Figures]) -> list[str]:
    names = [f"`{each.name}`" for each in figures if not each.requests]
    return [f"Nothing was left to ask for: {', '.join(names)}."] if names else []


@contextmanager
def _way(options: argparse.Namespace) -> Iterator[Way]:
    settings = Settings(
        model_enabled=True,
        model_name=options.model,
        model_base_url=options.base_url,
        model_key_command=options.key_command,
        model_coverage_guided=options.coverage_guided,
    )
    if options.model != NAME:
        yield Way(until(settings, options.dollars), lambda _: None)
        return
    answers = recorded_answers()
    with tempfile.TemporaryDirectory(prefix="greenline-evals-") as folder, RecordedModel() as server:
        _at_home_in(Path(folder))
        yield Way(replace(settings, model_base_url=server.url), lambda name: server.about(answers.get(name, [])), False)


def _at_home_in(folder: Path) -> None:
    """Keep what a recorded run costs out of the person's ledger, and what it agrees to out of their consents."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        os.environ[name] = str(folder / name)
    own = folder / "XDG_CONFIG_HOME" / "greenline" / "greenline.toml"
    own.parent.mkdir(parents=True)
    own.write_text(f'[[models]]\nname = "{NAME}"\nprice = {{ input = 2.0, output = 10.0, cache-read = 0.2 }}\n')


def _file_name(model: str) -> str:
    return re.sub(r"[^\w.-]+", "-", model)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("--engine", choices=["auto", "model"], default="auto",
                        help="explore first, and ask for what is left (default); or ask the model alone")  # fmt: skip
    parser.add_argument("--only", action="append", default=[], metavar="MODULE[::FUNCTION]",
                        help="only this; may be given several times")  # fmt: skip
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="at most so many targets")
    parser.add_argument("--yes", action="store_true", help="spend without being asked")
    parser.add_argument("--dollars", type=float, metavar="N", help="what the run's day may cost (model.dollarsPerDay)")
    parser.add_argument("--coverage-guided", action="store_true", help="show the model what is not reached yet")
    parser.add_argument("--base-url", default="", metavar="URL", help="another address that speaks the Messages API")
    parser.add_argument("--key-command", default="", metavar="TEXT",
                        help="a command that prints the key; else it is in ANTHROPIC_API_KEY")  # fmt: skip
    parser.add_argument("--keep", action="store_true", help="write the table and the figures to evals/results")
    parser.add_argument("--again", action="store_true", help="do not go on with an interrupted run")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

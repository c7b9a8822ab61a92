"""One execution: the call, what came of it, and the assertions that say so."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import itertools
import logging
import random
import sys
import types
from collections.abc import Iterator
from typing import Any, Callable

from greenline_probe.explore import environment, idioms, obstacles
from greenline_probe.explore.describe import MAX_ITEMS, Describer, equals, files_below, stable_part
from greenline_probe.explore.effects import Before, can_change, effects_of
from greenline_probe.explore.express import Expresser
from greenline_probe.explore.here import is_tied
from greenline_probe.explore.intentions import Intentions
from greenline_probe.explore.module_state import ModuleState
from greenline_probe.explore.monkeypatch import Monkeypatch
from greenline_probe.explore.observation import Observation
from greenline_probe.explore.project_makers import ProjectMakers
from greenline_probe.explore.sources import expression_of, prelude_of
from greenline_probe.explore.streams import Log, NoInput
from greenline_probe.explore.stubs import stand_ins
from greenline_probe.explore.subject import Subject
from greenline_probe.explore.surroundings import LEAVES_FILES, Surroundings
from greenline_probe.explore.template import Choice, described
from greenline_probe.explore.time_limit import TimeUp, limited

CALL_SECONDS = 0.3
MAX_OUTPUT = 300
MAX_ERROR_DETAILS = 3


class Observer:
    """Executes choices. One loop, one scratch folder, one tracer; each call gets fresh values."""

    def __init__(
        self, subject: Subject, express: Expresser, tracer: Any, scratch: str, announce: Callable[[str], bool]
    ) -> None:
        self.subject = subject
        self.express = express
        self.names = express.names
        self.tracer = tracer
        self.scratch = scratch
        self.refused: list[str] = []
        self.failures: list[tuple[str, BaseException]] = []
        """Attempts that failed, and how."""
        self.seconds = CALL_SECONDS
        self.entropy = 0
        """Seed of the ``random`` module at the beginning of each call."""
        self.result: Any = None
        """What the last call returned."""
        self.announce = announce
        self.makers = ProjectMakers([], express.names, announce)
        self._log = Log()
        logging.getLogger().addHandler(self._log)
        self.describer = Describer(express, scratch)
        self.intentions = Intentions(subject)
        self.state = ModuleState(subject.module, subject.tree)
        self._shape = "value"
        self._compiled: dict[str, types.CodeType] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._surroundings = Surroundings(
            scratch,
            self.state,
            lambda what: self.refused.append(what),  # noqa: PLW0108 - the list is set later
            signals="signal" in subject.text,
        )

    def attempt(self, source: str, kind: Any = object) -> bool:
        """Tell whether an expression evaluates, and to an instance of the class."""
        self.makers.load([source])
        if not self.announce(source):
            return False
        self.refused.clear()
        try:
            space = self._namespace([source])
            with self._surroundings.kept(), contextlib.closing(space["monkeypatch"]):
                self._provide(space, [source], trying=True)
                with limited(self.seconds):
                    if prelude := prelude_of(source):
                        exec(self._code(prelude, "exec"), space)
                    fits = isinstance(self._eval(expression_of(source), space), kind)
        except BaseException as error:
            self.failures.append((source, error.with_traceback(None)))
            return False
        return fits and not self.refused

    def result_of(self, choice: Choice) -> Any:
        """Return what the call returns, None when it fails."""
        sources = [*choice.template.arrange(choice.chosen), *choice.chosen]
        self.makers.load(sources)
        if not self.announce(described(choice)):
            return None
        space = self._namespace(sources)
        passed = [label + source for _, label, source in choice.template.arguments(choice.chosen)]
        try:
            undoing, quiet = contextlib.closing(space["monkeypatch"]), contextlib.redirect_stdout(io.StringIO())
            with self._surroundings.kept(), undoing, quiet, limited(self.seconds):
                self._provide(space, sources)
                for line in choice.template.arrange(choice.chosen):
                    exec(self._code(line, "exec"), space)
                return self._eval(choice.template.call(passed, choice.chosen), space)
        except BaseException:
            return None

    def guarded(self, mark: str, work: Callable[[], Any], seconds: float = 0.0) -> tuple[Any, BaseException | None]:
        """Do other work as a call is done: announced by a mark, limited; return its result and what it raised.

        ``seconds`` are given to what takes longer than a call.
        """
        if not self.announce(mark):
            return None, TimeUp()
        self.refused.clear()
        stdin, sys.stdin = sys.stdin, NoInput(self.refused)
        try:
            with self._surroundings.kept(), limited(seconds or self.seconds):
                result = work()
        except BaseException as raised:
            return None, raised
        finally:
            sys.stdin = stdin
        return (None, TimeUp()) if self.refused else (result, None)

    def run(self, choice: Choice, *, trace: bool = True) -> Observation:
        """Execute and judge one choice; never raises. A call that ended an earlier worker is "avoided"."""
        template, chosen = choice.template, choice.chosen
        arguments = template.arguments(chosen)
        lines = template.arrange(chosen)
        sources = [*lines, *(a for _, _, a in arguments)]
        self.makers.load(sources)
        if not self.announce(described(choice)):
            return Observation(choice, "avoided")
        self.refused.clear()
        space = self._namespace(sources)
        try:
            with self._surroundings.kept(), contextlib.closing(space["monkeypatch"]):
                observation = self._run(choice, arguments, lines, space, trace=trace)
        except BaseException:
            observation = Observation(choice, "unusable")
        _without_what_is_true_here_only(observation)
        if observation.obstacle and self.refused[:1] == [LEAVES_FILES]:
            self.refused.pop(0)  # what is missing says more
        if self.refused:
            observation.kind, observation.refusal = "refused", self.refused[0]
        return observation

    def _run(
        self,
        choice: Choice,
        arguments: list[tuple[str, str, str]],
        lines: list[str],
        space: dict[str, Any],
        *,
        trace: bool,
    ) -> Observation:
        template, chosen = choice.template, choice.chosen
        with limited(self.seconds):
            self._provide(space, [*lines, *(source for _, _, source in arguments)])
            for line in lines:
                exec(self._code(line, "exec"), space)
            values = [self._eval(source, space) for _, _, source in arguments]
            twins = [self._twin(value, source, space) for value, (_, _, source) in zip(values, arguments)]
            states = [self._state(name, value) for value, (name, _, _) in zip(values, arguments)]
            before = self.describer.state_of(template.receiver, space)
            files = files_below(space.get("tmp_path"))
            variables = environment.variables()
        passed = []
        for i, ((_, label, _), value) in enumerate(zip(arguments, values)):
            space[f"_a{i}"] = value
            passed.append(f"{label}_a{i}")
        self._log.take()
        observation = self._call(choice, template.call(passed, chosen), space, trace=trace)
        if observation.kind in ("value", "raise") and not self.refused:
            made = stand_ins(lines, space)
            earlier = Before(arguments, values, twins, states, before, files, variables, made)
            asked = "" if observation.expected is None else template.callee  # a property is asserted already
            found = effects_of(earlier, template.receiver, asked, space, self.describer)
            observation.after, observation.kept = (*found.after, *observation.after), found.kept
            restoring = environment.restoring(self._surroundings.variables, space["monkeypatch"].names, self.names)
            observation.decorators = (restoring,) if restoring else ()
            prepared, changed = self.state.changes(self.names, self.describer.expression)
            observation.made_up |= observation.kind == "raise" and idioms.is_made_up(choice)
            observation.shows = idioms.shows(lines, choice, space, before)
            written = idioms.arranged(lines, space, self.express)
            if written is not None:
                more = tuple(seen for seen in written[2] if seen not in observation.after)
                observation.arranged, observation.after = tuple(written[0]), (*observation.after, *more)
                observation.decorators = (*written[1], *observation.decorators)
            moved = [] if any("monkeypatch.chdir" in line for line in lines) else self._surroundings.prepared()
            observation.prepared, observation.after = (*moved, *prepared), (*observation.after, *changed)
        return observation

    def notices(self, observation: Observation) -> bool:
        """Tell whether the same call, made now, would fail the observation's test; one that no longer ends does."""
        again = self.run(observation.choice, trace=False)
        if not observation.loose:
            return again.fingerprint != observation.fingerprint
        if (again.kind, again.shape, again.error) != (observation.kind, observation.shape, observation.error):
            return True
        said = again.message.startswith(observation.message) and set(observation.after) <= set(again.after)
        if not said or (observation.expected is not None and again.expected != observation.expected):
            return True
        space = {**self.names.bound, "result": self.result}
        try:
            with limited(self.seconds):
                return not all(self._eval(detail, space) for detail in observation.details)
        except (Exception, TimeUp):
            return True

    # ---- executing ---------------------------------------------------------------------------------------------

    def _call(self, choice: Choice, call: str, space: dict[str, Any], *, trace: bool) -> Observation:
        output, errors = io.StringIO(), io.StringIO()
        error: BaseException | None = None
        self._shape, result = "value", None
        random.seed(self.entropy)
        setter = choice.template.form in ("setter", "statement")
        code = self._code(call, "exec" if setter else "eval")
        streams = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = NoInput(self.refused), output, errors
        try:
            if trace:
                self.tracer.start()
            try:
                with limited(self.seconds):
                    if setter:
                        exec(code, space)
                    else:
                        result = self._consume(eval(code, space))
            finally:
                if trace:
                    self.tracer.stop()
        except BaseException as raised:
            error = raised
        finally:
            self.result = result
            space["monkeypatch"].unset()
            sys.stdin, sys.stdout, sys.stderr = streams
        ran = self.tracer.take().get("target") if trace else None
        observation = Observation(choice, "value", self._shape, edges=frozenset(ran[1]) if ran else frozenset())
        if error is not None:
            self._raised(observation, error)
            if isinstance(error, SystemExit) and choice.template.form == "client":
                self._exited(observation, error, errors.getvalue())
        else:
            self._returned(observation, result)
        logged = self._log.take()
        if (
            logged
            and observation.kind == "value"
            and len(repr(logged)) <= MAX_OUTPUT
            and self.describer.is_stable(repr(logged))
        ):
            observation.after = (*observation.after, f"caplog.messages == {logged!r}")
        text = output.getvalue()
        if text and len(text) <= MAX_OUTPUT and observation.kind == "value":
            observation.after = (*observation.after, f"capsys.readouterr().out == {text!r}")
        return observation

    def _consume(self, result: Any) -> Any:
        """Take the result as a caller would; lazy ones are run. How is kept, for a call that fails on the way."""
        if inspect.iscoroutine(result):
            self._shape = "await"
            return self._wait(result)
        if inspect.isasyncgen(result):
            self._shape = "aiterate"
            items = self._wait(_collect(result))
            if len(items) > MAX_ITEMS:
                raise TimeUp  # perhaps without end: a test of it would be
            return items
        if isinstance(result, contextlib.AbstractContextManager) and type(result).__module__ == "contextlib":
            self._shape = "with"
            with result as value:
                return value
        if isinstance(result, Iterator) and _is_lazy(result):
            self._shape = "iterate"
            items = list(itertools.islice(result, MAX_ITEMS + 1))
            if len(items) > MAX_ITEMS:
                self._shape = "take"
                return items[:5]
            return items
        return result

    def _wait(self, work: Any) -> Any:
        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        try:
            return self._loop.run_until_complete(work)
        finally:
            for task in asyncio.all_tasks(self._loop):
                task.cancel()

    def _namespace(self, sources: list[str]) -> dict[str, Any]:
        space = dict(self.names.bound)
        space["monkeypatch"] = Monkeypatch()
        self.express.folder = None
        if any("tmp_path" in s for s in sources):
            space["tmp_path"] = self.express.folder = self._surroundings.folder()
        return space

    def _provide(self, space: dict[str, Any], sources: list[str], *, trying: bool = False) -> None:
        """Put the project's fixtures that sources ask for into the namespace."""

        def folder() -> Any:
            if "tmp_path" not in space:
                space["tmp_path"] = self.express.folder = self._surroundings.folder()
            return space["tmp_path"]

        (self.makers.try_out if trying else self.makers.provide)(sources, space, folder)

    def _code(self, source: str, mode: str) -> types.CodeType:
        key = mode + source
        code = self._compiled.get(key)
        if code is None:
            if len(self._compiled) > 20_000:
                self._compiled.clear()
            code = self._compiled[key] = compile(source, "<greenline>", mode, dont_inherit=True)
        return code

    def _eval(self, source: str, space: dict[str, Any]) -> Any:
        return eval(self._code(source, "eval"), space)

    # ---- judging -----------------------------------------------------------------------------------------------

    def _returned(self, observation: Observation, result: Any) -> None:
        template = observation.choice.template
        if template.form in ("setter", "statement"):
            return
        if template.subject.kind == "constructor":
            observation.shape = "object"
            details = self.describer.describe(result, "result", 0)
            observation.details = tuple(
                details[1:] if len(details) > 1 and details[0].startswith("isinstance") else details
            )
            return
        observation.is_refused_as_declared = idioms.is_refusal(result)
        kept = idioms.failure(result)
        if kept is not None:
            self._raised(observation, kept)
            observation.deliberate = observation.deliberate and not idioms.is_unhandled(result)
            if not (observation.kind == "raise" and observation.deliberate):
                return
            observation.kind, observation.error, observation.message, observation.after = "value", "", "", ()
        observation.expected = self.describer.expression(result)
        if observation.expected is None:
            observation.details = tuple(self.describer.describe(result, "result", 0))

    def _exited(self, observation: Observation, error: SystemExit, said: str) -> None:
        """Assert with which code a command ended, and what it said of the reason in the project's words."""
        code = self.describer.expression(error.code)
        told = said.rpartition("error: ")[2].strip()
        is_own = idioms.is_told_by_project(error) and told and self.describer.is_stable(told)
        observation.message = ""
        observation.after = (
            *((f"caught.value.code == {code}",) if code is not None else ()),
            *((f"{stable_part(told)!r} in capsys.readouterr().err",) if is_own else ()),
        )

    def _twin(self, value: Any, source: str, space: dict[str, Any]) -> Any:
        return self._eval(source, space) if can_change(value) and source[:1] in "[{b" else None

    def _state(self, name: str, value: Any) -> dict[str, str]:
        """Return what an argument shows that is an object of the project's, or a plain one."""
        home = type(value).__module__.partition(".")[0]
        own = home == self.subject.module.__name__.partition(".")[0]
        known = own or isinstance(value, types.SimpleNamespace) or idioms.state(value, self.names) is not None
        return self.describer.state_of(name, {name: value}) if known else {}

    def _raised(self, observation: Observation, error: BaseException) -> None:
        if isinstance(error, TimeUp):
            observation.kind = "timeout"
            return
        if isinstance(error, MemoryError) or "can't start new thread" in _shown(error):
            self.refused.append(obstacles.memory() if isinstance(error, MemoryError) else obstacles.THREADS)
            return
        if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "GuardRefusal":
            observation.kind = "unusable"
            return
        if not_permitted := obstacles.of_system(error, self.scratch):
            self.refused.append(not_permitted)
            return
        observation.kind = "raise"
        observation.error = self.names.of(type(error)) or ""
        observation.error_text = f"{type(error).__name__}: {_shown(error)}"
        observation.message = stable_part(_shown(error))
        observation.about_files = isinstance(error, OSError)
        observation.deliberate, observation.error_line = self.intentions.judge(error)
        if observation.deliberate and self.intentions.is_worded_by_python(error):
            observation.message = ""  # another version of Python says it in other words
        if (words := idioms.said(error)) is not None:
            observation.message, observation.deliberate = stable_part(words), True
            return
        if not observation.deliberate:
            call = described(observation.choice)
            observation.obstacle, observation.made_up = (
                obstacles.of_error(error, call),
                obstacles.is_invented(error, call),
            )
        elif obstacles.of_error(error.__cause__ or error.__context__ or error) == "display":
            # Where there is a display, the code does something else.
            observation.deliberate, observation.obstacle = False, "display"
        if observation.deliberate and type(error).__module__ != "builtins":
            # What only holds the text says nothing that the text does not.
            said = repr(_shown(error))
            shown = self.describer.visible_data(error, "caught.value")
            observation.after = tuple(equals(e, s) for e, s in shown.items() if s != said)[:MAX_ERROR_DETAILS]


def _without_what_is_true_here_only(observation: Observation) -> None:
    given = f"{described(observation.choice)}\n{observation.choice.template.subject.text}"
    if observation.expected is not None and is_tied(observation.expected, given):
        observation.expected = None
    observation.details = tuple(d for d in observation.details if not is_tied(d, given))
    observation.after = tuple(a for a in observation.after if not is_tied(a, given))


async def _collect(items: Any) -> list[Any]:
    found = []
    async for item in items:
        found.append(item)
        if len(found) > MAX_ITEMS:
            break
    return found


def _is_lazy(value: Any) -> bool:
    """Tell an iterator that runs once from an object of the project's that has state to look at."""
    return isinstance(value, types.GeneratorType) or type(value).__module__ in {"builtins", "itertools"}


def _shown(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""

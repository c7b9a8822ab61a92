"""The commands: each starts a job and answers at once with the job's id; ``greenline/jobEnded`` tells the rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from greenline.domain.code.model import Target
from greenline.jobs.registry import RegistryClosed
from greenline.lsp import model_libraries, names, testing
from greenline.lsp.arguments import object_or_nothing, one_object, uri_in
from greenline.lsp.covering_commands import checked, found
from greenline.lsp.documents import path_of
from greenline.lsp.generating import generate, generate_all
from greenline.lsp.installing import TITLE, Installing
from greenline.lsp.job_report import Finished, Unfinished, left_out, message_of, payload, results_of
from greenline.lsp.model_commands import TITLE as ALLOW
from greenline.lsp.model_commands import ModelOffer, agreeing, allowing
from greenline.lsp.session import Error, Warning_
from greenline.lsp.telling_results import Again, asking_failed, tell_failure, tell_problem
from greenline.lsp.updating import TITLE as UPDATE
from greenline.lsp.updating import Updating
from greenline.lsp.workspace_folders import NoFolder, chosen_folder, folders

if TYPE_CHECKING:
    from collections.abc import Hashable

    from greenline.jobs.registry import Job, Policy, Work
    from greenline.lsp.progress import ProgressBoard
    from greenline.lsp.session import Session
    from greenline.ports.progress import Progress

UNTRUSTED = (
    "This workspace is not trusted, so Greenline shows coverage and runs nothing. Trust it to run and generate tests."
)
_ELSEWHERE = "Greenline tests Python files on disk; save this code as a .py file first."


class Commands:
    """One method per command; arguments are what docs/protocol.md says."""

    def __init__(self, session: Session, board: ProgressBoard) -> None:
        self._session = session
        self._board = board
        self._installing = Installing(session, self._install)
        self._again = Again(self._run_tests_of, self._generate_again)
        self._offering = ModelOffer(session, self._ask_a_model, self._install_libraries)
        self._updating = Updating(
            session, lambda target: self._generate(target, f"Generate test for {target.qualname}")
        )

    def generate_test(self, *arguments: object) -> dict[str, Any]:
        """``greenline.generateTest``: one function, by name or by a line in it."""
        values = one_object(arguments)
        qualname, line = values.get("qualname"), values.get("line")
        if not (isinstance(qualname, str) and qualname) and not (type(line) is int and line > 0):
            raise JsonRpcInvalidParams("greenline.generateTest needs a qualname or a line, counted from 1")
        path = path_of(uri_in(values))
        if path is None:
            return self.refuse(_ELSEWHERE)
        target = Target(path, qualname=qualname) if isinstance(qualname, str) and qualname else Target(path, line=line)
        return self._generate(target, f"Generate test for {qualname or f'line {line}'}")

    def generate_tests_for_file(self, *arguments: object) -> dict[str, Any]:
        """``greenline.generateTestsForFile``: every function of a file."""
        path = path_of(uri_in(one_object(arguments)))
        if path is None:
            return self.refuse(_ELSEWHERE)
        return self._generate(Target(path), f"Generate tests for {path.name}")

    def generate_tests(self, *arguments: object) -> dict[str, Any]:
        """``greenline.generateTests``: several functions or files, in one job."""
        wanted = one_object(arguments).get("targets")
        if not isinstance(wanted, Sequence) or not wanted or not all(isinstance(one, Mapping) for one in wanted):
            raise JsonRpcInvalidParams("greenline.generateTests needs targets: a list of objects with a uri")
        targets = [(path_of(uri_in(one)), one.get("qualname")) for one in wanted]
        known = dict.fromkeys(
            Target(path, qualname=name if isinstance(name, str) and name else None)
            for path, name in targets
            if path is not None
        )
        if not known:
            return self.refuse(_ELSEWHERE)
        whole = {target.path for target in known if target.qualname is None}
        chosen = [target for target in known if target.qualname is None or target.path not in whole]

        async def work(progress: Progress) -> Finished:
            return await generate_all(self._session, chosen, progress, self._again)

        return self.start(("generate", *chosen), f"Generate tests for {_those(chosen)}", work, chosen[0].path)

    def run_tests_named(self, *arguments: object) -> dict[str, Any]:
        """``greenline.runTests``: those with these ids, as ``greenline/tests`` tells them."""
        ids = one_object(arguments).get("tests")
        if not isinstance(ids, Sequence) or not ids or not all(isinstance(one, str) and one for one in ids):
            raise JsonRpcInvalidParams("greenline.runTests needs tests: a list of ids")
        path = Path(ids[0].partition("::")[0])

        async def work(progress: Progress) -> Finished:
            return await testing.run_selected(self._session, ids, progress)

        return self.start(("tests", *ids), f"Run {names.counted({'test': len(ids)})}", work, path)

    def run_tests(self, *arguments: object) -> dict[str, Any]:
        """``greenline.runTestsWithCoverage``: the suite of the file's project, of a folder, or of all of them."""
        values = object_or_nothing(arguments)
        if "uri" in values:
            path = path_of(uri_in(values))
            return self.refuse(_ELSEWHERE) if path is None else self._run_suite(path)
        known = list(folders(self._session).values())
        if len(known) == 1:
            return self._run_suite(known[0])
        if not known:
            return self.refuse("Open a folder or a file first: there is no project to test.")
        everywhere = values.get("everywhere") is True

        async def work(progress: Progress) -> Finished:
            try:
                paths = known if everywhere else [await chosen_folder(self._session)]
            except NoFolder as problem:
                raise Unfinished(str(problem)) from problem
            return await testing.run_suites(self._session, paths, progress)

        return self.start(("suite", everywhere), "Run tests with coverage", work)

    def _run_suite(self, path: Path) -> dict[str, Any]:
        async def work(progress: Progress) -> Finished:
            return await testing.run_suites(self._session, [path], progress)

        built = self._session.services.built  # without a picture so far, it takes too long to ask for the project
        root_of = built.run_suite.root_of(path) if built else path
        return self.start(("suite", root_of), "Run tests with coverage", work, path)

    def run_affected_tests(self, *arguments: object) -> dict[str, Any]:
        """``greenline.runAffectedTests``: those that the changes of a file affect."""
        path = path_of(uri_in(one_object(arguments)))
        if path is None:
            return self.refuse(_ELSEWHERE)

        async def work(progress: Progress) -> Finished:
            return await testing.run_affected(self._session, [path], progress)

        return self.start(("affected", path), f"Run tests affected by {path.name}", work, path)

    def run_tests_of_file(self, *arguments: object) -> dict[str, Any]:
        """``greenline.runTestsOfFile``: those in a test file, or for a file of the code those that import it."""
        path = path_of(uri_in(one_object(arguments)))
        return self.refuse(_ELSEWHERE) if path is None else self._run_tests_of(path)

    def _run_tests_of(self, path: Path) -> dict[str, Any]:
        async def work(progress: Progress) -> Finished:
            return await testing.run_tests_of(self._session, path, progress)

        return self.start(("tests of", path), f"Run tests of {path.name}", work, path)

    def run_covering_tests(self, *arguments: object) -> dict[str, Any]:
        """``greenline.runCoveringTests``: those that reach a function, a class or a line; else those of its file."""
        uri, of = checked(arguments, names.RUN_COVERING_TESTS)
        path = path_of(uri)
        if path is None:
            return self.refuse(_ELSEWHERE)

        async def work(progress: Progress) -> Finished:
            about = await found(self._session, uri, of)
            tests = [place.absolute_id for place in about.places]
            if tests:
                return await testing.run_selected(self._session, tests, progress)
            self._session.log(about.message)
            return await testing.run_tests_of(self._session, path, progress)

        what = of if isinstance(of, str) else f"{path.name}, line {of}"
        return self.start(("covering", path, of), f"Run tests of {what}", work, path)

    def install_pytest(self, *arguments: object) -> dict[str, Any]:
        """``greenline.installPytest``: into the Python of the file's project, after asking."""
        path = path_of(uri_in(one_object(arguments)))
        return self.refuse(_ELSEWHERE) if path is None else self._install(path, self._installing.work(path))

    def update_expectations(self, *arguments: object) -> dict[str, Any]:
        """``greenline.updateExpectations``: one generated test that fails, by the name that pytest has for it."""
        values = one_object(arguments)
        path, test = path_of(uri_in(values)), values.get("test")
        if not isinstance(test, str) or not test:
            raise JsonRpcInvalidParams("greenline.updateExpectations needs a test: `test_a` or `TestB::test_a`")
        if path is None:
            return self.refuse(_ELSEWHERE)
        return self.start(("update", path, test), f"{UPDATE} of {test}", self._updating.work(path, test), path)

    def cancel_job(self, *arguments: object) -> dict[str, Any]:
        """``greenline.cancelJob``: ask a job to stop; without one, all."""
        values = object_or_nothing(arguments)
        if "job" not in values:
            stopped = [job for job in self._session.jobs.live if self._session.jobs.cancel(job.id)]
            return {"cancelled": bool(stopped)}
        job_id = values["job"]
        return {"cancelled": isinstance(job_id, str) and self._session.jobs.cancel(job_id)}

    def show_gap(self, *arguments: object) -> None:
        """``greenline.showGap``: put the cursor on a gap, where the client can be told to."""
        values = one_object(arguments)
        uri, line, column = uri_in(values), values.get("line"), values.get("column", 0)
        document = self._session.documents.get(uri)
        if type(line) is not int or type(column) is not int:
            raise JsonRpcInvalidParams("greenline.showGap needs a line, counted from 1, and a column")
        if document is None or not self._session.client.shows_documents:
            return
        at = self._session.positions(document.text).position(line, column)
        params = types.ShowDocumentParams(uri=uri, take_focus=True, selection=types.Range(at, at))
        self._session.spawn(self._show_document(params), f"showing {uri}")

    def dismiss_bug(self, *arguments: object) -> dict[str, Any]:
        """``greenline.dismissSuspectedBug``: show one suspected bug no more, for as long as the server runs."""
        values = one_object(arguments)
        path, suspicion = path_of(uri_in(values)), values.get("bug")
        if not isinstance(suspicion, str) or not suspicion:
            raise JsonRpcInvalidParams("greenline.dismissSuspectedBug needs a bug, as the diagnostic's data name it")
        if path is not None:
            self._session.findings.dismiss(path, suspicion)
            self._session.redraw()
        return {"dismissed": path is not None}

    async def _show_document(self, params: types.ShowDocumentParams) -> None:
        await self._session.show_document(params)

    def _generate(self, target: Target, title: str) -> dict[str, Any]:
        async def work(progress: Progress) -> Finished:
            return await generate(self._session, target, progress, self._again)

        return self.start(("generate", target), title, work, target.path)

    def _ask_a_model(self, targets: Sequence[Target]) -> None:
        """Show what is sent, and after a yes generate for these once more."""

        async def work(progress: Progress) -> Finished:
            agreed, message = await agreeing(self._session, targets[0].path, progress)
            if agreed:
                self._generate_again(targets)
            return Finished(message)

        self.start(allowing(self._session, targets[0].path), ALLOW, work, policy="ask again")

    def _install_libraries(self, targets: Sequence[Target]) -> None:
        """Install what asks models, and generate for these once more."""

        async def work(progress: Progress) -> Finished:
            message = await model_libraries.install(self._session, progress)
            self._generate_again(targets)
            return Finished(message)

        self.start(("model", "libraries"), model_libraries.TITLE, work)

    def _generate_again(self, targets: Sequence[Target]) -> None:
        if len(targets) == 1:
            self._generate(targets[0], f"Generate test for {targets[0].qualname}")
            return
        arguments = [names.target(self._session.documents.uri_of(t.path), t.qualname, None) for t in targets]
        self.generate_tests({"targets": arguments})

    def _install(self, path: Path, work: Work) -> dict[str, Any]:
        built = self._session.services.built
        return self.start(
            ("install", built.run_suite.root_of(path) if built else path), TITLE, work, policy="ask again"
        )

    def start(
        self,
        key: Hashable,
        title: str,
        work: Work,
        of: Path | None = None,
        *,
        runs: bool = True,
        policy: Policy = "keep",
    ) -> dict[str, Any]:
        """Start a job; where it fails for want of pytest in the project of ``of``, that is offered.

        Without ``runs`` it runs nothing of the project, and does so where the person trusts nothing.
        """
        if runs and not self._session.may_run:
            return self.refuse(UNTRUSTED)

        async def looking(progress: Progress) -> Finished:
            try:
                return await work(progress)  # type: ignore[no-any-return]
            except Unfinished as problem:
                if of is not None and not problem.told and await self._installing.note(of):
                    problem.lacks_pytest = of
                raise

        def ended(job: Job) -> None:
            self._ended(job, lambda: self.start(key, title, work, of, runs=runs, policy=policy))

        before = {job.id for job in self._session.jobs.live}
        try:
            job = self._session.jobs.start(key, title, looking, self._board.sink, on_end=ended, policy=policy)
        except RegistryClosed:
            return {"protocol": names.PROTOCOL, "job": None, "started": False}
        return {"protocol": names.PROTOCOL, "job": job.id, "started": job.id not in before}

    def refuse(self, message: str) -> dict[str, Any]:
        """Say why no job is started, and answer so."""
        self._session.show(message, Warning_)
        return {"protocol": names.PROTOCOL, "job": None, "started": False, "message": message}

    def _ended(self, job: Job, again: Callable[[], object]) -> None:
        """Tell the editor's progress, the person if something went wrong, and whoever waits for the notification."""
        message = message_of(job)
        self._board.end(job, message)
        if job.outcome == "failed" and not (isinstance(job.error, Unfinished) and job.error.told):
            if isinstance(job.error, Unfinished) and job.error.lacks_pytest:
                self._installing.offer(job.error.lacks_pytest, message)
            elif asking_failed(results_of(job)):
                tell_problem(self._session, message, results_of(job), self._again)
            elif isinstance(job.error, Unfinished) and job.error.passing:
                tell_failure(self._session, message, again)
            else:
                # One that knows its results could not do what was asked; all others should not happen.
                self._session.show(message, Warning_ if isinstance(job.error, Unfinished) else Error)
        for detail in left_out(job, message):
            self._session.log(f"{job.title}: {detail}")
        self._session.server.protocol.notify(names.JOB_ENDED, payload(job))
        if job.outcome in {"done", "failed"}:
            self._offering.look_at(results_of(job))


def _those(targets: Sequence[Target]) -> str:
    """Say what several targets are."""
    if len(targets) == 1:
        return targets[0].qualname or targets[0].path.name
    functions = sum(target.qualname is not None for target in targets)
    return names.counted({"function": functions, "file": len(targets) - functions})

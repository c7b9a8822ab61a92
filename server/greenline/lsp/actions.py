"""Code actions: on a gap or a suspected bug, or with the cursor in a function. Each carries its whole target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from greenline.domain.coverage.reaching import body_lines
from greenline.lsp import names, updating
from greenline.lsp.covering import statement_lines
from greenline.lsp.diagnostics import SUSPECTED_BUG
from greenline.lsp.failing_diagnostics import FAILING_TEST, RAISED_IN_TEST
from greenline.lsp.mark_diagnostics import GAPS, SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greenline.domain.code.model import Function
    from greenline.lsp.pictures import Shown
    from greenline.lsp.session import Session

KINDS = [types.CodeActionKind.QuickFix, types.CodeActionKind.Refactor, types.CodeActionKind.Source]


async def actions(session: Session, params: types.CodeActionParams) -> list[types.CodeAction | types.Command]:
    """Return what can be done at the cursor; a client that knows no literals gets bare commands."""
    shown = await session.pictures.of(params.text_document.uri)
    if shown is None:
        return []
    ours = [diagnostic for diagnostic in params.context.diagnostics if diagnostic.source == SOURCE]
    bugs = [diagnostic for diagnostic in ours if diagnostic.code == SUSPECTED_BUG]
    failing = [diagnostic for diagnostic in ours if diagnostic.code in {FAILING_TEST, RAISED_IN_TEST}]
    gaps = [diagnostic for diagnostic in ours if diagnostic.code in GAPS]
    offers = []
    if not names.is_test_file(shown.document.path):
        offers += [(kind, command, gaps) for kind, command in _offers(session, shown, params.range, gaps)]
        if not gaps:
            # No source actions: menus sort those before "Generate test", which is what most people come for.
            kind = types.CodeActionKind.Empty
            offers += [(kind, command, []) for command in _reaching(session, shown, params.range)]
            offers += [(kind, command, []) for command in _measuring(session, shown, params.range)]
        for command in await _dismissals(session, shown, params):
            offers.append((types.CodeActionKind.QuickFix, command, bugs))
    kind = types.CodeActionKind.QuickFix
    offers += [(kind, command, failing) for command in await updating.offers(session, shown, params.range)]
    if failing or names.is_test_file(shown.document.path):
        kind = types.CodeActionKind.QuickFix if failing else types.CodeActionKind.Source
        offers.append((kind, _run_tests(shown), failing))
    if any(shown.document.path.is_relative_to(root) for root in session.without_pytest):
        offers.append((types.CodeActionKind.Source, _install_pytest(shown), []))
    able = session.client
    found: list[types.CodeAction | types.Command] = [
        types.CodeAction(command.title, kind=kind, diagnostics=mended or None, command=command)
        if able.code_action_literals
        else command
        for kind, command, mended in offers
        if _wanted(kind, params.context.only) and (session.may_run or command.command not in names.RUNS_CODE)
    ]
    if not gaps and able.code_action_literals and able.shows_disabled_actions:
        found += _idle(session, shown, params)
    return found


def _idle(session: Session, shown: Shown, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Return what a person may look for in vain here, with the reason."""
    kind = types.CodeActionKind.Refactor
    function = _outermost(shown, session.positions(shown.document.text).line_of(params.range.start))
    if function is None or names.is_test_file(shown.document.path) or not _wanted(kind, params.context.only):
        return []
    if not _is_complete(shown, function):
        return []
    reason = types.CodeActionDisabled("The tests reach every line and branch of it already.")
    return [types.CodeAction(f"Generate test for `{function.name}`", kind=kind, disabled=reason)]


def _run_tests(shown: Shown) -> types.Command:
    test = names.is_test_file(shown.document.path)
    return types.Command(
        "Run the tests of this file",
        names.RUN_TESTS_OF_FILE if test else names.RUN_AFFECTED_TESTS,
        arguments=[names.target(shown.document.uri, None, shown.document.version)],
    )


def _install_pytest(shown: Shown) -> types.Command:
    arguments = [names.target(shown.document.uri, None, shown.document.version)]
    return types.Command("Install pytest in the project's Python", names.INSTALL_PYTEST, arguments=arguments)


async def _dismissals(session: Session, shown: Shown, params: types.CodeActionParams) -> list[types.Command]:
    """Offer to show the suspected bugs of these lines no more."""
    positions = session.positions(shown.document.text)
    lines = range(positions.line_of(params.range.start), positions.line_of(params.range.end) + 1)
    return [
        types.Command(
            f"Dismiss: `{suspicion.qualname.rpartition('.')[2]}` is right to do that"
            if suspicion.bug.documented
            else f"Dismiss: {suspicion.bug.error.partition(':')[0]} is what should happen here",
            names.DISMISS_BUG,
            arguments=[{"uri": shown.document.uri, "bug": suspicion.id}],
        )
        for suspicion in (await session.findings.of(shown.document)).suspicions
        if suspicion.line in lines
    ]


def _offers(
    session: Session, shown: Shown, where: types.Range, ours: list[types.Diagnostic]
) -> list[tuple[types.CodeActionKind, types.Command]]:
    document = shown.document
    positions = session.positions(document.text)
    # The cursor first: on a `def` line, the mark may be of all that surrounds the function.
    places = [where.start, *(diagnostic.range.start for diagnostic in ours)]
    around = (_outermost(shown, positions.line_of(place)) for place in places)
    function = next((f for f in around if f is not None), None)
    quick = types.CodeActionKind.QuickFix if ours else None
    offers = []
    if function is not None and (ours or not _is_complete(shown, function)):
        one = types.Command(
            f"Generate test for `{function.name}`",
            names.GENERATE_TEST,
            arguments=[names.target(document.uri, function.qualname, document.version)],
        )
        offers.append((quick or types.CodeActionKind.Refactor, one))
    functions = [function for function in shown.picture.module.functions if not function.is_local]
    if functions and (ours or not all(_is_complete(shown, function) for function in functions)):
        every = types.Command(
            "Generate tests for all of this file",
            names.GENERATE_TESTS_FOR_FILE,
            arguments=[names.target(document.uri, None, document.version)],
        )
        offers.append((quick or types.CodeActionKind.Source, every))
    return offers


def _is_complete(shown: Shown, function: Function) -> bool:
    """Tell whether there is nothing left that a test could reach, as far as that is known."""
    summary = shown.picture.functions.get(function.qualname)
    if summary is None or not summary.lines.total or summary.whole_percent < 100:  # noqa: PLR2004 - %
        return False
    inside = range(function.first_line, function.end_line + 1)
    return not any(gap.span.start_line in inside for gap in shown.picture.gaps)


def _reaching(session: Session, shown: Shown, where: types.Range) -> list[types.Command]:
    """Offer the tests of a covered line, unless it is known that none is known; nothing is looked for here."""
    line = session.positions(shown.document.text).line_of(where.start)
    coverage = shown.picture.map
    if coverage is None or coverage.statements.first_line.get(line, line) not in coverage.covered:
        return []
    if not any(line in body_lines(function) for function in shown.picture.module.functions):
        return []
    known = session.covering.known_of(shown.document)
    if known is not None and not known.of_lines(statement_lines(coverage.statements, line)).tests:
        return []
    arguments = [{"uri": shown.document.uri, "line": line}]
    return [
        types.Command(f"Run the tests that reach line {line}", names.RUN_COVERING_TESTS, arguments=arguments),
        types.Command(f"Go to the test that reaches line {line}", names.GO_TO_COVERING_TEST, arguments=arguments),
    ]


def _measuring(session: Session, shown: Shown, where: types.Range) -> list[types.Command]:
    """Offer to measure the tests of a function that some reach."""
    function = _outermost(shown, session.positions(shown.document.text).line_of(where.start))
    summary = shown.picture.functions.get(function.qualname) if function else None
    if function is None or summary is None or not summary.lines.covered:
        return []
    title = f"Measure how strong the tests of `{function.name}` are"
    target = names.target(shown.document.uri, function.qualname, shown.document.version)
    return [types.Command(title, names.MEASURE_STRENGTH, arguments=[target])]


def _outermost(shown: Shown, line: int) -> Function | None:
    """Return the function of a line; a local one is only reachable through the function around it."""
    around = [f for f in shown.picture.module.functions if f.first_line <= line <= f.end_line and not f.is_local]
    return max(around, key=lambda f: f.first_line, default=None)


def _wanted(kind: types.CodeActionKind, only: Sequence[types.CodeActionKind | str] | None) -> bool:
    if not only:
        return True
    wanted = [str(getattr(o, "value", o)) for o in only]
    return any(not w or kind.value == w or kind.value.startswith(f"{w}.") for w in wanted)

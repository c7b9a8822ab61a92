"""The commands about the tests that reach a line, a function or a class: go there, run them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from greenline.domain.code.model import Class, Function
from greenline.lsp import names
from greenline.lsp.arguments import one_object, uri_in
from greenline.lsp.covering import methods_of, statement_lines
from greenline.lsp.file_pictures import shown_of
from greenline.lsp.positions import start_of
from greenline.lsp.session import Info

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.domain.coverage.reaching import Reached
    from greenline.lsp.covering import Known
    from greenline.lsp.pictures import Shown
    from greenline.lsp.session import Session
    from greenline.services.test_places import TestPlace

_MOST_ASKED = 6
"""Tests that a question has buttons for."""
_NONE = "No test is known to reach {what}."
_GONE = "The tests that reach {what} are not there any more."
_NO_FILE = "Which tests reach it is known of Python files on disk only."


@dataclass(frozen=True, slots=True)
class Found:
    """What a command is about, and where the tests stand that reach it. Without any, ``message`` says why."""

    what: str
    places: tuple[TestPlace, ...] = ()
    message: str = ""


def checked(arguments: tuple[object, ...], command: str) -> tuple[str, str | int]:
    """Return the URI, and the qualified name or the line. Raises JsonRpcInvalidParams."""
    values = one_object(arguments)
    qualname, line = values.get("qualname"), values.get("line")
    if isinstance(qualname, str) and qualname:
        return uri_in(values), qualname
    if type(line) is int and line > 0:
        return uri_in(values), line
    raise JsonRpcInvalidParams(f"{command} needs a qualname or a line, counted from 1")


async def found(session: Session, uri: str, of: str | int) -> Found:
    """Return the tests that reach a function, a class or a line, of an open document or of a file."""
    what = of if isinstance(of, str) else f"line {of}"
    shown = await shown_of(session, uri)
    if shown is None:
        return Found(what, message=_NO_FILE)
    known = await session.covering.of(shown.document)
    reached = _of_name(shown, known, of) if isinstance(of, str) else _of_line(shown, known, of)
    if reached is None:
        return Found(what, message=f"{shown.document.path.name} has no {what}.")
    if not reached.tests:
        return Found(what, message=" ".join([_NONE.format(what=what), *known.notes]))
    places = await session.covering.places(shown.document, reached.tests)
    return Found(what, tuple(places), "" if places else _GONE.format(what=what))


class CoveringCommands:
    """Arguments and answers are what docs/protocol.md says."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def go_to_covering_test(self, *arguments: object) -> dict[str, Any]:
        """``greenline.goToCoveringTest``: answers with the tests, and shows the one that the person means."""
        about = await found(self._session, *checked(arguments, names.GO_TO_COVERING_TEST))
        if not about.places:
            self._session.show(names.plain(about.message), Info)
        elif not self._session.client.picks_tests:
            self._session.spawn(self._show_one(about), f"tests of {about.what}")
        told = [
            {"name": place.name, "uri": self._session.documents.uri_of(place.path), "line": place.line}
            for place in about.places
        ]
        return {"protocol": names.PROTOCOL, "tests": told, "message": about.message}

    async def _show_one(self, about: Found) -> None:
        """Show the only test, or the one that the person picks; where nobody can be asked, the nearest."""
        places = about.places
        chosen: TestPlace | None = places[0]
        if len(places) > 1:
            by_title = {place.name: place for place in places[:_MOST_ASKED]}
            question = f"{len(places)} tests reach {about.what}."
            if len(places) > len(by_title):
                question = f"{question} The nearest are:"
            chosen = await self._picked(question, by_title)
        if chosen is not None:
            await self._show(chosen)

    async def _picked(self, question: str, by_title: Mapping[str, TestPlace]) -> TestPlace | None:
        nearest = next(iter(by_title))
        answer = await self._session.ask(question, *by_title, kind=Info, otherwise="", cannot_ask=nearest)
        return by_title.get(answer) if answer else None

    async def _show(self, place: TestPlace) -> None:
        uri = self._session.documents.uri_of(place.path)
        if not self._session.client.shows_documents:
            self._session.show(f"{place.name} is in {place.path}, line {place.line}.", Info)
            return
        params = types.ShowDocumentParams(uri=uri, take_focus=True, selection=start_of(place.line))
        await self._session.show_document(params)


def _of_line(shown: Shown, known: Known, line: int) -> Reached | None:
    coverage = shown.picture.map
    if line > len(shown.document.lines):
        return None
    return known.of_lines(statement_lines(coverage.statements, line) if coverage else [line])


def _of_name(shown: Shown, known: Known, qualname: str) -> Reached | None:
    module = shown.picture.module
    definition: Function | Class | None = module.function(qualname)
    definition = definition or next((of for of in module.classes if of.qualname == qualname), None)
    if definition is None:
        return None
    return known.of_functions([definition] if isinstance(definition, Function) else methods_of(definition, module))

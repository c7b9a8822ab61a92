"""Which tests reach an open document: asked for when somebody looks, off the loop's thread, once per version."""

from __future__ import annotations

import asyncio
import logging
from bisect import bisect_right
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from greenline.domain.coverage.reaching import Reached, body_lines, reached

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from greenline.domain.code.model import Class, Function, Module
    from greenline.domain.coverage.model import Statements
    from greenline.domain.coverage.reaching import Recording
    from greenline.lsp.documents import EditorDocuments, OpenDocument
    from greenline.lsp.services import LazyServices
    from greenline.services.test_places import TestPlace

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the tests of one document. ``notes`` say what is not."""

    document: OpenDocument
    recordings: tuple[Recording, ...] = ()
    notes: tuple[str, ...] = ()

    def of_lines(self, lines: Collection[int]) -> Reached:
        """Return the tests that reach one of the lines."""
        return reached(self.recordings, lines)

    def of_functions(self, functions: Iterable[Function]) -> Reached:
        """Return the tests that reach into one of the functions."""
        return self.of_lines({line for function in functions for line in body_lines(function)})


class Covering:
    """Asks ``CoveringTests``. All methods belong to the loop's thread."""

    def __init__(self, documents: EditorDocuments, services: LazyServices) -> None:
        self._documents = documents
        self._services = services
        self._known: dict[str, tuple[OpenDocument, asyncio.Future[Known]]] = {}

    def invalidate(self) -> None:
        """Forget all: coverage, tests or settings changed."""
        self._known.clear()

    async def of(self, document: OpenDocument) -> Known:
        """Return what is known of a version; raises nothing."""
        known = self._known.get(document.uri)
        if known is None or known[0] is not document:
            history = self._documents.history(document.uri)

            def ask() -> Known:
                try:
                    found = self._services.current().covering.of(document.path, document.text, history)
                except Exception as error:
                    log.exception("the tests of %s", document.path)
                    return Known(document, notes=(f"Which tests reach it is not known: {error}.",))
                return Known(document, found.recordings, found.notes)

            known = (document, asyncio.ensure_future(asyncio.to_thread(ask)))
            self._known[document.uri] = known
            self._forget_closed()
        return await asyncio.shield(known[1])

    def known_of(self, document: OpenDocument) -> Known | None:
        """Return what is known of a version where somebody has asked already; None where nobody has an answer yet."""
        known = self._known.get(document.uri)
        if known is None or known[0] is not document or not known[1].done() or known[1].cancelled():
            return None
        return known[1].result()

    async def places(self, document: OpenDocument, tests: Iterable[str]) -> list[TestPlace]:
        """Return where tests stand now; raises nothing."""
        wanted = tuple(tests)
        return await asyncio.to_thread(lambda: self._services.current().covering.places(document.path, wanted))

    def _forget_closed(self) -> None:
        for uri in [uri for uri in self._known if self._documents.get(uri) is None]:
            del self._known[uri]


def statement_lines(statements: Statements, line: int) -> list[int]:
    """Return every line of the statement that a line belongs to."""
    first = statements.first_line.get(line, line)
    return [first, *(other for other, start in statements.first_line.items() if start == first and other != first)]


def methods_of(of: Class, module: Module) -> list[Function]:
    """Return the functions that stand in a class, at any depth."""
    functions, line = module.functions, attrgetter("line")  # in the order of the text
    return list(functions[bisect_right(functions, of.line, key=line) : bisect_right(functions, of.end_line, key=line)])


def counted(found: Reached) -> str:
    """Return "1 test" or "12 tests", with a plus where there may be more; empty where none is known."""
    if not found.tests:
        return ""
    number = f"{len(found.tests)}{'' if found.complete else '+'}"
    return "1 test" if number == "1" else f"{number} tests"

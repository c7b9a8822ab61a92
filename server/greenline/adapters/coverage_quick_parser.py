"""coverage.py's own parser, with our tree and no more tokens than it looks at: a third of the time."""

from __future__ import annotations

import ast
import token
from contextlib import suppress
from functools import cache, partial, partialmethod
from types import CodeType, FunctionType, SimpleNamespace
from typing import TYPE_CHECKING, Any

from greenline.adapters.several_lines import first_lines_of_several
from greenline.adapters.skimmed_tokens import TextLines, Unclear, skimmed_tokens, tokens_below
from greenline.domain.code.parse import all_statements, parse
from greenline.domain.code.syntax_tree import module_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from coverage.bytecode import ByteParser
    from coverage.parser import AstArcAnalyzer, PythonParser

_LOOKED_AT = {
    "": ("multiline_map_from_tokens", "walk_statement_nodes"),
    "PythonParser": ("_raw_parse", "_analyze_ast"),
    "AstArcAnalyzer": ("analyze", "line_for_node", "node_exits"),
    "ByteParser": ("find_statements", "code_objects"),
}
"""What its parser looks at and what its classes have, of the releases that we give something quicker to."""


@cache
def parser_class() -> type[PythonParser]:
    """Return coverage.py's parser with our tree and tokens: its own code finds them where it looks for others.

    A release that looks elsewhere does all of it itself.
    """
    from coverage import parser  # noqa: PLC0415 - 180 ms, not before the server has answered

    ours = {**vars(parser), "ast": SimpleNamespace(**{**vars(ast), "parse": _tree})}
    methods: dict[str, Any] = {"parse_source": _with_names(parser.PythonParser.parse_source, ours)}
    places = {kind: getattr(parser, kind, None) if kind else parser for kind in _LOOKED_AT}
    if all(hasattr(places[kind], name) for kind, names in _LOOKED_AT.items() for name in names):
        quick = {**vars(parser), "generate_tokens": skimmed_tokens, "walk_statement_nodes": _statement_nodes}
        quick["AstArcAnalyzer"] = _arcs_class(parser.AstArcAnalyzer, quick)
        byte_parser = type("QuickByteParser", (vars(parser)["ByteParser"],), {"find_statements": _lines_of})
        quick["ByteParser"] = partial(_of_our_tree, byte_parser)
        methods["_analyze_ast"] = _with_names(parser.PythonParser._analyze_ast, quick)  # noqa: SLF001 - see above
        methods["_raw_parse"] = partialmethod(_raw_parse, parser.PythonParser._raw_parse, quick)  # noqa: SLF001
    return type("QuickParser", (parser.PythonParser,), methods)


def _raw_parse(parser: PythonParser, theirs: Callable[..., None], quick: dict[str, Any]) -> None:
    """Let coverage.py read what a text could run, with no more tokens than tell what is left out of it.

    Where that is not clear from outside, with those of all statements.
    """
    tree = parser._ast_root  # noqa: SLF001 - this is of its class
    names = quick
    if isinstance(tree, ast.Module):
        with suppress(Unclear):
            lines = TextLines(parser.text)
            several = first_lines_of_several(lines, tree)
            left_out = parser.lines_matching(parser.exclude) if parser.exclude else set()
            tokens = list(tokens_below(lines, {several.get(line, line) for line in left_out}))
            if tree.body and not tokens:
                tokens = [(token.NAME, "_", (1, 0), (1, 0), "")]  # there is something
            names = {**quick, "generate_tokens": lambda _: tokens, "multiline_map_from_tokens": lambda _: several}
    _with_names(theirs, names)(parser)


def _arcs_class(theirs: type[AstArcAnalyzer], quick: dict[str, Any]) -> type[AstArcAnalyzer]:
    """Return its analysis of the ways through a tree, which looks up what reads a kind of node once for all of them."""
    kinds = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
    lines, exits = (
        {kind: getattr(theirs, f"_{name}__{kind.__name__}", None) for kind in kinds} for name in ("line", "handle")
    )

    def line_for_node(self: AstArcAnalyzer, node: ast.stmt) -> int:
        read = lines[type(node)]
        line: int = read(self, node) if read else node.lineno
        return self.multiline.get(line, line)

    def node_exits(self: AstArcAnalyzer, node: ast.stmt) -> object:
        read = exits[type(node)]
        return read(self, node) if read else {quick["ArcStart"](self.line_for_node(node))}

    methods = {"analyze": _with_names(theirs.analyze, quick), "line_for_node": line_for_node, "node_exits": node_exits}
    return type("QuickArcs", (theirs,), methods)


def _lines_of(byte_parser: ByteParser) -> set[int]:
    """Return the lines that its code object, and those in it, can run."""
    found: set[int] = set()
    todo = [byte_parser.code]
    while todo:
        code = todo.pop()
        todo += (constant for constant in code.co_consts if isinstance(constant, CodeType))
        if code.co_name != "__annotate__":  # of Python 3.14: what it holds counts with the annotations
            found.update(line for _, _, line in code.co_lines() if line)
    return found


def _of_our_tree(kind: type[ByteParser], text: str, *, filename: str) -> ByteParser:
    """Return it for the tree that is there already; where only the text can be compiled, for the text."""
    try:
        if not text.startswith("\ufeff"):  # which our tree is without, and Python refuses
            return kind(code=compile(_tree(text), filename, "exec", dont_inherit=True))
    except (RecursionError, MemoryError, ValueError, TypeError):  # a tree cannot be as deep as a text
        pass
    return kind(text=text, filename=filename)


def _with_names(function: Callable[..., None], names: dict[str, Any]) -> Callable[..., None]:
    """Return the function with other things behind the names that it uses; one that wraps another stays as it is."""
    return function if function.__closure__ else FunctionType(function.__code__, names)


def _statement_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    yield tree
    yield from all_statements(tree)


def _tree(text: str) -> ast.Module:
    """Return the tree that everybody looks at. Raises what ``ast.parse`` raises."""
    return parse(text)[0] or module_of(text)

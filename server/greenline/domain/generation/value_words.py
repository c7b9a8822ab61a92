"""Words for values, as parts of identifiers."""

from __future__ import annotations

import ast
import re
import unicodedata

from greenline.domain.code.syntax_tree import expression_of, literal_of

_LONGEST = 40
_NUMBERS = ("no", "one", "two", "three", "four", "five")
_MARKS = {
    " ": "space", "-": "dash", "_": "underscore", ".": "dot", ",": "comma", "/": "slash", ":": "colon", "@": "at",
    "#": "hash", "%": "percent", "\n": "newline", "\t": "tab", "'": "quote", '"': "double_quote", "=": "equals",
    "+": "plus", "*": "star", "{": "brace", "[": "bracket", "(": "parenthesis", "}": "closing_brace",
    "]": "closing_bracket", ")": "closing_parenthesis", "<": "less_than", ">": "greater_than", "!": "exclamation_mark",
    "?": "question_mark", "&": "ampersand", "|": "pipe", "\\": "backslash", "^": "caret", "~": "tilde", "$": "dollar",
    ";": "semicolon", "`": "backtick", "\r": "carriage_return", "\0": "nul",
}  # fmt: skip


_UNTOLD = frozenset({"tmp_path", "str", "iter", "list", "tuple", "dict", "set", "bytes", "repr"})
"""Where a file is says nothing, and neither does in what form a thing is passed."""


def value_slug(source: str) -> str:
    """Return words for a short expression: ``''`` is "empty", ``-1`` "minus_1", ``Point(1, 2)`` "point"."""
    try:
        value = literal_of(source)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return _expression_slug(source)
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return slug(str(value).removesuffix(".0").replace("-", "minus_").replace(".", "_"))
    if isinstance(value, bytes):
        return _text_slug(value.decode("ascii")) if value.isascii() else "bytes"
    if isinstance(value, str):
        return _text_slug(value)
    if isinstance(value, (list, tuple, set, frozenset, dict)) and not value:
        return f"empty_{type(value).__name__}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return slug("_".join(value_slug(repr(item)) for item in list(value)[:3]))
    if isinstance(value, dict):
        return slug("_".join(f"{value_slug(repr(k))}_{value_slug(repr(v))}" for k, v in list(value.items())[:2]))
    return slug(source)


def slug(text: str) -> str:
    """Return the text as part of an identifier, cut at a word to a readable length."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^0-9a-zA-Z]+", "_", plain).strip("_").lower()
    if len(words) <= _LONGEST:
        return words
    cut = words[: _LONGEST + 1].rpartition("_")[0]
    return cut or words[:_LONGEST]


def snake(name: str) -> str:
    """Return a class's name as one of a variable: ``HTTPServer`` is ``http_server``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower().strip("_")


def counted(count: int, kind: str) -> str:
    """Return so many of a kind, in words: ``two_entries``."""
    number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{number}_{kind if count == 1 else _plural(kind)}"


def _text_slug(text: str) -> str:
    if not text:
        return "empty"
    words = slug(text) if len(text) > 1 or text.isascii() else ""
    if words and re.match(r"-[\d.]", text):
        words = f"minus_{words}"
    if words:
        return f"{words}_padded" if text.strip("\r\n") != text.strip() else words
    if not text.strip():
        return "blank"
    return "_".join(dict.fromkeys(_MARKS.get(c) or _character(c, alone=len(text) == 1) for c in text[:4]))


def _character(character: str, *, alone: bool) -> str:
    if character.isascii():
        return "symbol"
    return (slug(unicodedata.name(character, "")) if alone else "") or "unicode"


def call_slug(source: str) -> str:
    """Return words for a call with plain arguments: ``Point(1, y=2)`` is "point_1_y_2"; empty for anything else."""
    try:
        node = expression_of(source)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if not isinstance(node, ast.Call) or not (node.args or node.keywords):
        return ""
    words = [value_slug(ast.unparse(argument)) for argument in node.args]
    words += [f"{slug(keyword.arg or '')}_{value_slug(ast.unparse(keyword.value))}" for keyword in node.keywords]
    maker = [_made_by(node)] if node.args else []  # what is passed by name says what it is about
    return slug("_".join([*maker, *words])) if all(words) else ""


def _expression_slug(source: str) -> str:
    """Return words for what is made by a call, by the name of what makes it; a number of those in a collection."""
    try:
        node = expression_of(source)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return ""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        kinds = {_made_by(element) for element in node.elts}
        count = len(node.elts)
        kind = kinds.pop() if len(kinds) == 1 else ""
        return counted(count, kind) if kind else ""
    return _made_by(node)


def _plural(word: str) -> str:
    if word.endswith("s") and not word.endswith("ss"):
        return word
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    return f"{word}{'es' if word.endswith(('s', 'x', 'ch', 'sh')) else 's'}"


def _made_by(node: ast.expr) -> str:
    if isinstance(node, ast.Lambda):
        return "function"
    made = node.func if isinstance(node, ast.Call) else node
    if isinstance(made, ast.Name) and made.id in _UNTOLD:
        return ""
    name = made.attr if isinstance(made, ast.Attribute) else made.id if isinstance(made, ast.Name) else ""
    return slug(snake(name))

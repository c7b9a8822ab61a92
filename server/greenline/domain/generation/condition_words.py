"""A condition that holds, or does not, in words: ``name.startswith("x-")`` is "name_starts_with_x"."""

from __future__ import annotations

import ast

from greenline.domain.generation.value_words import slug, value_slug

_LONGEST = 40
_PAIR = 2
_WORDS = {
    ast.Lt: ("below", "at_least"),
    ast.LtE: ("at_most", "above"),
    ast.Gt: ("above", "at_most"),
    ast.GtE: ("at_least", "below"),
    ast.Eq: ("is", "is_not"),
    ast.NotEq: ("is_not", "is"),
    ast.Is: ("is", "is_not"),
    ast.IsNot: ("is_not", "is"),
    ast.In: ("in", "not_in"),
    ast.NotIn: ("not_in", "in"),
}
SAMENESS = frozenset({ast.Eq, ast.NotEq, ast.Is, ast.IsNot})
_TURNED = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_ADJECTIVES = {
    "isdigit": "numeric", "isdecimal": "numeric", "isnumeric": "numeric", "isalpha": "alphabetic",
    "isalnum": "alphanumeric", "isupper": "upper_case", "islower": "lower_case", "isspace": "blank",
    "isidentifier": "an_identifier", "exists": "there", "is_file": "a_file", "is_dir": "a_folder",
}  # fmt: skip
_VERBS = {"startswith": "start_with", "endswith": "end_with", "match": "match", "fullmatch": "match", "search": "match"}
_CLEANING = frozenset({"strip", "lstrip", "rstrip"})
SAME = frozenset({"lower", "upper", "casefold", "strip", "lstrip", "rstrip", "copy"})
"""Methods that give the same thing, a little tidier: what it is called stays true of it."""


def condition_words(test: ast.expr, *, holds: bool) -> str:
    """Return words for a condition that holds or does not; empty for what has no short and clear words."""
    words = _condition(test, holds)
    return words if len(words) <= _LONGEST else ""


def _condition(test: ast.expr, holds: bool) -> str:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _condition(test.operand, not holds)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _comparison(test, holds)
    if isinstance(test, ast.Call):
        return _question(test, holds)
    if isinstance(test, ast.BoolOp):
        decides = isinstance(test.op, ast.And) == holds
        parts = [_condition(value, holds) for value in test.values]
        return "_and_".join(parts) if decides and all(parts) else ""
    words = _name(test)
    return _adjective(words, holds) or _given(words, holds)


def _given(words: str, holds: bool) -> str:
    telling = len(words) > 1  # a letter is the code's own shorthand
    return f"{'with' if holds else 'without'}_{words}" if telling else ""


def _adjective(words: str, holds: bool) -> str:
    """Return words for a name that is a statement itself: ``is_open``, ``has_items``, ``can_fly``."""
    first, _, rest = words.partition("_")
    if not rest:
        return ""
    negated = {"is": f"is_not_{rest}", "are": f"are_not_{rest}", "has": f"has_no_{rest}", "can": f"cannot_{rest}"}
    return (words if holds else negated[first]) if first in negated else ""


def _comparison(test: ast.Compare, holds: bool) -> str:
    left, operator, right = test.left, type(test.ops[0]), test.comparators[0]
    if isinstance(right, ast.Constant) and right.value is None:
        return _given(_name(left), (operator in {ast.IsNot, ast.NotEq}) == holds)
    if operator in {ast.In, ast.NotIn}:
        return _membership(left, right, (operator is ast.In) == holds)
    if isinstance(left, ast.Constant) and not isinstance(right, ast.Constant):
        left, right, operator = right, left, _TURNED.get(operator, operator)
    names = _name(left), _name(right)
    if _is_empty(right) and names[0] and operator in {ast.Eq, ast.NotEq}:
        return f"{names[0]}_is_{'empty' if (operator is ast.Eq) == holds else 'not_empty'}"
    if operator not in _WORDS or not all(names):
        return ""
    if names[0] == names[1]:  # of two things
        same = (operator in {ast.Eq, ast.Is}) == holds
        return (f"same_{names[0]}" if same else f"{names[0]}_differs") if operator in SAMENESS else ""
    word = _WORDS[operator][0 if holds else 1]
    if word == "is_not" and names[1].startswith("not_"):
        word = "is_other_than"
    return f"{names[0]}_{word}_{names[1]}"


def _is_empty(node: ast.expr) -> bool:
    """Tell whether a thing is compared with an empty text or collection."""
    if isinstance(node, ast.Constant):
        return node.value in ("", b"")
    return ast.unparse(node) in {"[]", "()", "{}"}


def _membership(left: ast.expr, right: ast.expr, holds: bool) -> str:
    if isinstance(right, (ast.Set, ast.Tuple, ast.List)):
        items = [_name(element) for element in right.elts]
        name = _name(left)
        return f"{name}_is_{'_or_'.join(items)}" if holds and name and items and all(items) else ""
    names = _name(left), _name(right)
    if not all(
        len(name) > 1 or isinstance(node, ast.Constant) for name, node in zip(names, (left, right), strict=True)
    ):
        return ""
    if isinstance(left, ast.Constant):
        return f"{'with' if holds else 'without'}_{names[0]}_in_{names[1]}"
    return f"{names[0]}_{'in' if holds else 'not_in'}_{names[1]}"


def _question(call: ast.Call, holds: bool) -> str:
    function, arguments = call.func, [_name(a) for a in call.args]
    if isinstance(function, ast.Attribute):
        return _method_question(call, function, arguments, holds)
    if isinstance(function, ast.Name) and function.id == "isinstance" and len(call.args) == _PAIR and arguments[0]:
        kinds = call.args[1].elts if isinstance(call.args[1], ast.Tuple) else [call.args[1]]
        names = [_name(kind) for kind in kinds]
        return f"{arguments[0]}_{'is' if holds else 'is_not'}_{slug('_or_'.join(names))}" if all(names) else ""
    if not isinstance(function, ast.Name) or not all(arguments) or call.keywords:
        return ""
    if function.id == "len" and arguments:
        return _given(arguments[0], holds)
    if function.id == "hasattr" and len(arguments) == _PAIR:
        return f"{arguments[0]}_has_{'' if holds else 'no_'}{arguments[1]}"
    words = _adjective(function.id.strip("_"), holds)
    return slug("_".join([*arguments[:1], words])) if words else ""


def _method_question(call: ast.Call, function: ast.Attribute, arguments: list[str], holds: bool) -> str:
    subject, name = _name(function.value), function.attr.strip("_")
    if name in _VERBS and len(arguments) >= 1:
        if name in {"match", "fullmatch", "search"}:  # the text is the last argument, of re.match or of a pattern
            return f"{arguments[-1]}_{'matches' if holds else 'does_not_match'}" if arguments[-1] else ""
        verb, _, preposition = _VERBS[name].partition("_")
        words = f"{verb}s_{preposition}" if holds else f"does_not_{verb}_{preposition}"
        return f"{subject}_{words}_{arguments[0]}" if subject and arguments[0] else ""
    if name in _ADJECTIVES:
        return f"{subject}_is_{'' if holds else 'not_'}{_ADJECTIVES[name]}" if subject else ""
    if name in _CLEANING and not arguments:
        return f"{subject}_is_{'not_' if holds else ''}blank" if subject else ""
    if name == "get" and arguments and isinstance(call.args[0], ast.Constant):
        return _given(arguments[0], holds)
    words = _adjective(name, holds)
    if not words or not all(arguments):
        return ""
    return slug("_".join(word for word in (subject if subject != "self" else "", words, *arguments) if word))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return slug(node.id)
    if isinstance(node, ast.Attribute):
        return slug(node.attr)
    if isinstance(node, ast.Constant):
        return value_slug(repr(node.value))
    if isinstance(node, ast.Call):
        return _called(node)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = _name(node.operand)
        return inner and f"minus_{inner}"
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return _item(node, node.slice.value)
    return ""


def _called(node: ast.Call) -> str:
    """Return words for a call that gives the same thing, or a well-known view of it."""
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr in SAME and not node.args:
        return _name(function.value)
    if isinstance(function, ast.Name) and len(node.args) == 1:
        inner = _name(node.args[0])
        if function.id == "len":
            return inner and f"{inner}_length"
        if function.id in {"min", "max", "sum", "abs", "type"}:
            return inner and f"{function.id}_{inner}"
        return inner if function.id in {"int", "str", "float", "bool"} else ""
    return ""


def _item(node: ast.Subscript, key: object) -> str:
    whole = _name(node.value)
    if isinstance(key, str):
        return slug(key)
    return f"first_of_{whole}" if whole and key == 0 else ""

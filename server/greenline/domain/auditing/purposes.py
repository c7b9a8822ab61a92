"""What a test says that it is there for: by its name, its docstring, its comments, its marks and its file."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from greenline.domain.code.dotted_names import last_name

if TYPE_CHECKING:
    from greenline.domain.auditing.modules import Module
    from greenline.domain.auditing.read_tests import TestFunction

CHECKING_NAME = re.compile(
    r"(?i)assert|raises|warns|deprecated_call|^fail|check|verif|expect|should|ensure|must|valid|compar|match|equal"
    r"|snapshot|approv|^(?:ok|eq|ne|is)_|raise_|^wait|^testmod|run_docstring|^skip(?:Test)?$|^xfail$|^exit$|^golden|^require"
)
"""Of functions and methods that check, where nobody can look into them."""
_WITHOUT_ERROR = (
    r"(?i)(?:n[o']t|never|without|no|avoids?|prevents?)[\W_]{1,3}(?:[^\W_]{1,20}[\W_]{1,3}){0,3}?"
    r"(?:rais|error|except|crash|fail|warn|hang|deadlock|recurs|blow|leak|complain|break|throw|problem|block|loop|trace"
    r"|overflow)"
)
_NOT_RAISING = re.compile(
    rf"{_WITHOUT_ERROR}|(?:would|will|used[_ ]to|previously|formerly)[\W_]{1, 3}(?:[^\W_]{1, 20}[\W_]{1, 3}){0, 2}?"
    r"(?:rais|error|fail|crash|throw|break)"
    r"|n[o']t_(?:valid|requir|need|check)|ignor|toler|lenient|regression|(?:^|[_\W])(?:bug|issue|gh|bpo)[_\W]?\d|#\d{2}"
    r"|(?:^|[\W_])(?:accept(?:s|ed)|allow(?:s|ed)|support(?:s|ed)?)(?:[\W_]|$)|(?:^|_)can_|smoke|sanity|no_?op\b|does_nothing|(?:^|_)import(?:s|able|ing)?(?:_|$)|bench|perf(?:ormance)?(?:_|$)"
    r"|(?:^|_)(?:valid|accepts?|accepted|allows?|allowed|works?|runs?|okay|ok|succeeds?|passes)(?:_|$)"
    r"|should[\W_](?:succeed|work|pass|be[\W_](?:possible|accepted|allowed))"
)
"""What a test says whose point is that nothing raises."""
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "warns"})
_OF_TYPES = frozenset({"isinstance", "issubclass", "hasattr", "callable"})
_PROPERTY = re.compile(r"(?:^|\.)(?:given|fuzz|example|rule|settings)$")


def is_about_equality(test: TestFunction) -> bool:
    """Tell whether comparing something with itself may be its point."""
    return bool(re.search(r"(?i)eq|hash|compar|ident|same|reflex|order|sort|nan|singleton|cache", test.name))


def says_it_must_not_raise(test: TestFunction) -> bool:
    """Read its name, its docstring and its marks: some tests are there to show that nothing raises."""
    marks = [ast.unparse(each).split("(")[0] for each in test.node.decorator_list]
    if any(_PROPERTY.search(mark) or mark.endswith("xfail") or CHECKING_NAME.search(mark) for mark in marks):
        return True
    docstring = ast.get_docstring(test.node) or ""
    if any(_NOT_RAISING.search(each) for each in [test.name, docstring, *test.module.comments(test.node)]):
        return True
    return any(re.search(_WITHOUT_ERROR, name) for name in _own_methods_called(test)) or _is_counterpart(test)


def is_about_types(test: TestFunction) -> bool:
    """Tell whether it asserts what something is, or has: what functions do is not its point."""
    asked = [each.test for each in ast.walk(test.node) if isinstance(each, (ast.Assert, ast.If))]
    return any(
        last_name(each.func) in _OF_TYPES for one in asked for each in ast.walk(one) if isinstance(each, ast.Call)
    )


def _own_methods_called(test: TestFunction) -> list[str]:
    """Return the names of ``self.looks_without_error(...)``."""
    called = [each.func for each in ast.walk(test.node) if isinstance(each, ast.Call)]
    return [each.attr for each in called if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "self"]


def _is_counterpart(test: TestFunction) -> bool:
    """Tell whether it ends with a call that another test of the file expects an error of: here there is none."""
    last = test.node.body[-1]
    while isinstance(last, (ast.For, ast.With)):
        last = last.body[-1]
    value = last.value if isinstance(last, (ast.Expr, ast.Assign)) else None
    return isinstance(value, ast.Call) and last_name(value.func) in _refusing(test.module)


@lru_cache(maxsize=8)
def _refusing(module: Module) -> frozenset[str]:
    """Return the names of what the tests of a file call where they expect an error."""
    blocks = [each for each in ast.walk(module.tree) if isinstance(each, ast.With)]
    expecting = [each for each in blocks if any(last_name(item.context_expr) in _EXPECTING for item in each.items)]
    inside = (node for block in expecting for statement in block.body for node in ast.walk(statement))
    return frozenset(last_name(node.func) for node in inside if isinstance(node, ast.Call)) - {""}

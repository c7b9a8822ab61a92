from __future__ import annotations

import ast
import re
import textwrap
import types
from collections.abc import Iterator

import pytest

from greenline_probe.explore.definitions import find_def, is_private, public_callers
from greenline_probe.explore.facts import Facts, enrich, read_facts


def facts_of(text: str, qualname: str = "f") -> Facts:
    module = ast.parse(textwrap.dedent(text))
    node = find_def(module, qualname)
    assert node is not None
    return read_facts(node, module, qualname.rpartition(".")[2])


def test_constants_are_those_of_the_function_and_of_what_it_calls_nearest_first() -> None:
    facts = facts_of(
        """
        def other(x):
            "Not this one."
            return x == 99

        def unrelated():
            return 12345

        def f(a):
            "Nor this."
            return other(a) or a > 7 or a == "word" or True or None
        """
    )

    assert facts.constants == [7, "word", 99]
    assert facts.calls == {"other"}


def test_a_long_text_is_no_seed() -> None:
    assert facts_of(f"def f(a):\n    return a == {'x' * 61!r} or a == 'short'\n").constants == ["short"]


def test_what_is_made_from_a_parameter_counts_as_the_parameter() -> None:
    facts = facts_of(
        """
        def f(text, limit=3):
            words = text.split(",")
            for word in words:
                if word in {"a", "b"} or word.startswith("pre"):
                    return limit >= 10
            n = len(words)
            return n == 4
        """
    )

    assert set(facts.compared["text"]) == {"a", "b", "pre", ",", 4}
    assert facts.compared["limit"] == [10]
    assert {"split", "iterates", "len"} <= facts.uses["text"]


@pytest.mark.parametrize(
    ("body", "use"),
    [
        ("for i in p: pass", "iterates"),
        ("[i for i in p]", "iterates"),
        ("p['key']", "indexes by name"),
        ("p[0]", "indexes"),
        ("p()", "calls"),
        ("p + 1", "calculates"),
        ("p.lower()", "lower"),
        ("len(p)", "len"),
        ("open(p)", "open"),
    ],
)
def test_what_the_code_does_with_a_parameter(body: str, use: str) -> None:
    assert use in facts_of(f"def f(p):\n    {body}\n").uses["p"]


def test_what_an_async_function_does_with_its_parameters() -> None:
    facts = facts_of("async def f(p, q):\n    async for i in p:\n        await q\n    [j async for j in p]\n")

    assert facts.uses == {"p": {"async iterates"}, "q": {"awaits"}}


def test_the_types_asked_for() -> None:
    facts = facts_of("def f(a, b):\n    return isinstance(a, (int, list)) and isinstance(b, str)\n")

    assert facts.instances == {"a": ["int", "list"], "b": ["str"]}


def test_patterns_in_the_body() -> None:
    facts = facts_of("import re\ndef f(a):\n    return re.match('x+', a) or re.sub(r'\\d', '', a)\n")

    assert facts.patterns == ["x+", r"\d"]


def test_at_run_time_names_give_what_they_hold() -> None:
    text = "import re\nP = re.compile('a+')\nTABLE = {'one': 1}\ndef f(x):\n    return P.match(x) or TABLE[x]\n"
    tree = ast.parse(text)
    node = find_def(tree, "f")
    assert node is not None
    module = types.ModuleType("m")
    exec(text, vars(module))
    facts = read_facts(node, tree, "f")
    enrich(facts, node, tree, module)

    assert facts.patterns == [re.compile("a+")]
    assert {"one", 1} <= set(facts.constants)
    assert not facts.checks_types


def test_examples_come_from_prompts_and_prose() -> None:
    facts = facts_of(
        '''
        def f(a, b=1):
            """Do it.

            For example f("x", b=2) gives 3; `f( (1, 2) )` too, but not graph(1) nor f( unfinished.

            >>> f("a")
            1
            >>> x = f("b") + 1
            >>> other()
            """
        '''
    )

    assert facts.examples == ["f('a')", "f('b')", "f('x', b=2)", "f((1, 2))"]


def test_a_broken_doctest_does_not_hide_the_prose() -> None:
    assert facts_of('def f(a):\n    """Like f(1).\n\n    >>> x\n  y\n    """\n').examples == ["f(1)"]


@pytest.mark.parametrize(
    "doc",
    [
        "Do.\n\nRaises:\n    ValueError: if it is bad.\n    LookupError: else.\n",
        "Do.\n\nRaises\n------\nValueError\n    If it is bad.\nLookupError\n    Else.\nSee Also\n--------\nOther : x\n",
        "Do.\n\n:raises ValueError: if it is bad\n:raise LookupError: else\n",
        "Do. Raises ValueError when bad. Raises a LookupError else.",
        "Do. Raises :exc:`ValueError` when bad, and raises `LookupError`.",
    ],
    ids=["Google", "NumPy", "Sphinx", "prose", "roles"],
)
def test_documented_exceptions(doc: str) -> None:
    indented = textwrap.indent(doc, "    ")
    facts = facts_of(f'def f(a):\n    """{indented.strip()}\n    """\n')

    assert facts.documented_raises == {"ValueError", "LookupError"}


def test_nothing_is_documented_where_nothing_is_said() -> None:
    assert facts_of('def f(a):\n    """Never fails; see TypeError in the manual."""\n').documented_raises == set()


@pytest.mark.parametrize(
    "read",
    [
        "os.environ.get('HOME_DIR', '')", "os.environ['HOME_DIR']", "os.getenv('HOME_DIR')", "'HOME_DIR' in os.environ",
    ],
)  # fmt: skip
def test_the_environment_that_is_read(read: str) -> None:
    assert facts_of(f"import os\ndef f():\n    return {read}\n").environment == ["HOME_DIR"]


@pytest.mark.parametrize(
    ("body", "reads"), [("os.getcwd()", True), ("Path.cwd()", True), ("os.path.abspath(p)", True), ("p", False)]
)
def test_whether_the_current_folder_matters(body: str, *, reads: bool) -> None:
    assert facts_of(f"def f(p):\n    return {body}\n").reads_folder is reads


CALLING = """
def _deep(x): return x
def _middle(x): return _deep(x)
def near(x): return _middle(x)
def far(x): return near(x)
def unrelated(x): return x
class _Hidden:
    def __init__(self, x): self.x = x
class Open:
    def use(self): return _Hidden(1)
    def _private(self): return _middle(2)
def _loop(): return _loop()
"""


@pytest.mark.parametrize(
    ("qualname", "callers"),
    [
        ("_middle", ["near"]),
        ("_deep", ["near"]),
        ("_Hidden.__init__", ["Open.use"]),
        ("_loop", []),
        ("far", []),
    ],
)
def test_public_callers(qualname: str, callers: list[str]) -> None:
    assert public_callers(ast.parse(CALLING), qualname) == callers


@pytest.mark.parametrize(
    ("name", "private"),
    [("f", False), ("_f", True), ("A.__init__", False), ("A.__mangled", True), ("_A.f", True), ("A._b.c", True)],
)
def test_private_by_convention(name: str, *, private: bool) -> None:
    assert is_private(name) is private


def test_a_definition_is_found_behind_conditions_and_the_last_one_counts() -> None:
    module = ast.parse(
        "if x:\n    def f(): return 1\nelse:\n    def f(): return 2\n"
        "try:\n    class A:\n        def m(self): return 1\nexcept E:\n    class B:\n        def m(self): return 2\n"
    )
    found = find_def(module, "f")

    assert found is not None
    assert found.lineno == 4
    assert find_def(module, "A.m") is not None
    assert find_def(module, "B.m") is not None
    assert find_def(module, "A") is None
    assert find_def(module, "A.none") is None


def test_a_module_is_gone_through_a_few_times_however_many_of_its_functions_are_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "LIMIT = 7\n" + "".join(f"def f{n}(a):\n    return f{n + 1}(a) + LIMIT\n\n\n" for n in range(40))
    tree, walked = ast.parse(text), []
    real = ast.walk

    def walk(node: ast.AST) -> Iterator[ast.AST]:
        walked.extend([node] if node is tree else [])
        return real(node)

    monkeypatch.setattr(ast, "walk", walk)
    module = types.ModuleType("many")
    for node in tree.body[1:]:
        assert isinstance(node, ast.FunctionDef)
        facts = read_facts(node, tree, node.name)
        enrich(facts, node, tree, module)
        assert 7 in facts.constants
    assert len(walked) < 8

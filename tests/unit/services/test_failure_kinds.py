"""Whose fault a failure is: what changed since the test passed counts before what seems to be missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from greenline.domain.adding_packages import adding_to
from greenline.domain.failure_evidence import Evidence, Since, Step
from greenline.domain.failure_kinds import judge
from greenline.domain.failure_surroundings import of_the_run

TEST, CODE, OTHER = Path("/p/tests/test_a.py"), Path("/p/loader.py"), Path("/p/other.py")
IN_TEST = Step(TEST, 3, "test_a", "test", "assert load()")
IN_CODE = Step(CODE, 5, "load", "source", "return load_it()")
IN_PYTHON = Step(Path("/usr/lib/python3/os.py"), 1, "__getitem__", "elsewhere")

MISSING = {
    "module": ("ModuleNotFoundError", "ModuleNotFoundError: No module named 'reqeusts'"),
    "name": ("ImportError", "ImportError: cannot import name 'laods' from 'json' (json.py)"),
    "file": ("FileNotFoundError", "FileNotFoundError: [Errno 2] No such file or directory: 'confg.json'"),
    "variable": ("KeyError", "KeyError: 'HOEM'"),
    "service": ("ValueError", "ValueError: connection refused by policy"),
}


def evidence(what: str, *own: Step, since: Since, changed: tuple[Path, ...], set_up: bool = False) -> Evidence:
    error, said = MISSING[what]
    steps = (*own, IN_PYTHON) if what == "variable" else own
    return Evidence("tests/test_a.py::test_a", error, said, said, steps, since=since, changed=changed, set_up=set_up)


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize(("since", "changed"), [("source", (CODE,)), ("both", (CODE, TEST))])
def test_what_is_missing_in_code_that_changed_is_the_codes(what: str, since: Since, changed: tuple[Path, ...]) -> None:
    failure = judge(evidence(what, IN_TEST, IN_CODE, since=since, changed=changed))

    assert failure.kind == "code"
    assert failure.message == (
        f"{MISSING[what][1]}\nRaised in `load` (loader.py:5).\n"
        f"It passed before {', '.join(path.name for path in changed)} changed."
    )
    assert failure.next_step.startswith("Look at what changed in loader.py: a name may be mistyped")


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize(("since", "changed"), [("test", (TEST,)), ("both", (CODE, TEST))])
@pytest.mark.parametrize("set_up", [False, True])
def test_what_is_missing_in_a_test_that_changed_is_the_tests(
    what: str, since: Since, changed: tuple[Path, ...], set_up: bool
) -> None:
    failure = judge(evidence(what, IN_TEST, since=since, changed=changed, set_up=set_up))

    assert failure.kind == "test"
    assert failure.message.startswith(f"{MISSING[what][1]}\nIt passed before ")
    assert failure.next_step.startswith("Look at what changed in test_a.py: a name may be mistyped")


@pytest.mark.parametrize("what", MISSING)
@pytest.mark.parametrize(
    ("since", "changed"), [("source", (OTHER,)), ("test", (TEST,)), ("neither", ()), ("unknown", ())]
)
def test_what_is_missing_where_nothing_changed_is_of_the_surroundings(
    what: str, since: Since, changed: tuple[Path, ...]
) -> None:
    assert judge(evidence(what, IN_TEST, IN_CODE, since=since, changed=changed)).kind == "environment"


def test_a_typo_is_looked_for_before_anything_is_installed() -> None:
    failure = judge(evidence("module", IN_TEST, IN_CODE, since="unknown", changed=()))

    assert failure.message == "`reqeusts` is not installed in the project's Python, which loader.py imports."
    assert failure.next_step == (
        "Check that `reqeusts` is not mistyped; if it is meant, install the package that provides it, say with pip."
    )


def test_what_the_guard_refused_stays_what_it_is() -> None:
    said = "GuardRefusal: The test may not write /x"
    refused = Evidence(
        "tests/test_a.py::test_a", "g.GuardRefusal", said, said, (IN_TEST,), since="test", changed=(TEST,)
    )
    assert judge(refused).kind == "environment"


@pytest.mark.parametrize(
    ("files", "installing", "tool", "command"),
    [
        ((), "/p/.venv/bin/python -m pip install", "pip", "/p/.venv/bin/python -m pip install pytest-mock"),
        ((), "uv pip install --python /p/.venv", "uv", "uv pip install --python /p/.venv pytest-mock"),
        (("uv.lock",), "/p/python -m pip install", "uv", "uv add --dev pytest-mock"),
        (("poetry.lock",), "/p/python -m pip install", "Poetry", "poetry add --group dev pytest-mock"),
        (("pdm.lock",), "", "PDM", "pdm add --dev pytest-mock"),
        (("Pipfile",), "", "Pipenv", "pipenv install --dev pytest-mock"),
        ((), "/odd {place}/python -m pip install", "pip", "/odd {place}/python -m pip install pytest-mock"),
        ((), "", "pip", "python -m pip install pytest-mock"),
    ],
)
def test_what_is_missing_is_added_by_the_projects_own_tool(
    files: tuple[str, ...], installing: str, tool: str, command: str
) -> None:
    adding = adding_to(files, installing)
    said = "fixture 'mocker' not found"
    lacking = Evidence("t.py::test_a", "x.FixtureLookupError", said, said, (IN_TEST,), adding=adding)
    assert judge(lacking).next_step == f"Install it: {command}"
    module = replace(evidence("module", IN_TEST, IN_CODE, since="unknown", changed=()), adding=adding)
    assert judge(module).next_step.endswith(f", say with {tool}.")
    (_, _, step) = of_the_run("ERROR: Missing required plugins: pytest-mock", adding) or ("", "", "")
    assert step == f"Install it: {command}"


@pytest.mark.parametrize(
    ("missing", "step"),
    [
        ("pytest-nope>=2.0, pytest-mock", "Install it: python -m pip install 'pytest-nope>=2.0' pytest-mock"),
        ("pytest-nope>=2.0,<3", "Install it: python -m pip install 'pytest-nope>=2.0,<3'"),
        ("pytest-x[all]; echo $(a)", "Install it: python -m pip install 'pytest-x[all]; echo $(a)'"),
        ("--index-url=http://x", "Correct `required_plugins` in pytest's configuration."),
    ],
)
def test_a_shell_takes_the_advised_command_as_it_is_meant(missing: str, step: str) -> None:
    found = of_the_run(f"ERROR: Missing required plugins: {missing}", typed=["-x"])
    assert found == ("environment", f"The project requires {missing}.", step)


def test_options_that_the_person_typed_are_not_the_configurations() -> None:
    assert of_the_run("pytest: error: unrecognized arguments: --no-such", typed=["-x", "--no-such"]) is None
    (_, message, _) = of_the_run("unrecognized arguments: --cov --no-such", typed=["--no-such"]) or ("", "", "")
    assert message == "pytest does not know --cov, which the project's configuration asks for."


@pytest.mark.parametrize(
    ("in_editor", "where"), [(True, "for the editor's process"), (False, "in the terminal, before Greenline starts")]
)
def test_a_variable_is_set_where_the_person_is(in_editor: bool, where: str) -> None:
    missing = replace(evidence("variable", IN_TEST, IN_CODE, since="unknown", changed=()), in_editor=in_editor)
    assert judge(missing).next_step.startswith(f"Set it {where}, or in the test: monkeypatch.setenv('HOEM', ...)")


def test_what_a_test_replaces_may_have_gone_with_a_change_of_the_code() -> None:
    said = "AttributeError: <module 'shop' from '/p/shop.py'> has no attribute 'totl'"
    gone = Evidence("t.py::test_a", "AttributeError", said, said, (IN_TEST,), since="source", changed=(CODE,))
    failure = judge(gone)
    assert failure.kind == "test"
    assert failure.message == (
        "The test replaces `totl`, which `shop` does not have. loader.py changed since the test last passed."
    )
    raised_by_code = replace(gone, steps=(IN_TEST, IN_CODE))
    assert judge(raised_by_code).kind == "code"


def test_a_file_that_was_there_when_the_test_passed_is_of_the_surroundings() -> None:
    seen = evidence("file", IN_TEST, since="neither", changed=())
    assert judge(seen).kind == "environment"
    assert judge(replace(seen, since="unknown")).kind == "test"


@pytest.mark.parametrize(
    "said",
    [
        "module 'shop' has no attribute 'totl'",
        "'Cart' object has no attribute 'totl'",
        "'datetime.datetime' object has no attribute 'totl'",
    ],
)
def test_what_python_says_itself_is_not_about_replacing(said: str) -> None:
    step = replace(IN_TEST, text="monkeypatch.setattr(shop, 'x', shop.totl)")
    seen = Evidence("t.py::test_a", "AttributeError", f"AttributeError: {said}", said, (step,))
    assert judge(seen).message == f"The test uses what is not there: {said}."


def raised_at(text: str, error: str, said: str) -> Evidence:
    return Evidence("t.py::test_a", error, f"{error}: {said}", said, (replace(IN_TEST, text=text),))


NO_ATTRIBUTE = ("AttributeError", "3 has no attribute 'totl'")
NO_MODULE = ("ModuleNotFoundError", "No module named 'shop'")


@pytest.mark.parametrize(
    "call",
    ["patch_date({0})", "stub_match({0})", "object_for({0})", "client.patch({0})", "s.respatch({0})", "spy({0})"],
)
def test_what_is_only_named_like_replacing_replaces_nothing(call: str) -> None:
    for error, said in (NO_ATTRIBUTE, NO_MODULE):
        failure = judge(raised_at("assert " + call.format("'shop.totl'"), error, said))
        assert "replaces" not in failure.message


@pytest.mark.parametrize(
    "call",
    [
        "monkeypatch.setattr({0}, 1)", "with patch({0}):", "@mock.patch.object({0}, 1)",
        "with unittest.mock.patch({0}):",
        "mocker.patch({0})", "class_mocker.patch.multiple({0})", "m = patch.dict({0})",
    ],
)  # fmt: skip
def test_what_replaces_something_is_known(call: str) -> None:
    for error, said in (NO_ATTRIBUTE, NO_MODULE):
        failure = judge(raised_at(call.format('"shop.totl"'), error, said))
        assert (failure.kind, failure.message.partition(" `")[0]) == ("test", "The test replaces")

"""New tests among those of the same target: in its class, in the words of the suite, or at the end."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from greenline.domain.generation.collected_names import Collected
from greenline.domain.generation.merge import merge_tests
from greenline.domain.generation.model import Candidate
from greenline.domain.generation.source_text import apply_insertions

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.generation.merge import Merged

TABLE = Candidate(
    "test_size",
    dedent("""\
        @pytest.mark.parametrize(
            ("text", "expected"),
            [
                pytest.param("", 0, id="empty"),
                pytest.param("ab", 2, id="ab"),
            ],
        )
        def test_size(text, expected):
            assert len(text) == expected
        """),
    ("import pytest",),
)
ERROR = Candidate(
    "test_parse_rejects_text",
    dedent("""\
        def test_parse_rejects_text():
            with pytest.raises(ValueError, match="^" + re.escape("invalid literal for int()")) as caught:
                int("x")

            assert caught.value.args
        """),
    ("import pytest", "import re"),
)
FIXTURE = Candidate("test_parse_in", "def test_parse_in(tmp_path):\n    assert not list(tmp_path.iterdir())\n")
PLAIN = Candidate("test_parse", "def test_parse():\n    assert int('3') == 3\n    assert int('0') is not None\n")

PYTEST_CLASSES = dedent("""\
    import pytest


    class TestParse:
        base = 10

        def test_first(self):
            assert int("1") == 1
            # the end of the first


    class TestOther:
        def test_it(self):
            assert True


    if __name__ == "__main__":
        pytest.main()
    """)
UNITTEST = dedent("""\
    from unittest import TestCase, main


    class ParseTests(TestCase):
        def test_first(self):
            self.assertEqual(int("1"), 1)


    class OtherTests(TestCase):
        def test_it(self):
            self.assertTrue(True)


    if __name__ == "__main__":
        main()
    """)


def merged(base: str, *candidates: Candidate, target: str = "parse") -> Merged:
    result = merge_tests(base, candidates, target=target)
    assert not result.problem
    assert apply_insertions(base, result.insertions) == result.new_text
    return result


def passes(folder: Path, text: str) -> str:
    (folder / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={folder}", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_method_joins_the_class_of_the_target(tmp_path: Path) -> None:
    result = merged(PYTEST_CLASSES, PLAIN, TABLE, FIXTURE)

    assert result.names == ("TestParse::test_parse", "TestParse::test_size", "TestParse::test_parse_in")
    assert (
        dedent("""\
                # the end of the first

            def test_parse(self):
                assert int('3') == 3
                assert int('0') is not None

            @pytest.mark.parametrize(
                ("text", "expected"),
                [
                    pytest.param("", 0, id="empty"),
                    pytest.param("ab", 2, id="ab"),
                ],
            )
            def test_size(self, text, expected):
                assert len(text) == expected

            def test_parse_in(self, tmp_path):
                assert not list(tmp_path.iterdir())


        class TestOther:
        """)
        in result.new_text
    )
    assert "6 passed" in passes(tmp_path, result.new_text)


def test_a_test_case_is_added_to_in_its_own_words(tmp_path: Path) -> None:
    result = merged(UNITTEST, PLAIN, TABLE, ERROR)

    assert "pytest" not in result.new_text
    assert (
        dedent("""\
            def test_parse(self):
                self.assertEqual(int('3'), 3)
                self.assertIsNotNone(int('0'))

            def test_size(self):
                for text, expected in [
                    ("", 0),
                    ("ab", 2),
                ]:
                    with self.subTest(text=text):
                        self.assertEqual(len(text), expected)

            def test_parse_rejects_text(self):
                with self.assertRaisesRegex(
                    ValueError, "^" + re.escape("invalid literal for int()")
                ) as caught:
                    int("x")

                self.assertTrue(caught.exception.args)


        class OtherTests(TestCase):
        """)
        in result.new_text
    )
    assert result.new_text.startswith("import re\nfrom unittest import")
    assert "5 passed" in passes(tmp_path, result.new_text)


def test_what_needs_a_fixture_follows_the_test_case(tmp_path: Path) -> None:
    result = merged(UNITTEST, FIXTURE, PLAIN)

    assert result.names == ("test_parse_in", "ParseTests::test_parse")
    text = result.new_text
    assert text.index("def test_parse(self)") < text.index("\ndef test_parse_in(tmp_path)") < text.index("OtherTests")
    assert "4 passed" in passes(tmp_path, text)


def test_a_target_without_tests_gets_a_class_of_its_own_at_the_end(tmp_path: Path) -> None:
    for base, name, head in [
        (PYTEST_CLASSES, "TestWeigh", "class TestWeigh:"),
        (UNITTEST, "WeighTests", "class WeighTests(TestCase):"),
    ]:
        result = merged(base, PLAIN, TABLE, target="weigh")
        assert result.names == (f"{name}::test_parse", f"{name}::test_size")
        assert f"\n\n\n{head}\n    def test_parse(self):" in result.new_text
        assert result.new_text.index(head) > result.new_text.index("def test_it")
        assert result.new_text.index(head) < result.new_text.index("if __name__")
        assert len([i for i in result.insertions if "def " in i.text]) == 1
        passes(tmp_path, result.new_text)


def test_the_only_class_of_a_file_takes_tests_of_anything() -> None:
    base = "class TestShop:\n    def test_a(self):\n        assert price()\n"
    assert merged(base, PLAIN, target="weigh").names == ("TestShop::test_parse",)
    about_one = (
        "from shop import price, weigh\n\n\nclass TestErrors:\n    def test_a(self):\n        assert price(1)\n\n"
    )
    about_one += "    def test_b(self):\n        assert price(2)\n"
    assert merged(about_one, PLAIN, target="weigh").names == ("TestWeigh::test_parse",)
    about_two = about_one.replace("price(2)", "weigh(2)")
    assert merged(about_two, PLAIN, target="pack").names == ("TestErrors::test_parse",)
    taken = "class TestPrice:\n    def test_a(self):\n        assert price()\n"
    assert merged(taken, PLAIN, target="weigh").names == ("TestWeigh::test_parse",)


@pytest.mark.parametrize(
    "head",
    [
        "@pytest.mark.parametrize('x', [1])\nclass TestParse:",
        "@pytest.mark.skip\nclass TestParse:",
        "@unittest.skipIf(True, '')\nclass TestParse(TestCase):",
        "@patch('shop.log')\nclass TestParse:",
        "@pytest.mark.slow\nclass TestParse:",
    ],
)
def test_a_class_that_would_do_something_to_a_new_test_gets_none(head: str) -> None:
    base = f"{head}\n    def test_first(self):\n        assert parse(1)\n\n\nclass TestOther:\n    pass\n"
    result = merged(base, PLAIN)
    assert result.names == ("test_parse",)
    assert result.new_text.index("\ndef test_parse():") < result.new_text.index("TestOther")


def test_names_that_a_class_would_change_stay_outside() -> None:
    private = Candidate("test_parse", "def test_parse():\n    assert reader.__secret == 1\n")
    assert merged(PYTEST_CLASSES, private).names == ("test_parse",)


def test_a_class_with_heirs_gets_no_test_that_they_would_run_too() -> None:
    base = "class TestParse:\n    def test_a(self):\n        assert parse(1)\n\n\n"
    base += "class TestParseFast(TestParse):\n    def test_b(self):\n        assert parse(2)\n"
    result = merged(base, PLAIN)
    assert result.names == ("test_parse",)
    assert result.new_text.index("\ndef test_parse():") < result.new_text.index("class TestParseFast")


@pytest.mark.parametrize("mark", ["pytest.mark.django_db", "pytest.mark.usefixtures('world')", "pytest.mark.asyncio"])
def test_a_mark_that_leaves_tests_as_they_are_is_welcome(mark: str) -> None:
    base = f"@{mark}\nclass TestParse:\n    def test_first(self):\n        assert parse(1)\n"
    assert merged(base, PLAIN).names == ("TestParse::test_parse",)


def test_a_name_that_the_class_has_gets_a_number() -> None:
    new = Candidate("test_first", "def test_first():\n    assert int('2') == 2\n")
    result = merged(PYTEST_CLASSES, new, PLAIN)
    assert result.names == ("TestParse::test_first_2", "TestParse::test_parse")


def test_the_same_method_is_not_added_twice() -> None:
    for base in (PYTEST_CLASSES, UNITTEST):
        once = merged(base, PLAIN, TABLE, ERROR).new_text
        assert merged(once, PLAIN, TABLE, ERROR).new_text == once


def test_a_coroutine_is_no_method_of_a_test_case() -> None:
    new = Candidate("test_parse", "async def test_parse():\n    assert await parse(1)\n")
    assert merged(UNITTEST, new).names == ("test_parse",)
    assert "async def test_parse(self):" in merged(PYTEST_CLASSES, new).new_text


def test_tests_that_only_use_the_target_are_not_its_tests() -> None:
    base = dedent("""\
        def test_weigh_twice():
            assert weigh(parse("1")) == 1


        def test_price():
            assert price() == 2
        """)
    assert merged(base, PLAIN).new_text.startswith(base)
    several = merge_tests(
        base, [PLAIN, Candidate("test_p", "def test_p():\n    assert 2\n")], targets=["parse", "weigh"]
    )
    names = [line for line in several.new_text.splitlines() if line.startswith("def ")]
    assert names == ["def test_weigh_twice():", "def test_p():", "def test_price():", "def test_parse():"]


def test_indentation_is_that_of_the_file() -> None:
    base = "class TestParse:\n\tdef test_a(self):\n\t\tassert parse(1)\n"
    text = merged(base, TABLE).new_text
    assert "\n\tdef test_size(self, text, expected):\n\t\tassert len" in text
    assert '\n\t\t\tpytest.param("", 0, id="empty"),\n' in text


def test_lines_inside_of_literals_stay() -> None:
    code = 'def test_parse():\n    """What\n    it says.\n    """\n    assert """a\nb\n    c""" == parse(1)\n'
    text = merged(PYTEST_CLASSES, Candidate("test_parse", code)).new_text
    assert '        """What\n        it says.\n        """\n        assert """a\nb\n    c""" ==' in text
    assert merged(UNITTEST, Candidate("test_parse", code)).names == ("test_parse",)


DESCRIBED = dedent("""\
    from turning import speed


    class DescribeSpeed:
        def it_is_low(self):
            assert speed("oak") == 900


    class TestNothing:
        def it_is_not_collected(self):
            assert speed("oak") == 900


    def it_is_alone():
        assert len("") == 0
    """)
NAMED = Collected(functions=("it_*",), classes=("Describe*",))


def test_classes_of_the_projects_own_names_are_joined() -> None:
    tests = [Candidate("it_speed_for_pine", 'def it_speed_for_pine():\n    assert speed("pine") == 1800\n')]
    merged = merge_tests(DESCRIBED, tests, target="speed", collected=NAMED)
    assert merged.names == ("DescribeSpeed::it_speed_for_pine",)


def test_a_class_that_pytest_does_not_collect_gets_no_test() -> None:
    text = DESCRIBED.replace("DescribeSpeed", "TestSpeed")
    tests = [Candidate("it_speed_for_pine", 'def it_speed_for_pine():\n    assert speed("pine") == 1800\n')]
    merged = merge_tests(text, tests, target="speed", collected=NAMED)
    assert merged.names == ("it_speed_for_pine",)


@pytest.mark.parametrize(
    ("name", "functions", "expected"),
    [
        ("test_adds", ("test",), "test_adds"),
        ("testAdds", ("test",), "testAdds"),
        ("it_adds", ("test",), ""),
        ("it_adds", ("it_*",), "test_adds"),
        ("check_adds", ("test", "check"), "test_adds"),
        ("adds_check", ("*_check",), "test_adds"),
    ],
)
def test_a_functions_usual_name(name: str, functions: tuple[str, ...], expected: str) -> None:
    assert Collected(functions).usual_function(name) == expected


def test_a_classs_usual_name() -> None:
    assert NAMED.usual_class("DescribeSpeed") == "TestSpeed"
    assert Collected().usual_class("TestSpeed") == "TestSpeed"
    assert Collected().usual_class("SpeedCase") == "SpeedCase"

"""Factories of factory_boy, and the fixtures that pytest-factoryboy makes of them."""

from __future__ import annotations

import os
import subprocess
import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from kinds.generated import PYTHON, SECONDS

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = """
    class Address:
        def __init__(self, city, country="DE"):
            self.city = city
            self.country = country


    class Member:
        def __init__(self, name, address, age=30):
            if not isinstance(address, Address):
                raise TypeError("address must be an Address")
            self.name = name
            self.address = address
            self.age = age

        def can_vote(self) -> bool:
            if self.age < 18:
                return False
            return self.address.country == "DE"
"""
FACTORIES = """
    import factory

    from club import Address, Member


    class AddressFactory(factory.Factory):
        class Meta:
            model = Address

        city = "Berlin"


    class MemberFactory(factory.Factory):
        class Meta:
            model = Member

        name = "ada"
        address = factory.SubFactory(AddressFactory)
"""
IMPORTING = """
    from tests.factories import MemberFactory


    def test_name():
        assert MemberFactory(name="grace").name == "grace"
"""
REGISTERED = """
    from pytest_factoryboy import register

    from tests.factories import AddressFactory, MemberFactory

    register(AddressFactory)
    register(MemberFactory)
"""


def generate(project: Path, **files: str) -> str:
    """Generate for ``Member.can_vote``; return the test file."""
    if not PYTHON.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("the environment of the examples is missing: make environments")
        pytest.skip("the environment of the examples is missing: make environments")
    (project / "tests").mkdir()
    (project / "tests" / "__init__.py").touch()
    (project / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    for name, text in {"club": SOURCE, "tests__factories": FACTORIES, **files}.items():
        (project / f"{name.replace('__', '/')}.py").write_text(dedent(text).lstrip("\n"))
    command = [sys.executable, "-m", "greenline", "generate", "--interpreter", str(PYTHON), "club.py::Member.can_vote"]
    said = subprocess.run(command, cwd=project, check=False, capture_output=True, text=True, timeout=SECONDS)
    assert "1 confirmed" in said.stdout, said.stdout + said.stderr
    return (project / "tests" / "test_club.py").read_text()


def test_a_factory_makes_what_is_tested_one_attribute_at_a_time(tmp_path: Path) -> None:
    text = generate(tmp_path, tests__test_club=IMPORTING)

    assert "MemberFactory(age=" in text
    assert " Member(" not in text
    assert "(Member(" not in text
    assert text.count("from tests.factories import") == 1


def test_a_registered_factory_is_asked_for_as_a_fixture(tmp_path: Path) -> None:
    text = generate(tmp_path, tests__conftest=REGISTERED)

    assert "(member):\n    assert member.can_vote() is True" in text
    assert "member = member_factory(" in text
    assert "import MemberFactory" not in text

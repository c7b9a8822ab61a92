"""Rows of Django's models are made as the project's tests make them: by model_bakery, or by a factory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kinds.generated import written_for

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("environment_of_kinds")

PROJECT = {
    "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["."]\nDJANGO_SETTINGS_MODULE = "settings"\n',
    "settings.py": """
        SECRET_KEY = "only for tests"
        INSTALLED_APPS = ["zoo"]
        DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
        DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
    """,
    "zoo/__init__.py": "",
    "zoo/models.py": """
        from django.db import models


        class Keeper(models.Model):
            name = models.CharField(max_length=60)
            badge = models.CharField(max_length=20, unique=True)


        class Animal(models.Model):
            name = models.CharField(max_length=60)
            keeper = models.ForeignKey(Keeper, on_delete=models.CASCADE)
            weight = models.PositiveIntegerField(default=4)
            is_asleep = models.BooleanField(default=False)

            def portions(self):
                if self.is_asleep:
                    return 0
                return 1 if self.weight < 10 else 2


        def put_to_bed(animal: Animal) -> bool:
            if animal.is_asleep:
                return False
            animal.is_asleep = True
            animal.save()
            return True
    """,
    "tests/__init__.py": "",
}
BAKED = """
    import pytest
    from model_bakery import baker


    @pytest.mark.django_db
    def test_keeper():
        assert baker.make("zoo.Keeper").badge
"""
FACTORY = """
    import factory

    from zoo.models import Animal, Keeper


    class KeeperFactory(factory.django.DjangoModelFactory):
        class Meta:
            model = Keeper

        name = "Ada"
        badge = factory.Sequence(lambda number: f"badge {number}")


    class AnimalFactory(factory.django.DjangoModelFactory):
        class Meta:
            model = Animal

        name = "Otto"
        keeper = factory.SubFactory(KeeperFactory)
"""
USING = (
    "from tests.factories import AnimalFactory\n\n\ndef test_name():\n    assert AnimalFactory.build().name == 'Otto'\n"
)


def test_a_row_is_baked_with_what_matters_and_nothing_else(tmp_path: Path) -> None:
    said, tests = written_for("zoo/models.py::put_to_bed", tmp_path, {**PROJECT, "tests/test_keepers.py": BAKED})

    assert "1 confirmed" in said, said
    written = tests.partition("def test_put_to_bed")[2]
    assert "baker.make(Animal)" in written
    assert "put_to_bed(baker.make(Animal, is_asleep=True)) is False" in written
    assert "objects.create(" not in tests
    assert tests.count("from model_bakery import baker\n") == 2


def test_a_row_that_is_not_stored_is_prepared(tmp_path: Path) -> None:
    said, tests = written_for("zoo/models.py::Animal.portions", tmp_path, {**PROJECT, "tests/test_keepers.py": BAKED})

    assert "1 confirmed" in said, said
    assert "baker.prepare(Animal, is_asleep=True)" in tests
    assert "baker.prepare(Animal, weight=10)" in tests
    assert tests.count("django_db") == 1


def test_a_factory_of_the_project_comes_first(tmp_path: Path) -> None:
    files = {**PROJECT, "tests/factories.py": FACTORY, "tests/test_animals.py": USING, "tests/test_keepers.py": BAKED}
    said, tests = written_for("zoo/models.py::put_to_bed", tmp_path, files)

    assert "1 confirmed" in said, said
    written = tests.partition("def test_put_to_bed")[2]
    assert "AnimalFactory()" in written
    assert "AnimalFactory(is_asleep=True)" in written
    assert "Animal.objects" not in tests

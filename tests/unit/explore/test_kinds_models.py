"""Classes that a library makes of annotations: their validators are tested by making an instance."""

from __future__ import annotations

from pathlib import Path

from greenline_probe.explore.template import Choice
from unit.explore.explored import explored

READINGS = """
from __future__ import annotations
import attrs

@attrs.define
class Reading:
    sensor: str = attrs.field(converter=str.strip)
    value: float = attrs.field(converter=float)
    tags: list[str] = attrs.field()

    @value.validator
    def _check(self, attribute, value):
        if value < -40:
            raise ValueError(f"no sensor tells {value}")

    @tags.default
    def _no_tags(self):
        return []

    def is_frost(self):
        return self.value <= 0

def label(reading: Reading) -> str:
    return ", ".join(reading.tags)
"""


def test_a_validator_of_attrs_is_called_by_making_an_instance(tmp_path: Path) -> None:
    with explored(tmp_path, READINGS, "Reading._check") as world:
        (template,) = world.templates
        assert (template.callee, template.receiver) == ("Reading", "")
        made = world.observer.run(Choice(template, template.first()))
        assert "result.value == 2.5" in made.details
        chosen = tuple("'-41.0'" if slot.name == "value" else slot.pool[0] for slot in template.slots)
        refused = world.observer.run(Choice(template, chosen))
        assert (refused.error, refused.message) == ("ValueError", "no sensor tells -41.0")


def test_what_attrs_converts_has_the_type_of_its_field(tmp_path: Path) -> None:
    with explored(tmp_path, READINGS, "label") as world:
        made = world.values.objects.of(vars(world.subject.module)["Reading"])
        assert "Reading(sensor='sensor', value=2.5)" in made
        assert any("tags=['one'" in source for source in made)


def test_other_methods_of_such_a_class_have_a_receiver(tmp_path: Path) -> None:
    with explored(tmp_path, READINGS, "Reading.is_frost") as world:
        assert {template.receiver for template in world.templates} == {"reading"}

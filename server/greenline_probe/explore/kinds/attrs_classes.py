"""attrs classes: validators and defaults are tested by making an instance."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING, Any

from greenline_probe.explore import template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Template
    from greenline_probe.explore.values import Values


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return the construction of the class for a method that attrs calls: a validator, a default."""
    attributes = getattr(subject.owner, "__attrs_attrs__", None)
    if attributes is None or subject.kind != "method" or subject.function not in list(_called_by(attributes)):
        return None
    name = values.names.of(subject.owner)
    hints = values.hints_of_class(subject.owner)
    slots = template.slots_of(inspect.signature(subject.owner), values, hints, "argument")
    if name is None or slots is None:
        return None
    template.put_working_first(name, slots, values)
    return [template.Template(dataclasses.replace(subject, kind="constructor"), name, slots)]


def _called_by(attributes: Any) -> Iterator[Any]:
    for attribute in attributes:
        yield from getattr(attribute.validator, "_validators", (attribute.validator,))
        yield getattr(attribute.default, "factory", None)

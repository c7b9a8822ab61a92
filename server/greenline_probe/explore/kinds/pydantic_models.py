"""pydantic models: a validator is tested by what the model makes of a field, or says of it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from typing import TYPE_CHECKING, Any

import pydantic

from greenline_probe.explore import template
from greenline_probe.explore.pools import unique

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Slot, Template
    from greenline_probe.explore.values import Values

_WORDS_OF_PYDANTIC = re.compile(r"^(Value error|Assertion failed), ")


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return the construction of the model for what pydantic calls itself: validators and serializers."""
    owner = subject.owner
    if not is_model(owner):
        return None
    decorated = owner.__pydantic_decorators__
    checked = decorated.field_validators.get(subject.name)
    if checked is not None and "*" not in checked.info.fields:
        fields = [f for f in checked.info.fields if f in owner.model_fields]
        return _constructions(subject, values, f".{fields[0]}" if len(fields) == 1 else "")
    if checked is not None or subject.name in decorated.model_validators:
        return _constructions(subject, values, "")
    if subject.name in {**decorated.field_serializers, **decorated.model_serializers}:
        return _constructions(subject, values, ".model_dump()")
    return None


def parts(value: Any) -> list[str] | None:
    """Return the fields and computed fields of a model."""
    if not is_model(type(value)):
        return None
    kind = type(value)
    return [f"{{}}.{name}" for name in (*kind.model_fields, *kind.model_computed_fields)]


def said(error: BaseException) -> str | None:
    """Return what is wrong, without the place, the input and the address that pydantic adds."""
    if not isinstance(error, pydantic.ValidationError):
        return None
    try:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    except TypeError:  # pydantic's first version adds nothing of this
        first = error.errors()[0]
    return _WORDS_OF_PYDANTIC.sub("", str(first["msg"]))


def arguments(value: Any) -> list[tuple[str, Any]] | None:
    """Return the fields that were given and are not as by default."""
    if not is_model(type(value)):
        return None
    fields = type(value).model_fields
    pairs = [(name, field, getattr(value, name)) for name, field in fields.items() if name in value.model_fields_set]
    return [(_called(name, field), v) for name, field, v in pairs if not _is_default(field, v)]


def is_model(kind: Any) -> bool:
    """Tell whether it is a class of pydantic's second version."""
    is_one = isinstance(kind, type) and issubclass(kind, pydantic.BaseModel)
    return is_one and hasattr(kind, "__pydantic_decorators__")


def _constructions(subject: Subject, values: Values, tail: str) -> list[Template] | None:
    """Return the call of the model's class; with a tail, that part of it is looked at, else the whole model."""
    name = values.names.of(subject.owner)
    hints = {_called(n, f): f.annotation for n, f in subject.owner.model_fields.items()}
    slots = template.slots_of(inspect.signature(subject.owner), values, hints, "argument")
    if name is None or slots is None:
        return None
    for slot in slots:
        _add_bounds(slot, subject.owner)
    template.put_working_first(name, slots, values)
    seen = subject if tail else dataclasses.replace(subject, kind="constructor")
    return [template.Template(seen, name, slots, tail=tail)]


def _add_bounds(slot: Slot, owner: Any) -> None:
    """Try the values on both sides of what the field allows."""
    field = next((f for n, f in owner.model_fields.items() if _called(n, f) == slot.name), None)
    for rule in field.metadata if field is not None else ():
        near: list[str] = []
        for bound in (getattr(rule, name, None) for name in ("gt", "ge", "lt", "le")):
            if isinstance(bound, int):
                near += [repr(bound), repr(bound - 1), repr(bound + 1)]
        for length in (getattr(rule, name, None) for name in ("min_length", "max_length")):
            if isinstance(length, int) and field is not None and field.annotation is str:
                near += [repr("abcdefghij"[i % 10 :][:1] * n) for i, n in enumerate((length, length + 1)) if n < 100]
        slot.pool = unique([*slot.pool[:2], *near, *slot.pool[2:]])


def _called(name: str, field: Any) -> str:
    alias = field.validation_alias if isinstance(field.validation_alias, str) else field.alias
    return alias if isinstance(alias, str) and alias.isidentifier() else name


def _is_default(field: Any, value: Any) -> bool:
    if field.is_required():
        return False
    default = field.get_default(call_default_factory=True, validated_data={})
    return type(value) is type(default) and bool(value == default)

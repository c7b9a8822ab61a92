"""Rows of a Django model: what its fields must have, then one field after the other varied.

Where the project's tests have a factory of the model or use model_bakery, that makes them, and a row says only what
matters.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models

from greenline_probe.explore.kinds.table_rows import MOST_OF_EACH, MOST_TEXTS, numbered
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import plain, with_prelude
from greenline_probe.explore.subject import variable_name

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

DEEPEST = 2
MOST_DIFFERENT = 3
_known: dict[Any, tuple[str, str]] = {}
"""Model -> what makes its rows in the project's tests."""
_TYPES: list[tuple[Any, Any]] = [
    (models.BooleanField, bool),
    (models.DecimalField, decimal.Decimal),
    (models.FloatField, float),
    (models.IntegerField, int),
    (models.DateTimeField, datetime.datetime),
    (models.DateField, datetime.date),
    (models.TimeField, datetime.time),
    (models.DurationField, datetime.timedelta),
    (models.UUIDField, uuid.UUID),
    (models.BinaryField, bytes),
    (models.JSONField, dict),
    ((models.CharField, models.TextField), str),
]


class Maker(NamedTuple):
    """What makes a row, called with fields by name."""

    callee: str
    first: str = ""
    """What it is called with before them."""
    adds: bool = False
    """It thinks of what a row must have, and is not given, by itself."""

    def call(self, row: dict[str, str]) -> str:
        """Return the call that makes a row with these fields."""
        given = [*([self.first] if self.first else []), *(f"{key}={source}" for key, source in row.items())]
        return f"{self.callee}({', '.join(given)})"


def new_rows(model: Any, values: Values) -> list[str]:
    """Return what makes rows that are not stored."""
    return _varied(model, maker_of(model, values, is_stored=False), values)


def stored_rows(model: Any, values: Values) -> list[str]:
    """Return what stores a row and gives it."""
    return _varied(model, maker_of(model, values), values)


def maker_of(model: Any, values: Values, *, is_stored: bool = True) -> Maker:
    """Return what makes rows: the project's factory, model_bakery where its tests use that, else the model."""
    name = str(values.names.of(model))
    factory, tool = _of_project(model, values)
    if factory:
        return Maker(factory if is_stored else f"{factory}.build", adds=True)
    if tool:
        return Maker(f"{tool}.{'make' if is_stored else 'prepare'}", name, adds=True)
    manager = model._default_manager.name  # noqa: SLF001 - documented
    return Maker(f"{name}.{manager}.create" if is_stored else name)


def _of_project(model: Any, values: Values) -> tuple[str, str]:
    """Return the names of the factory and of the tool that make rows in the project's tests, empty without."""
    if values.makers is None:
        return "", ""
    if model not in _known:
        # A factory that is no class, as a fixture gives one, has no method for rows that are not stored.
        named = [factory for factory, _ in values.objects.factories(model) if factory[:1].isupper()]
        _known[model] = next(iter(named), ""), values.makers.tool("model_bakery", "baker")
    return _known[model]


def different_rows(model: Any, values: Values) -> list[str]:
    """Return what stores a few rows that differ in what tells rows from each other."""
    maker, base = maker_of(model, values), _base(model, values, 0)
    if base is None:
        return []
    rows: list[dict[str, str]] = [dict(base) for _ in range(MOST_DIFFERENT)]
    for field in own(model):
        pool = pool_of(field, values)
        if not pool or field.is_relation or (field.null and field.name not in base):
            continue
        first = base.get(field.name, pool[0])
        is_text = isinstance(field, (models.CharField, models.TextField)) and not field.choices
        for i, row in enumerate(rows):
            row[field.name] = numbered(first, i) if is_text else unique([first, *pool])[i % len(unique([first, *pool]))]
    return [maker.call(row) for row in rows]


def with_belongings(model: Any, others: list[Any], values: Values) -> list[str]:
    """Return a stored row, after rows of other models that belong to it were stored too."""
    found = []
    variable = variable_name(model.__name__)
    for other in others:
        for field in own(other):
            rows = different_rows(other, values) if field.related_model is model else []
            belonging = [f"{row[:-1]}, {field.name}={variable})" for row in rows[:2] if f"{field.name}=" not in row]
            if belonging:
                row = stored_rows(model, values)
                several = [[one, *belonging[:count]] for one in row[:1] for count in (1, 2)]
                several += [[one, *belonging[:1]] for one in row[1:]]
                found += [with_prelude("\n".join([f"{variable} = {one}", *rest]), variable) for one, *rest in several]
    return found


def own(model: Any) -> list[Any]:
    """Return the fields of a model that its table has, without the number that the database gives."""
    return [f for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]  # noqa: SLF001 - documented


def telling(model: Any) -> list[str]:
    """Return the names of fields, those first that tell one row from another at a glance."""
    fields = [f for f in own(model) if not f.is_relation]
    texts = [f.name for f in fields if isinstance(f, (models.CharField, models.TextField)) and not f.choices]
    return list(dict.fromkeys([*texts, *(f.name for f in fields), "pk"]))


def pool_of(field: Any, values: Values) -> list[str]:
    """Return expressions for a field, the typical ones first."""
    if field.choices:
        return [repr(value) for value, _ in field.flatchoices]
    kind = next((kind for of, kind in _TYPES if isinstance(field, of)), None)
    if kind is None:
        return []
    if isinstance(field, models.EmailField):
        return ["'ada@example.com'"]
    typical = values.leaves.typical_text(field.name) if kind is str else []
    pool = unique([*typical, *plain(values.of_type(kind))])
    return [s for s in pool if s[:1] != "-"] if "Positive" in type(field).__name__ else pool


def _varied(model: Any, maker: Maker, values: Values) -> list[str]:
    base = _base(model, values, 0)
    if maker.adds:
        base = {key: base[key] for key in telling(model)[:1] if base and key in base}
    if base is None:
        return []
    varied: list[dict[str, str]] = []
    for field in own(model):
        if field.is_relation and field.name not in base and field.related_model is not model:
            owner = _base(field.related_model, values, 1)
            other = maker_of(field.related_model, values)
            varied += [{field.name: other.call({} if other.adds else owner)}] if owner is not None else []
        elif not field.is_relation:
            most = MOST_TEXTS if isinstance(field, (models.CharField, models.TextField)) else MOST_OF_EACH + 1
            varied += [{field.name: source} for source in pool_of(field, values)[:most]]
    rows = [base, *({**base, **more} for more in varied)]
    return unique(maker.call(row) for row in ([{}, *varied, *rows] if maker.adds else rows))


def _base(model: Any, values: Values, depth: int) -> dict[str, str] | None:
    """Return what a row must have; None where that cannot be made."""
    found: dict[str, str] = {}
    for field in own(model):
        if field.has_default() or field.null or (field.blank and field.empty_strings_allowed):
            continue
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            continue
        if field.is_relation:
            other = maker_of(field.related_model, values)
            owner = _base(field.related_model, values, depth + 1) if depth < DEEPEST else None
            if owner is None and not other.adds:
                return None
            found.update({} if other.adds else {field.name: other.call(owner or {})})
            continue
        pool = pool_of(field, values)
        if not pool:
            return None
        found[field.name] = pool[0]
    return found

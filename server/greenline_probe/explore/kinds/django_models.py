"""Django's models: rows made of a model's fields, in a database in memory that each call leaves as it found it."""

from __future__ import annotations

import ast
import contextlib
import typing
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core import exceptions
from django.db import connection, models, transaction, utils

from greenline_probe.explore import template
from greenline_probe.explore.kinds import django_rows
from greenline_probe.explore.subject import variable_name
from greenline_probe.explore.template import OMITTED, Slot

if TYPE_CHECKING:
    from greenline_probe.explore.express import Expresser, Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Template
    from greenline_probe.explore.values import Values

MOST_MODELS = 3
MOST_FIELDS = 6
_SAID = (exceptions.ObjectDoesNotExist, exceptions.MultipleObjectsReturned, utils.IntegrityError)
_ready: list[bool] = []
_asked: list[str] = []
"""The queries of the call."""


def set_up() -> None:
    """Make the tables in a database in memory, where the project's is one of SQLite: no other can be had here."""
    if _ready or not apps.ready or connection.vendor != "sqlite":
        return
    connection.close()
    connection.settings_dict["NAME"] = ":memory:"
    with contextlib.suppress(Exception):
        from django.core.management import call_command  # noqa: PLC0415 - it takes long

        call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
        _ready.append(True)


@contextlib.contextmanager
def around() -> Iterator[None]:
    """Keep what a call stores from the next, as pytest-django does for each test."""
    _asked.clear()
    if not _ready:
        yield
        return
    with transaction.atomic(), connection.execute_wrapper(_note):
        try:
            yield
        finally:
            transaction.set_rollback(True)


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return the calls of a model's method on a row that is not stored, and of a query's method on its model."""
    owner = subject.owner
    if is_model(owner) and subject.kind in ("method", "property", "operator"):
        return _of_row(subject, values)
    if isinstance(owner, type) and issubclass(owner, (models.QuerySet, models.Manager)):
        return _of_manager(subject, values)
    return None


def settings(subject: Subject, values: Values) -> list[Slot]:
    """Return the rows that are stored before the call."""
    if not _ready or is_model(subject.owner):
        return []
    body = [
        n.id for statement in getattr(subject.node, "body", []) for n in ast.walk(statement) if isinstance(n, ast.Name)
    ]
    return _stored(values, [model for model in models_in(values.names.module) if model.__name__ in body])


def parameters(name: str, hint: Any, values: Values) -> list[str]:
    """Return the choices of a field that a parameter is named after."""
    fields = [f for model in models_in(values.names.module) for f in django_rows.own(model) if f.name == name]
    chosen = next((django_rows.pool_of(field, values) for field in fields if field.choices), None)
    return [] if chosen is None else [*chosen, "'abc'", *(["None"] if type(None) in typing.get_args(hint) else [])]


def instances(kind: Any, values: Values) -> list[str]:
    """Return rows that are stored, alone or with what belongs to them."""
    if not is_model(kind):
        return []
    stored = django_rows.stored_rows(kind, values) if _ready else []
    return [
        *stored,
        *django_rows.with_belongings(kind, models_in(values.names.module), values),
    ] or django_rows.new_rows(kind, values)


def parts(value: Any) -> list[str] | None:
    """Return the fields of a row; of the rows of a query, one field of each."""
    if is_model(type(value)):
        return _fields(value)
    if isinstance(value, models.QuerySet) or (isinstance(value, list) and value and is_model(type(value[0]))):
        model = value.model if isinstance(value, models.QuerySet) else type(value[0])
        return [f"[each.{key} for each in {{}}]" for key in django_rows.telling(model)[:1]]
    return None


def state(value: Any, _names: Names) -> list[str] | None:
    """Return the fields of a row."""
    return _fields(value) if is_model(type(value)) else None


def said(error: BaseException) -> str | None:
    """Return the words of a validation, of a constraint, or of a row that is not there."""
    if isinstance(error, exceptions.ValidationError):
        return str(error.messages[0])
    return str(error) if isinstance(error, _SAID) else None


def arranged(
    lines: list[str], _space: dict[str, Any], _express: Expresser
) -> tuple[list[str], list[str], list[str]] | None:
    """Return the mark that a test needs which asks the database."""
    return (lines, ["pytest.mark.django_db"], []) if _asked else None


def is_model(kind: Any) -> bool:
    """Tell whether the class has a table."""
    options = getattr(kind, "_meta", None)
    return isinstance(kind, type) and issubclass(kind, models.Model) and not getattr(options, "abstract", True)


def models_in(module: Any) -> list[Any]:
    """Return the models that a module has or has imported."""
    return list(dict.fromkeys(value for value in vars(module).values() if is_model(value)))


def _of_row(subject: Subject, values: Values) -> list[Template] | None:
    name = values.names.of(subject.owner)
    slots = template.slots_of(subject.signature, values, values.hints(subject.function), "argument")
    if name is None or slots is None:
        return None
    variable = variable_name(name)
    made = Slot(variable, django_rows.new_rows(subject.owner, values), "construct")
    given = values.objects.given(subject.owner)
    made.pool = [*given, *made.pool]
    ways = template.methods_of(subject, slots, (variable, "", [made]), values)
    if subject.name == "clean":
        for way in ways:
            way.callee = f"{variable}.full_clean"
    return ways


def _of_manager(subject: Subject, values: Values) -> list[Template] | None:
    """Return the calls on the managers whose queries are of the class."""
    slots = template.slots_of(subject.signature, values, values.hints(subject.function), "argument")
    found = []
    for model in models_in(values.names.module) if slots is not None and subject.kind == "method" else ():
        manager, name = model._default_manager, values.names.of(model)  # noqa: SLF001 - documented
        if name and isinstance(manager.all() if issubclass(subject.owner, models.QuerySet) else manager, subject.owner):
            callee = f"{name}.{manager.name}.{subject.name}"
            found.append(template.Template(subject, callee, [*_stored(values, [model]), *(slots or [])]))
    return found or None


def _stored(values: Values, of: list[Any]) -> list[Slot]:
    slots = []
    for model in of[:MOST_MODELS]:
        several = django_rows.different_rows(model, values)
        if several:
            slots.append(Slot(f"${model.__name__}", [OMITTED, several[0], "\n".join(several)], "setting"))
    return slots


def _fields(value: Any) -> list[str]:
    fields = [f for f in value._meta.concrete_fields if not f.primary_key]  # noqa: SLF001 - documented
    plain = [f"{{}}.{f.name}" for f in fields if not f.is_relation]
    related = [f"{{}}.{f.name}.{django_rows.telling(f.related_model)[0]}" for f in fields if f.is_relation]
    return [*plain[:MOST_FIELDS], *related]


def _note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    _asked.append(sql)
    return execute(sql, params, many, context)

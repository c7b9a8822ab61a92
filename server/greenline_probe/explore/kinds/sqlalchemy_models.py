"""SQLAlchemy's models: rows made of their own columns, and what a test says of rows and of constraints."""

from __future__ import annotations

import ast
import contextlib
import functools
import sys
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc, orm

from greenline_probe.explore import template
from greenline_probe.explore.definitions import callee, parsed, source_of
from greenline_probe.explore.kinds import table_rows
from greenline_probe.explore.pools import unique

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Template
    from greenline_probe.explore.values import Values

MOST_COLUMNS = 6
MOST_TABLES = 4
_SAID = (exc.IntegrityError, exc.NoResultFound, exc.MultipleResultsFound)
_refused: list[exc.IntegrityError] = []
"""What the database refused in the call: it has undone all that the call did, and rows show what nobody asks for."""


@contextlib.contextmanager
def around() -> Iterator[None]:
    """Look at each call by itself."""
    _refused.clear()
    yield


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return the construction of the model for a method that SQLAlchemy calls when a column is set."""
    columns = getattr(subject.function, "__sa_validators__", ())
    name = values.names.of(subject.owner)
    if not is_mapped(subject.owner) or not columns or name is None:
        return None
    parameter = list(subject.signature.parameters.values())[-1]
    key = columns[0]
    rows = table_rows.written(table_rows.pool_of(subject.owner, key, values))
    hint = values.hints(subject.function).get(parameter.name, str)
    pool = unique([*rows, *values.of_parameter(parameter.replace(name=key), hint)])
    slot = template.Slot(key, pool, label=f"{key}=", typed=True, given=frozenset(rows))
    return [template.Template(subject, name, [slot], tail=f".{key}")]


def instances(kind: Any, values: Values) -> list[str]:
    """Return rows of a mapped class."""
    return table_rows.rows_of(kind, values) if is_mapped(kind) else []


def parts(value: Any) -> list[str] | None:
    """Return the columns of a row; of rows in a list, one column of each."""
    if is_mapped(type(value)):
        return [*_columns(value), *_related(value)]
    if isinstance(value, (list, tuple)) and value and all(is_mapped(type(item)) for item in value):
        return [f"[each.{key} for each in {{}}]" for key in telling(type(value[0]))[:2]]
    return None


def state(value: Any, names: Names) -> list[str] | None:
    """Return what a row shows, or what is in a session's database."""
    if not is_mapped(type(value)) and not isinstance(value, orm.Session):
        return None
    if _refused:
        return []
    if is_mapped(type(value)):
        return _columns(value)
    found = []
    for model in mapped_in(names.module)[:MOST_TABLES]:
        name, keys = names.of(model), telling(model)
        if name and keys:
            select = names.bind("select", "sqlalchemy", "select", sys.modules["sqlalchemy"].select)
            shown = dict.fromkeys([keys[0], *(key for key in keys if key in _changed(names.module))])
            found += [f"{{}}.scalars({select}({name}.{key})).all()" for key in shown]
    return found


def said(error: BaseException) -> str | None:
    """Return what the database says of a constraint, or of rows that are not there."""
    if not isinstance(error, _SAID):
        return None
    if isinstance(error, exc.IntegrityError):
        _refused.append(error)
        return str(error.orig)
    return str(error)


def shows(*_call: Any) -> frozenset[Any]:
    """Tell that the database refused what the call stored: one such call is worth a test, whatever the constraint."""
    return frozenset(("constraint",) * bool(_refused))


def is_mapped(kind: Any) -> bool:
    """Tell whether the class has a table."""
    return isinstance(kind, type) and isinstance(kind.__dict__.get("__mapper__"), orm.Mapper)


def mapped_in(module: Any) -> list[Any]:
    """Return the mapped classes that a module has or has imported, also with the module that defines them."""
    held = list(vars(module).values())
    for other in [value for value in held if isinstance(value, types.ModuleType)]:
        held += [value for value in vars(other).values() if getattr(value, "__module__", "") == other.__name__]
    return list(dict.fromkeys(value for value in held if is_mapped(value)))


def telling(model: Any) -> list[str]:
    """Return the names of columns, those first that tell one row from another at a glance."""
    columns = {attribute.key: attribute.columns[0] for attribute in model.__mapper__.column_attrs}
    plain = [key for key, column in columns.items() if not column.foreign_keys and not column.primary_key]
    texts = [key for key in plain if table_rows.python_type(columns[key]) is str]
    return list(dict.fromkeys([*texts, *plain, *columns]))


@functools.lru_cache(maxsize=8)
def _changed(module: Any) -> frozenset[str]:
    """Return the names of attributes that the code of a module sets, and of what it updates by name."""
    text = source_of(module)
    nodes = list(ast.walk(parsed(text))) if text is not None else []
    updates = [n for n in nodes if isinstance(n, ast.Call) and callee(n) == "values"]
    stored = [n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)]
    return frozenset([*stored, *(keyword.arg for call in updates for keyword in call.keywords if keyword.arg)])


def _columns(value: Any) -> list[str]:
    mapper = type(value).__mapper__
    plain = [a.key for a in mapper.column_attrs if not a.columns[0].foreign_keys and not a.columns[0].primary_key]
    lists = [r.key for r in mapper.relationships if r.uselist and vars(value).get(r.key)]
    return [*(f"{{}}.{key}" for key in plain[:MOST_COLUMNS]), *(f"len({{}}.{key})" for key in lists)]


def _related(value: Any) -> list[str]:
    """Return what tells the rows that a row belongs to; the number of one that belongs to none and has no columns."""
    mapper = type(value).__mapper__
    owners = [r for r in mapper.relationships if not r.uselist and vars(value).get(r.key) is not None]
    found = [f"{{}}.{r.key}.{telling(r.mapper.class_)[0]}" for r in owners]
    return found or [f"{{}}.{key}" for key in telling(type(value))[:1] if not _columns(value)]

"""SQLAlchemy: rows made of a model's own columns, and a database in memory for what takes a Session."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sqlalchemy import exc, orm

from greenline_probe.explore import template
from greenline_probe.explore.kinds import table_rows
from greenline_probe.explore.kinds.sqlalchemy_sessions import Memory
from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.express import Names
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.template import Template
    from greenline_probe.explore.values import Values

SESSION = "session"
MOST_COLUMNS = 6
MOST_TABLES = 4
_SAID = (exc.IntegrityError, exc.NoResultFound, exc.MultipleResultsFound)
_FIXTURE = """\
def {name}():
    engine = create_engine("sqlite://")
{tables}
    with Session(engine) as session:
        yield session
"""


def ways(subject: Subject, values: Values) -> list[Template] | None:
    """Return the construction of the model for a method that SQLAlchemy calls when a column is set."""
    columns = getattr(subject.function, "__sa_validators__", ())
    name = values.names.of(subject.owner)
    if not is_mapped(subject.owner) or not columns or name is None:
        return None
    parameter = list(subject.signature.parameters.values())[-1]
    key = columns[0]
    rows = table_rows.pool_of(subject.owner, key, values)
    pool = unique(
        [
            *rows,
            *values.of_parameter(parameter.replace(name=key), values.hints(subject.function).get(parameter.name, str)),
        ]
    )
    return [template.Template(subject, name, [template.Slot(key, pool, label=f"{key}=", typed=True)], tail=f".{key}")]


def instances(kind: Any, values: Values) -> list[str]:
    """Return rows of a mapped class, or sessions: with nothing in their database, then with some rows."""
    if is_mapped(kind):
        return table_rows.rows_of(kind, values)
    if not (isinstance(kind, type) and issubclass(orm.Session, kind) and kind is not object):
        return []
    fixture = _fixture(values)
    if not fixture:
        return []
    found = [fixture]
    for model in mapped_in(values.names.module):
        different = table_rows.different_rows(model, values)
        found += [with_prelude(f"{fixture}.add({row})\n{fixture}.flush()", fixture) for row in different[:1]]
        if len(different) > 1:
            found.append(with_prelude(f"{fixture}.add_all([{', '.join(different)}])\n{fixture}.flush()", fixture))
    return found


def parts(value: Any) -> list[str] | None:
    """Return the columns of a row; of rows in a list, one column of each."""
    if is_mapped(type(value)):
        return [*_columns(value), *_related(value)]
    if isinstance(value, (list, tuple)) and value and all(is_mapped(type(item)) for item in value):
        return [f"[each.{key} for each in {{}}]" for key in telling(type(value[0]))[:2]]
    return None


def state(value: Any, names: Names) -> list[str] | None:
    """Return what a row shows, or what is in a session's database."""
    if is_mapped(type(value)):
        return _columns(value)
    if not isinstance(value, orm.Session):
        return None
    found = []
    for model in mapped_in(names.module)[:MOST_TABLES]:
        name, keys = names.of(model), telling(model)
        if name and keys:
            select = names.bind("select", "sqlalchemy", "select", sys.modules["sqlalchemy"].select)
            found.append(f"{{}}.scalars({select}({name}.{keys[0]})).all()")
    return found


def said(error: BaseException) -> str | None:
    """Return what the database says of a constraint, or of rows that are not there."""
    if not isinstance(error, _SAID):
        return None
    return str(error.orig) if isinstance(error, exc.IntegrityError) else str(error)


def is_mapped(kind: Any) -> bool:
    """Tell whether the class has a table."""
    return isinstance(kind, type) and isinstance(kind.__dict__.get("__mapper__"), orm.Mapper)


def mapped_in(module: Any) -> list[Any]:
    """Return the mapped classes that a module has or has imported."""
    return list(dict.fromkeys(value for value in vars(module).values() if is_mapped(value)))


def telling(model: Any) -> list[str]:
    """Return the names of columns, those first that tell one row from another at a glance."""
    columns = {attribute.key: attribute.columns[0] for attribute in model.__mapper__.column_attrs}
    plain = [key for key, column in columns.items() if not column.foreign_keys and not column.primary_key]
    texts = [key for key in plain if table_rows.python_type(columns[key]) is str]
    return list(dict.fromkeys([*texts, *plain, *columns]))


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


def _fixture(values: Values) -> str:
    """Return the name of the fixture that gives a session: the project's, else one that the test brings along."""
    given = values.objects.given(orm.Session)
    if given:
        return str(given[0])
    names, makers = values.names, values.makers
    models = mapped_in(names.module)
    if makers is None or not models:
        return ""
    bases = dict.fromkeys(_base_of(model) for model in models)
    tables = [f"    {name}.metadata.create_all(engine)" for base in bases if (name := names.of(base))]
    sqlalchemy = sys.modules["sqlalchemy"]
    names.bind("create_engine", "sqlalchemy", "create_engine", sqlalchemy.create_engine)
    names.bind("Session", "sqlalchemy.orm", "Session", orm.Session)
    source = _FIXTURE.format(name=SESSION, tables="\n".join(tables))
    return makers.bring(SESSION, source, orm.Session, Memory([base.metadata for base in bases]).session)


def _base_of(model: Any) -> Any:
    """Return the class whose metadata has the model's table."""
    return next(
        (k for k in reversed(model.__mro__) if "metadata" in vars(k) and k.__module__[:10] != "sqlalchemy"), model
    )

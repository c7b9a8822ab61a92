"""SQLAlchemy's sessions: what takes one gets a session of a database in memory, from a fixture beside its tests."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import typing
from typing import TYPE_CHECKING, Any

from sqlalchemy import orm

from greenline_probe.explore.kinds import table_rows
from greenline_probe.explore.kinds.sqlalchemy_memory import Memory
from greenline_probe.explore.kinds.sqlalchemy_models import mapped_in
from greenline_probe.explore.not_testable import NotTestable
from greenline_probe.explore.sources import with_prelude

if TYPE_CHECKING:
    from greenline_probe.explore.subject import Subject
    from greenline_probe.explore.values import Values

SESSION = "session"
MOST_STORED = 6
_ASYNC = "sqlalchemy.ext.asyncio"
_TELLING = frozenset({"query", "add", "add_all", "execute", "scalars", "scalar", "merge", "flush", "commit"})
"""What is done with a session, and with few other things."""
_WHY_ASYNC = (
    "`{name}` is an `{kind}`, and Greenline gives functions sessions of a database in memory that are not asynchronous"
    "{driver}. Move what is decided about rows into functions that take the rows, and those can be tested."
)
_WHY_NONE = (
    "`{name}` is a `{kind}`, and none could be made of a database in memory ({problem}). A fixture of the project's "
    "tests that gives a `{kind}` would be used."
)
SHARED = "db_session"
_FIXTURE = """\
def {name}():
    engine = create_engine("sqlite://"{options})
{tables}    with Session(engine) as session:
        yield session
    engine.dispose()
"""


def ways(subject: Subject, values: Values) -> None:
    """Raise NotTestable for what takes a session that no test can be given."""
    hints = values.hints(subject.function)
    for name, parameter in subject.signature.parameters.items():
        hint = hints.get(name, parameter.annotation)
        if parameter.default is not parameter.empty:
            continue
        if isinstance(hint, str) and "AsyncSession" in hint:  # imported for type checkers only
            raise NotTestable(_WHY_ASYNC.format(name=name, kind="AsyncSession", driver=_driver()))
        kind = next((kind for kind in (hint, *typing.get_args(hint)) if reaches_outside(kind)), None)
        if kind is None or values.objects.of(kind):
            continue
        if kind.__module__.startswith(_ASYNC):
            raise NotTestable(_WHY_ASYNC.format(name=name, kind=kind.__name__, driver=_driver()))
        raise NotTestable(_WHY_NONE.format(name=name, kind=kind.__name__, problem=_problem(values)))


def parameters(name: str, hint: Any, values: Values) -> list[str]:
    """Return sessions for a parameter that is used as one, without a type or with one for type checkers only."""
    shape = values.facts.shapes.get(name)
    if (hint not in (inspect.Parameter.empty, Any, object) and not isinstance(hint, str)) or shape is None:
        return []
    is_session = all(hasattr(orm.Session, each) for each in shape.attributes)
    is_told = not _TELLING.isdisjoint(shape.attributes) and mapped_in(values.names.module)
    return values.objects.of(orm.Session) if is_session and is_told else []


def instances(kind: Any, values: Values) -> list[str]:
    """Return sessions: with nothing in their database, then with some rows."""
    if not _is_session(kind):
        return []
    fixture = _fixture(values)
    return [with_prelude(rows, fixture) if rows else fixture for rows in _filled(fixture, values)] if fixture else []


def shared(values: Values) -> list[str]:
    """Return statements after which the fixture ``SHARED`` has nothing in its database, then some rows.

    Other threads may use it, too: an app's own, in which an endpoint runs. Empty where there can be none.
    """
    names, makers = values.names, values.makers
    if makers is None or not mapped_in(names.module):
        return []
    pool = importlib.import_module("sqlalchemy.pool").StaticPool
    names.bind("StaticPool", "sqlalchemy.pool", "StaticPool", pool)
    arguments = {"check_same_thread": False}
    memory = Memory(_metadata(values), connect_args=arguments, poolclass=pool)
    options = ', connect_args={"check_same_thread": False}, poolclass=StaticPool'
    makers.bring(SHARED, _source(SHARED, values, options), orm.Session, memory.session)
    return _filled(SHARED, values)


def is_session(kind: Any) -> bool:
    """Tell whether it is a class of sessions that are not asynchronous."""
    return isinstance(kind, type) and issubclass(kind, orm.Session)


def _filled(fixture: str, values: Values) -> list[str]:
    """Return statements that put rows into a session's database, first those that put none."""
    found = [""]
    store = "commit" if values.makers is not None and fixture in values.makers.brought else "flush"
    for model in _asked_for(values):
        different = table_rows.different_rows(model, values)
        found += [f"{fixture}.add({row})\n{fixture}.{store}()" for row in different[:1]]
        if len(different) > 1:
            found.append(f"{fixture}.add_all([{', '.join(different)}])\n{fixture}.{store}()")
    return found


def reaches_outside(kind: Any) -> bool:
    """Tell a session, or what makes one: without a database it does nothing."""
    return isinstance(kind, type) and (_is_session(kind) or kind.__module__.startswith(_ASYNC))


def _is_session(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(orm.Session, kind) and kind is not object


def _asked_for(values: Values) -> list[Any]:
    """Return the models that the code names; where it names none, those of its module."""
    nodes = [node for code in values.facts.code for node in ast.walk(code)]
    names = {n.id for n in nodes if isinstance(n, ast.Name)} | {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    known = mapped_in(values.names.module)
    return ([model for model in known if model.__name__ in names] or known)[:MOST_STORED]


def _problem(values: Values) -> str:
    """Return why SQLite takes no such tables."""
    try:
        next(Memory(_metadata(values)).session())
    except Exception as error:
        line = str(error).partition("\n")[0]
        return f"{type(error).__name__}: {line}"
    return "it cannot be opened"


def _driver() -> str:
    is_there = importlib.util.find_spec("aiosqlite") is not None
    return "" if is_there else " (nor is aiosqlite installed, which one in memory would need)"


def _fixture(values: Values) -> str:
    """Return the name of the fixture that gives a session: the project's, else one that the test brings along."""
    given = values.objects.given(orm.Session)
    if given:
        return str(given[0])
    makers = values.makers
    if makers is None:
        return ""
    return makers.bring(SESSION, _source(SESSION, values), orm.Session, Memory(_metadata(values)).session)


def _source(name: str, values: Values, options: str = "") -> str:
    names = values.names
    tables = [f"    {names.of(base)}.metadata.create_all(engine)" for base in _bases(values)]
    sqlalchemy = sys.modules["sqlalchemy"]
    names.bind("create_engine", "sqlalchemy", "create_engine", sqlalchemy.create_engine)
    names.bind("Session", "sqlalchemy.orm", "Session", orm.Session)
    return _FIXTURE.format(name=name, options=options, tables="".join(f"{line}\n" for line in tables))


def _metadata(values: Values) -> list[Any]:
    return [base.metadata for base in _bases(values)]


def _bases(values: Values) -> list[Any]:
    """Return a class for each metadata that has tables of the models: the base of all, as far as it has a name."""
    found: dict[int, Any] = {}
    for model in mapped_in(values.names.module):
        bases = [kind for kind in reversed(model.__mro__) if hasattr(kind, "metadata")]
        known = next((kind for kind in bases if _bound(kind, model, values)), model)
        found.setdefault(id(known.metadata), known)
    return list(found.values())


def _bound(kind: Any, model: Any, values: Values) -> str | None:
    """Return the name of a base; what makes one does not tell where it is kept, but the models' module has it."""
    module = sys.modules[model.__module__]
    if kind.__module__.partition(".")[0] != "sqlalchemy":
        return values.names.of(kind)
    is_kept = vars(module).get(kind.__name__) is kind
    return values.names.bind_attribute(module.__name__, kind.__name__, kind) if is_kept else None

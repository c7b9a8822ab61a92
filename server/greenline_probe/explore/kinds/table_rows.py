"""Rows of a mapped class, as calls of it: what its columns must have, then one column after the other varied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenline_probe.explore.pools import unique
from greenline_probe.explore.sources import plain

if TYPE_CHECKING:
    from greenline_probe.explore.values import Values

DEEPEST = 2
MOST_OF_EACH = 4
MOST_TEXTS = 1
"""One text is mostly as good as another, what it should be is found by the search, and each call takes its time."""
MOST_RELATED = 12
MOST_DIFFERENT = 3


def rows_of(model: Any, values: Values) -> list[str]:
    """Return calls of the class, the simplest first."""
    return _rows(model, values, 0, frozenset())


def different_rows(model: Any, values: Values) -> list[str]:
    """Return a few rows with all their columns, that differ in what tells rows from each other."""
    name = values.names.of(model)
    base = _base(model, values, 0, frozenset()) if name else None
    if base is None:
        return []
    rows: list[dict[str, str]] = [{} for _ in range(MOST_DIFFERENT)]
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        if column.foreign_keys or _is_counted(column):
            continue
        first = base.get(attribute.key)
        pool = unique([*([first] if first else []), *pool_of(model, attribute.key, values)])
        if column.nullable or (first is None and not pool):
            cells = pool[:1] * MOST_DIFFERENT
        elif python_type(column) is str and not getattr(column.type, "enums", None):
            cells = [numbered(pool[0], i) for i in range(MOST_DIFFERENT)]
        else:
            cells = [pool[i % len(pool)] for i in range(MOST_DIFFERENT)]
        for row, cell in zip(rows, cells):
            row[attribute.key] = cell
    related = {relation.key: base[relation.key] for relation in model.__mapper__.relationships if relation.key in base}
    return [_call(str(name), {**row, **related}) for row in rows]


def numbered(source: str, number: int) -> str:
    """Return another text of the same form: another name where one is in it, else with a number.

    Those of numbers that follow each other are not in their order: what sorts them is seen.
    """
    other = source
    for name in ("Ada", "ada") if number else ():
        other = other.replace(name, ("Grace", "Alan")[number - 1] if name == "Ada" else ("grace", "alan")[number - 1])
    if number == 0:
        return source
    return other if other != source else f"{source[:-1]} {(1, 3, 2)[number]}{source[-1]}"


def written(pool: list[str]) -> list[str]:
    """Return the first text, and as people also write it: in capitals, with blanks around it."""
    first = pool[0] if pool else ""
    if first[:1] not in ("'", '"') or first != first.lower():
        return pool[:1]
    return [first, repr(first[1:-1].title()), repr(f" {first[1:-1]} ")]


def pool_of(model: Any, key: str, values: Values) -> list[str]:
    """Return expressions for a column, the typical ones first."""
    column = model.__mapper__.column_attrs[key].columns[0] if _is_column(model, key) else None
    if column is None:
        return []
    chosen = getattr(column.type, "enum_class", None)
    if chosen is not None:
        return values.of_type(chosen)
    choices = getattr(column.type, "enums", None)
    if choices:
        return [repr(choice) for choice in choices]
    kind = python_type(column)
    typical = values.leaves.typical_text(key) if kind is str else []
    compared = [repr(c) for c in values.facts.compared.get(key, ()) if type(c) is kind]
    return unique([*typical, *compared, *plain(values.of_type(kind))])


def python_type(column: Any) -> Any:
    """Return the type of what is in a column."""
    try:
        return column.type.python_type
    except NotImplementedError:
        return object


def _rows(model: Any, values: Values, depth: int, above: frozenset[Any]) -> list[str]:
    name = values.names.of(model)
    base = _base(model, values, depth, above) if name else None
    if base is None or name is None:
        return []
    rows = [base]
    for attribute in model.__mapper__.column_attrs if depth == 0 else ():
        column = attribute.columns[0]
        if column.foreign_keys or (column.primary_key and attribute.key not in base):
            continue
        pool = pool_of(model, attribute.key, values)
        most = MOST_TEXTS if python_type(column) is str else MOST_OF_EACH + 1
        rows += [{**base, attribute.key: source} for source in pool[:most]]
    for relation in model.__mapper__.relationships if depth == 0 else ():
        if relation.uselist and relation.mapper.class_ not in above:
            related = _rows(relation.mapper.class_, values, depth + 1, above | {model})[:1]
            rows += [{**base, relation.key: many} for one in related for many in _many(one, values)]
    return unique([_call(name, row) for row in rows])


def _many(one: str, values: Values) -> list[str]:
    counts = [c for c in values.facts.constants if type(c) is int and 1 < c <= MOST_RELATED]
    return [f"[{one}]", *(f"[{one} for _ in range({count})]" for count in counts[:MOST_OF_EACH])]


def _base(model: Any, values: Values, depth: int, above: frozenset[Any]) -> dict[str, str] | None:
    """Return what a row must have to be stored, and what its defaults would give it; None where that cannot be made."""
    found: dict[str, str] = {}
    for attribute in model.__mapper__.column_attrs:
        column = attribute.columns[0]
        default = values.express.express(column.default.arg) if getattr(column.default, "is_scalar", False) else None
        if default is not None:
            found[attribute.key] = default
        elif not (column.nullable or column.default or column.server_default or _is_counted(column)):
            if column.foreign_keys:
                continue
            pool = pool_of(model, attribute.key, values)
            if not pool:
                return None
            found[attribute.key] = pool[0]
    for relation in model.__mapper__.relationships:
        needed = not relation.uselist and any(not c.nullable and c.foreign_keys for c in relation.local_columns)
        if needed and depth < DEEPEST and relation.mapper.class_ not in above:
            made = _rows(relation.mapper.class_, values, depth + 1, above | {model})
            if not made:
                return None
            found[relation.key] = made[0]
    return found


def _is_counted(column: Any) -> bool:
    """Tell whether the database gives the number."""
    return bool(column.primary_key and (column.autoincrement is True or python_type(column) is int))


def _is_column(model: Any, key: str) -> bool:
    return key in model.__mapper__.column_attrs


def _call(name: str, row: dict[str, str]) -> str:
    return f"{name}({', '.join(f'{key}={source}' for key, source in row.items())})"

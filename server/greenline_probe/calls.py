"""What functions are called with while tests run: a few calls of each, as small programs in source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from greenline_probe.plain_source import MAX_SOURCE, NotPlain, PlainSource, class_that_defines, type_source

if TYPE_CHECKING:
    from types import CodeType, FrameType

UNKNOWN = "_"
"""Stands in a program for an argument that has no plain source."""
INSTANCE = "instance"
"""The variable of what a method is called on."""
_SAY_LITTLE = frozenset({UNKNOWN, "None", "True", "False"})
MOST_KEPT = 12
_MOST_LOOKS = 120
_LOOKS_PER_TEST = 16
_MOST_STEPS = 3
_MOST_TYPES = 3
_MOST_INSTANCES = 200
_OPTIMIZED, _VARARGS, _VARKEYWORDS = 0x1, 0x4, 0x8


class _Seen:
    """One function: what was seen of it, and how many more of its calls may be looked at."""

    def __init__(self, code: CodeType) -> None:
        is_function = code.co_flags & _OPTIMIZED and not code.co_name.startswith("<")
        self.programs: dict[str, None] = {}
        self.types: dict[str, dict[str, None]] = {}
        self.left = _MOST_LOOKS if is_function else 0
        self.left_in_test = min(self.left, _LOOKS_PER_TEST)


class Calls:
    """Looks at calls as they begin; once a function was looked at often enough, it costs one look-up a call.

    ``avoid`` are folders of this run, of which no value may speak.
    """

    def __init__(self, avoid: tuple[str, ...] = ()) -> None:
        self._avoid = avoid
        self._paused = False
        self._seen: dict[CodeType, _Seen] = {}
        self._instances: dict[int, tuple[Any, dict[str, str], list[str]]] = {}
        """id -> class, imports and lines that made it. Ids are used again: a wrong guess costs one useless seed."""

    def begin_test(self, *, repeatable: bool = True) -> None:
        """Allow a few looks at each function again; none in a test that makes its inputs up by chance."""
        self._paused = not repeatable
        self._instances.clear()
        for seen in self._seen.values():
            seen.left_in_test = min(seen.left, _LOOKS_PER_TEST)

    def wants(self, code: CodeType) -> bool:
        """Tell whether the next call of this function is worth a look."""
        seen = self._seen.get(code)
        if seen is None:
            seen = self._seen[code] = _Seen(code)
        return seen.left_in_test > 0 and not self._paused

    def look(self, frame: FrameType) -> None:
        """Note the call that this frame begins, of a function that is wanted."""
        seen = self._seen[frame.f_code]
        seen.left -= 1
        seen.left_in_test -= 1
        try:
            self._note(frame, seen)
        except Exception:  # something that is just being made may lack anything
            return

    def take(self, name_of: Callable[[str], str | None]) -> dict[str, list[list[Any]]]:
        """Return [first line of the function, programs, parameter -> types] by reported file, in the order of lines."""
        found: dict[str, list[list[Any]]] = {}
        for code, seen in self._seen.items():
            name = name_of(code.co_filename) if seen.programs or seen.types else None
            if name is not None:
                types = {parameter: list(kinds) for parameter, kinds in seen.types.items()}
                found.setdefault(name, []).append([code.co_firstlineno, list(seen.programs), types])
        return {name: sorted(rows, key=lambda row: int(row[0])) for name, rows in sorted(found.items())}

    def _note(self, frame: FrameType, seen: _Seen) -> None:
        code = frame.f_code
        passed = _Passed(frame, self._avoid)
        for parameter, kind in passed.types():
            kinds = seen.types.setdefault(parameter, {})
            if len(kinds) < _MOST_TYPES:
                kinds[kind] = None
        if passed.bound is None:
            self._keep(seen, passed, [], f"{code.co_name}({passed.arguments})")
        elif passed.is_class:
            owner = passed.source.named(passed.bound)
            self._keep(seen, passed, [], f"{owner}.{code.co_name}({passed.arguments})")
        elif code.co_name == "__init__":
            self._made(seen, passed, code)
        else:
            self._method(seen, passed, frame)

    def _made(self, seen: _Seen, passed: _Passed, code: CodeType) -> None:
        owner = class_that_defines(type(passed.bound), "__init__", code)
        call = f"{passed.source.named(owner)}({passed.arguments})"
        self._keep(seen, passed, [], call)
        if len(self._instances) < _MOST_INSTANCES and UNKNOWN not in passed.sources:
            kind = passed.source.named(type(passed.bound))
            made = f"{INSTANCE} = {kind}({passed.arguments})"
            self._instances[id(passed.bound)] = type(passed.bound), dict(passed.source.imports), [made]

    def _method(self, seen: _Seen, passed: _Passed, frame: FrameType) -> None:
        name, bound = frame.f_code.co_name, passed.bound
        call = f"{INSTANCE}.{name}({passed.arguments})"
        kind, imports, lines = self._instances.get(id(bound), (None, {}, []))
        if kind is not type(bound):
            imports, lines = {}, []
            receiver = PlainSource(self._avoid)
            try:  # a dataclass, an enum member: as it is now, whatever was called before
                lines = [f"{INSTANCE} = {receiver.of(bound)}"]
                imports = receiver.imports
            except NotPlain:
                pass
        self._keep(seen, passed, lines, call, imports)
        caller = frame.f_back
        from_outside = caller is None or caller.f_code.co_filename != frame.f_code.co_filename
        if kind is type(bound) and from_outside and not name.startswith("_") and UNKNOWN not in passed.sources:
            imports.update(passed.source.imports)
            if len(lines) <= _MOST_STEPS:
                lines.append(call)
            else:  # more went before than a test would show
                lines[1:] = [*lines[2:], call]

    def _keep(
        self, seen: _Seen, passed: _Passed, lines: list[str], call: str, imports: dict[str, str] | None = None
    ) -> None:
        """Keep the program, unless it says nothing of the arguments or of what the method is called on."""
        says_nothing = UNKNOWN in passed.sources and not lines and {*passed.sources} <= _SAY_LITTLE
        if len(seen.programs) >= MOST_KEPT or says_nothing:
            return
        needed = {**(imports or {}), **passed.source.imports}
        imported = [f"from {module} import {name}" for name, module in sorted(needed.items())]
        program = "\n".join([*imported, *lines, call])
        if len(program) <= 2 * MAX_SOURCE:
            seen.programs.setdefault(program)


class _Passed:
    """The arguments of a call that begins."""

    def __init__(self, frame: FrameType, avoid: tuple[str, ...]) -> None:
        code = frame.f_code
        names, values = code.co_varnames, frame.f_locals
        at = code.co_argcount + code.co_kwonlyargcount
        positional, by_name = list(names[: code.co_argcount]), list(names[code.co_argcount : at])
        self.source = PlainSource(avoid)
        self.bound: Any = None
        """What a method is called on: an instance or a class; None for functions."""
        if positional and positional[0] in ("self", "cls"):
            self.bound = values[positional.pop(0)]
        self.is_class = issubclass(type(self.bound), type) and self.bound is not None
        self._values = [(name, values[name]) for name in (*positional, *by_name)]
        more = values[names[at]] if code.co_flags & _VARARGS else ()
        named = values[names[at + bool(code.co_flags & _VARARGS)]] if code.co_flags & _VARKEYWORDS else {}
        # After one by name, none can follow by position.
        shown = [("", values[name]) for name in positional] + [("", value) for value in more]
        shown += [(f"{name}=", values[name]) for name in by_name]
        shown += [(f"{name}=", value) for name, value in named.items() if name.isidentifier()]
        self.sources = [self._source_of(value) for _, value in shown]
        self.arguments = ", ".join(label + source for (label, _), source in zip(shown, self.sources))

    def types(self) -> list[tuple[str, str]]:
        """Return (parameter, type) for those whose type has a name."""
        return [(name, kind) for name, value in self._values if (kind := _type_of(value))]

    def _source_of(self, value: Any) -> str:
        known = dict(self.source.imports)
        try:
            return self.source.of(value)
        except Exception:  # NotPlain, or something that is only half made
            self.source.imports = known
            return UNKNOWN


def _type_of(value: Any) -> str:
    try:
        return type_source(value)
    except NotPlain:
        return ""

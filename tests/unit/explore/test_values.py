"""Pools for annotations of every kind, and for parameters without one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from greenline_probe.explore.pools import MAX_POOL, interleave, typical_first, unique
from greenline_probe.explore.sources import expression_of, prelude_of
from unit.explore.explored import World, explored, pool_source

KINDS = """
import abc, collections, dataclasses, datetime, decimal, enum, io, pathlib, re, typing, uuid
from collections import abc as cabc
from typing import *


class Colour(enum.Enum):
    RED = 1
    BLUE = 2

class Level(enum.IntEnum):
    LOW = 1

@dataclasses.dataclass
class Point:
    x: int
    y: int = 0

class Pair(NamedTuple):
    left: int
    right: str

class Movie(TypedDict, total=False):
    title: str
    year: int

class Plain:
    def __init__(self, size: int, name: str = "x"):
        if size < 0:
            raise ValueError
        self.size = size

class Slotted:
    __slots__ = ("a",)
    def __init__(self, a: int) -> None:
        self.a = a

class Abstract(abc.ABC):
    @abc.abstractmethod
    def area(self) -> int: ...

class Square(Abstract):
    def area(self) -> int:
        return 4

class Only:
    def __init__(self) -> None:
        raise TypeError("use Only.of")
    @classmethod
    def of(cls, n: int) -> "Only":
        return object.__new__(cls)

class Itself:
    def __init__(self, other: "Itself") -> None:
        assert isinstance(other, Itself)

class Speaks(Protocol):
    def speak(self) -> str: ...

class Dog:
    def speak(self) -> str:
        return "woof"

class Linked:
    def __init__(self, value: int, after: "Optional[Linked]" = None) -> None:
        self.value, self.after = value, after

class AttrsLike:
    def __init__(self, *, host: str, port: int = 80) -> None:
        self.host, self.port = host, port

T = TypeVar("T")
B = TypeVar("B", bound=int)
C = TypeVar("C", int, str)
UserId = NewType("UserId", int)
Alias = Dict[str, List[int]]

class Stack(Generic[T]):
    def __init__(self, items: "list[T]") -> None:
        self.items = items


def f(value: "ANNOTATION"):
    return value
"""


def world_of(folder: Path, annotation: str) -> Any:
    return explored(folder, KINDS.replace('"ANNOTATION"', annotation), "f")


def types_in(world: World, pool: list[str]) -> set[str]:
    """Evaluate the pool; each value must be possible."""
    made = set()
    for source in pool:
        space = world.observer._namespace([source])
        if prelude_of(source):
            exec(prelude_of(source), space)
        made.add(type(eval(expression_of(source), space)).__name__)
    return made


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("int", {"int"}),
        ("float", {"float", "int"}),
        ("bool", {"bool"}),
        ("str", {"str"}),
        ("bytes", {"bytes"}),
        ("None", {"NoneType"}),
        ("Optional[int]", {"int", "NoneType"}),
        ("Union[int, str, None]", {"int", "str", "NoneType"}),
        ("Literal['a', 3]", {"str", "int"}),
        ("List[int]", {"list"}),
        ("list", {"list", "list_iterator"}),
        ("Set[str]", {"set"}),
        ("FrozenSet[int]", {"frozenset"}),
        ("Tuple[int, str]", {"tuple"}),
        ("Tuple[int, ...]", {"tuple"}),
        ("tuple", {"tuple"}),
        ("Dict[str, int]", {"dict"}),
        ("Mapping[str, int]", {"dict"}),
        ("Alias", {"dict"}),
        ("Deque[int]", {"deque"}),
        ("collections.OrderedDict", {"OrderedDict"}),
        ("Sequence[int]", {"list"}),
        ("Iterator[int]", {"list_iterator"}),
        ("Callable[[int], str]", {"function"}),
        ("Callable[..., Any]", {"function", "type", "builtin_function_or_method"}),
        ("Type[Point]", {"type"}),
        ("Colour", {"Colour"}),
        ("Level", {"Level"}),
        ("Point", {"Point"}),
        ("Pair", {"Pair"}),
        ("Movie", {"dict"}),
        ("Plain", {"Plain"}),
        ("Slotted", {"Slotted"}),
        ("Abstract", {"Square"}),
        ("Only", {"Only"}),
        ("Speaks", {"Dog"}),
        ("Optional[Speaks]", {"Dog", "NoneType"}),
        ("Linked", {"Linked"}),
        ("AttrsLike", {"AttrsLike"}),
        ("Stack[int]", {"Stack"}),
        ("UserId", {"int"}),
        ("B", {"int", "bool"}),
        ("C", {"int", "str"}),
        ("Annotated[int, 'positive']", {"int"}),
        ("Final[int]", {"int"}),
        ("decimal.Decimal", {"Decimal"}),
        ("datetime.date", {"date"}),
        ("datetime.datetime", {"datetime"}),
        ("uuid.UUID", {"UUID"}),
        ("re.Pattern[str]", {"Pattern"}),
        ("pathlib.Path", {"PosixPath"}),
        ("io.StringIO", {"StringIO"}),
        ("IO[str]", {"StringIO"}),
        ("IO[bytes]", {"BytesIO"}),
        ("TextIO", {"StringIO"}),
        ("BinaryIO", {"BytesIO"}),
        ("AsyncIterator[int]", {"async_generator"}),
        ("complex", {"complex"}),
        ("range", {"range"}),
    ],
)
@pytest.mark.filterwarnings("ignore:coroutine")
def test_the_pool_of_a_type_has_values_of_that_type(tmp_path: Path, annotation: str, expected: set[str]) -> None:
    with world_of(tmp_path, annotation) as world:
        pool = world.values.of_type(world.values.hints(world.subject.function)["value"])
        made = types_in(world, pool)

    assert made, "an empty pool"
    assert made <= expected if annotation in {"B", "Callable[..., Any]", "list", "float"} else made == expected


@pytest.mark.parametrize(
    "annotation",
    [
        "Speaks", "Itself", "Undefined", "'Not a type'", "3", "List['Undefined']", "Generic", "Protocol", "Type[Any]",
        "Callable", "Tuple[()]", "object", "Any", "type", "Awaitable[int]", "NoReturn", "ClassVar[int]", "memoryview",
        "Dict", "Iterable", "T", "List[T]", "Optional[Speaks]", "cabc.Set[int]", "cabc.MutableMapping[str, int]",
        "Generator[int, None, None]", "Counter[str]", "DefaultDict[str, int]", "typing.Hashable", "Exception",
        "Dict[Tuple[int, str], List[Optional[Point]]]", "List[List[List[List[List[List[int]]]]]]",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:coroutine")
def test_no_annotation_makes_it_fail_and_all_that_is_tried_is_python(tmp_path: Path, annotation: str) -> None:
    with world_of(tmp_path, f'"{annotation}"' if "'" not in annotation else repr(annotation)) as world:
        pool = pool_source(world, "value")

    assert len(pool) <= 2 * MAX_POOL
    for source in pool:
        ast.parse(expression_of(source), mode="eval")


def test_a_class_that_needs_itself_has_no_instances(tmp_path: Path) -> None:
    with world_of(tmp_path, "Itself") as world:
        assert world.values.of_type(world.subject.module.Itself) == []


def test_only_constructions_that_work_are_kept(tmp_path: Path) -> None:
    with world_of(tmp_path, "Plain") as world:
        made = world.values.of_type(world.subject.module.Plain)

    assert made
    assert not any("-1" in source for source in made)
    assert any("name=" in source for source in made)


def test_a_factory_stands_in_for_a_constructor_that_refuses(tmp_path: Path) -> None:
    with world_of(tmp_path, "Only") as world:
        assert all(source.startswith("Only.of(") for source in world.values.of_type(world.subject.module.Only))


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Any]:
    """Give the pool of the parameter ``p`` of a function with this head and body."""

    def make(text: str, name: str = "p") -> list[str]:
        with explored(tmp_path, text, "f") as world:
            return pool_source(world, name)

    return make


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("def f(p):\n    return p.upper()\n", "p", "'abc'"),
        ("def f(p):\n    return p['key']\n", "p", "{'key': 'key'}"),
        ("def f(p):\n    return [i for i in p]\n", "p", "[3, 1, 2]"),
        ("def f(p):\n    return p(1)\n", "p", "len"),
        ("def f(count):\n    return count\n", "count", "3"),
        ("def f(p):\n    return isinstance(p, dict)\n", "p", "{}"),
        ("def f(p=2.5):\n    return p\n", "p", "2.5"),
        ("def f(p: str):\n    return p == 'magic'\n", "p", "'magic'"),
        ("def f(p: int):\n    return p > 17\n", "p", "18"),
        ("def f(p: int):\n    return p > 17\n", "p", "16"),
        ("import re\ndef f(p: str):\n    return re.match('^ab+c$', p)\n", "p", "'abbc'"),
        ("def f(email: str):\n    return email\n", "email", "'ada@example.com'"),
        ("def f(p: str = None):\n    return p\n", "p", "None"),
        ("LIMITS = {'low': 1}\ndef f(p: str):\n    return LIMITS.get(p)\n", "p", "'low'"),
        ("def f(p: str):\n    if not isinstance(p, str):\n        raise TypeError\n", "p", "3"),
    ],
)
def test_what_is_tried_comes_from_what_the_code_does(bare: Any, text: str, name: str, expected: str) -> None:
    assert expected in bare(text, name)


def test_files_are_made_where_the_code_opens_a_path(bare: Any) -> None:
    pool = bare("def f(p):\n    return open(p).read()\n")

    assert any(".write_text(" in prelude_of(s) and "tmp_path" in expression_of(s) for s in pool)


def test_the_ordinary_case_comes_first(bare: Any) -> None:
    assert bare("def f(p: str):\n    return p == 'magic'\n")[0] == "'abc'"


def test_pools_are_mixed_fairly() -> None:
    assert unique(["a", "b", "a"]) == ["a", "b"]
    assert interleave([["a", "b", "c"], ["x"], []]) == ["a", "x", "b", "c"]
    assert interleave([]) == []
    assert typical_first(["9", "8", "3"], ["3", "1"]) == ["3", "9", "8"]
    assert typical_first(["9"], []) == ["9"]


def first_of(folder: Path, head: str, name: str = "f") -> list[str]:
    """Return the ordinary choice for each parameter of a function, or of a method and its constructor."""
    with explored(folder, f"{head}\n", name) as world:
        return list(filter(None, world.templates[0].first()))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("def f(project: str, title: str, token: str): ...", ["'project'", "'A title'", "'token'"]),
        ("def f(key_to_set: str, value_to_set: str): ...", ["'key'", "'value'"]),
        ("def f(project_name: str, user_name: str): ...", ["'project'", "'ada'"]),
        ("def f(left: str, s: str, text: str, p: str): ...", ["'left'", "'abc'", "'some text'", "'def'"]),
        ("def f(old_word: str, new_word: str): ...", ["'word'", "'new word'"]),
        ("def f(tags: list[str]): ...", ["['one', 'two', 'three']"]),
        ("def f(both: tuple[str, str]): ...", ["('one', 'two')"]),
        ("def f(cents: int, unit_price: int, count: int): ...", ["1000", "1000", "3"]),
        ("def f(percent: int, year: int): ...", ["10", "2024"]),
        ("def f(flag: bool, label: object): ...", ["True", "'label'"]),
        ("def f(r):\n    return r['unit'].upper(), r['sensor']", ["{'unit': 'unit', 'sensor': 'sensor'}"]),
    ],
)  # fmt: skip
def test_texts_and_sums_are_what_their_parameters_are_called(tmp_path: Path, head: str, expected: list[str]) -> None:
    assert first_of(tmp_path, head) == expected


def test_objects_are_made_of_what_their_parameters_are_called(tmp_path: Path) -> None:
    text = "import dataclasses\n\n@dataclasses.dataclass\nclass Money:\n    cents: int\n    owner: str\n\n"
    text += "    def less(self, percent: int) -> int:\n        return self.cents - self.cents * percent // 100\n"

    assert first_of(tmp_path, text, "Money.less") == ["1000", "'owner'", "10"]


def test_a_default_is_not_passed_as_what_is_typical(tmp_path: Path) -> None:
    with explored(tmp_path, "def f(word: str, separator: str = '-'):\n    return word + separator\n", "f") as world:
        assert pool_source(world, "separator")[:2] == ["", "'_'"]

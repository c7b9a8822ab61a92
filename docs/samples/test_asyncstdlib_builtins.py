import asyncio
import re

import pytest

from asyncstdlib import builtins
from asyncstdlib.builtins import Sentinel, _min_max, acallable_iterator


def test_anext():
    async def items():
        for item in [3, 1, 2]:
            yield item

    assert asyncio.run(builtins.anext(items())) == 3


def test_anext_with_default():
    async def items():
        for item in []:
            yield item

    assert asyncio.run(builtins.anext(items(), default=3)) == 3


def test_anext_raises_stop_async_iteration_when_default_is_anext_default():
    async def items():
        for item in []:
            yield item

    with pytest.raises(StopAsyncIteration):
        asyncio.run(builtins.anext(items()))


def test_iter_when_sentinel_is_iter_default():
    async def collect():
        return [item async for item in builtins.iter([3, 1, 2])]

    assert asyncio.run(collect()) == [3, 1, 2]


def test_iter_with_sentinel():
    async def collect():
        return [item async for item in builtins.iter(lambda: 1, sentinel=1)]

    assert asyncio.run(collect()) == []


def test_iter_raises_type_error_with_sentinel():
    with pytest.raises(TypeError, match=r"iter\(v, w\): v must be callable"):
        builtins.iter([3, 1, 2], sentinel=1)


def test_iter_raises_assertion_error_with_sentinel():
    with pytest.raises(AssertionError):
        builtins.iter(lambda: None, sentinel=Sentinel("Ada"))


def test_acallable_iterator():
    async def work():
        return 3

    async def collect():
        return [item async for item in acallable_iterator(work, 3)]

    assert asyncio.run(collect()) == []


@pytest.mark.parametrize(
    ("iterable", "expected"),
    [
        pytest.param(["one"], True, id="one"),
        pytest.param([None], False, id="none"),
    ],
)
def test_all(iterable, expected):
    assert asyncio.run(builtins.all(iterable)) is expected


@pytest.mark.parametrize(
    ("iterable", "expected"),
    [
        pytest.param(["one"], True, id="one"),
        pytest.param([None], False, id="none"),
    ],
)
def test_any(iterable, expected):
    assert asyncio.run(builtins.any(iterable)) is expected


@pytest.mark.parametrize(
    ("iterables", "strict", "expected"),
    [
        pytest.param(["one", "one"], False, [("one",), ("one",)], id="one-one"),
        pytest.param(["one"], False, [("one",)], id="one"),
        pytest.param(["one"], True, [("one",)], id="strict"),
    ],
)
def test_zip(iterables, strict, expected):
    async def collect():
        return [item async for item in builtins.zip(iterables, strict=strict)]

    assert asyncio.run(collect()) == expected


def test_zip_without_iterables():
    async def collect():
        return [item async for item in builtins.zip()]

    assert asyncio.run(collect()) == []


def test_zip_for_empty_iterables():
    async def collect():
        return [item async for item in builtins.zip(["one"], [])]

    assert asyncio.run(collect()) == []


@pytest.mark.parametrize(
    ("first_iterable", "second_iterable", "message"),
    [
        pytest.param(
            ["one"],
            ["one", "one"],
            "zip() argument 2 is longer than argument 1",
            id="one-one",
        ),
        pytest.param(
            ["one", "two", "three"],
            ["one"],
            "zip() argument 2 is shorter than argument 1",
            id="one-two-three-one",
        ),
        pytest.param(
            ["one"],
            [3, "abc"],
            "zip() argument 2 is longer than argument 1",
            id="3-abc",
        ),
    ],
)
def test_zip_raises_value_error_for_two_iterables(
    first_iterable, second_iterable, message
):
    async def collect():
        return [
            item
            async for item in builtins.zip(first_iterable, second_iterable, strict=True)
        ]

    with pytest.raises(ValueError, match=re.escape(message)):
        asyncio.run(collect())


def test_map():
    async def collect():
        return [item async for item in builtins.map(lambda value: value, ["one"])]

    assert asyncio.run(collect()) == ["one"]


def test_map_raises_value_error_for_empty_iterables():
    async def collect():
        return [
            item
            async for item in builtins.map(
                lambda value: value, ["two", "one"], [], strict=True
            )
        ]

    with pytest.raises(
        ValueError, match=r"zip\(\) argument 2 is shorter than argument 1"
    ):
        asyncio.run(collect())


@pytest.mark.parametrize(
    ("iterable", "expected"),
    [
        pytest.param(["one"], "one", id="one"),
        pytest.param(["two", "one"], "two", id="two-one"),
        pytest.param(["one", "two", "three"], "two", id="one-two-three"),
    ],
)
def test_max(iterable, expected):
    assert asyncio.run(builtins.max(iterable)) == expected


def test_max_with_key():
    assert (
        asyncio.run(builtins.max(["one", "two", "three"], key=lambda value: value))
        == "two"
    )


def test_max_for_empty_iterable():
    result = asyncio.run(builtins.max([], default=Sentinel("Ada")))
    assert isinstance(result, Sentinel)
    assert result.name == "Ada"


def test_max_raises_value_error_for_empty_iterable():
    with pytest.raises(ValueError, match=r"max\(\) arg is an empty sequence"):
        asyncio.run(builtins.max([]))


@pytest.mark.parametrize(
    "iterable",
    [
        pytest.param(["one"], id="one"),
        pytest.param(["two", "one"], id="two-one"),
    ],
)
def test_min(iterable):
    assert asyncio.run(builtins.min(iterable)) == "one"


def test_min_for_empty_iterable():
    result = asyncio.run(builtins.min([], default=Sentinel("Ada")))
    assert isinstance(result, Sentinel)
    assert result.name == "Ada"


def test_min_raises_value_error_for_empty_iterable():
    with pytest.raises(ValueError, match=r"min\(\) arg is an empty sequence"):
        asyncio.run(builtins.min([]))


def test_min_max_with_key():
    assert asyncio.run(_min_max([3, 1, 2], key=lambda value: 3, invert=True)) == 2


@pytest.mark.parametrize(
    ("function", "iterable", "expected"),
    [
        pytest.param(lambda value: True, [3], [3], id="function"),
        pytest.param(None, [3], [3], id="no-function"),
        pytest.param(None, [0], [], id="no-function-0"),
        pytest.param(lambda value: False, [3], [], id="function-2"),
    ],
)
def test_filter(function, iterable, expected):
    async def collect():
        return [item async for item in builtins.filter(function, iterable)]

    assert asyncio.run(collect()) == expected


def test_enumerate():
    async def collect():
        return [item async for item in builtins.enumerate([3, 1, 2])]

    assert asyncio.run(collect()) == [(0, 3), (1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("iterable", "expected"),
    [
        pytest.param([3], 3, id="3"),
        pytest.param([True], 1, id="true"),
    ],
)
def test_sum(iterable, expected):
    assert asyncio.run(builtins.sum(iterable)) == expected


def test_list():
    assert asyncio.run(builtins.list()) == []


def test_tuple():
    assert asyncio.run(builtins.tuple()) == ()


def test_dict_without_iterable():
    assert asyncio.run(builtins.dict()) == {}


def test_dict_without_kwargs():
    assert asyncio.run(builtins.dict(iterable=[(None, 3)])) == {None: 3}


def test_dict_without_iterable_with_extra():
    assert asyncio.run(builtins.dict(extra={"a": 1})) == {"extra": {"a": 1}}


def test_dict_with_kwargs():
    assert asyncio.run(builtins.dict(iterable=[(None, 3)], extra={"a": 1})) == {
        None: 3,
        "extra": {"a": 1},
    }


def test_set():
    assert asyncio.run(builtins.set()) == set()


@pytest.mark.parametrize(
    ("iterable", "key", "reverse", "expected"),
    [
        pytest.param([3], None, False, [3], id="3-no-key"),
        pytest.param([3, 1, 2], None, True, [3, 2, 1], id="no-key-reverse"),
        pytest.param([3, 1, 2], lambda value: value, False, [1, 2, 3], id="3-1-2"),
        pytest.param([3, 1, 2], lambda value: value, True, [3, 2, 1], id="reverse"),
        pytest.param([3, 1, 2], lambda value: 3, False, [3, 1, 2], id="3-1-2-2"),
    ],
)
def test_sorted(iterable, key, reverse, expected):
    assert asyncio.run(builtins.sorted(iterable, key=key, reverse=reverse)) == expected


@pytest.mark.parametrize(
    ("reverse", "expected"),
    [
        (False, [1, 2, 3]),
        (True, [3, 2, 1]),
    ],
)
def test_sorted_of_items(reverse, expected):
    async def items():
        for item in [3, 1, 2]:
            yield item

    assert asyncio.run(builtins.sorted(items(), reverse=reverse)) == expected

import asyncio
import re

import pytest

from asyncstdlib import builtins
from asyncstdlib.builtins import Sentinel, _min_max, acallable_iterator


def test_anext():
    async def items():
        for item in [3]:
            yield item

    assert asyncio.run(builtins.anext(items())) == 3


def test_anext_when_default_is_not_anext_default():
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
    with pytest.raises(TypeError, match=r"^iter\(v, w\): v must be callable"):
        builtins.iter([3, 1, 2], sentinel=1)


def test_iter_raises_assertion_error_with_sentinel():
    with pytest.raises(AssertionError):
        builtins.iter(lambda: None, sentinel=Sentinel(""))


def test_acallable_iterator_when_value_is_sentinel():
    async def work():
        return 3

    async def collect():
        return [item async for item in acallable_iterator(work, 3)]

    assert asyncio.run(collect()) == []


@pytest.mark.parametrize(
    ("iterable", "expected"),
    [
        pytest.param(["abc"], True, id="abc"),
        pytest.param(["abc", 3, None], False, id="abc-3-none"),
    ],
)
def test_all(iterable, expected):
    assert asyncio.run(builtins.all(iterable)) is expected


def test_any_is_true_with_element():
    assert asyncio.run(builtins.any(["abc"])) is True


def test_any_is_false_without_element():
    assert asyncio.run(builtins.any([None])) is False


@pytest.mark.parametrize(
    ("iterables", "strict", "expected"),
    [
        pytest.param(
            ["abc", 3, None], False, [("abc",), (3,), (None,)], id="abc-3-none"
        ),
        pytest.param(["abc"], False, [("abc",)], id="abc"),
        pytest.param(["abc", 3, None], True, [("abc",), (3,), (None,)], id="strict"),
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


def test_zip_of_two_iterables():
    async def collect():
        return [item async for item in builtins.zip(["abc"], ["abc", 3, None])]

    assert asyncio.run(collect()) == [("abc", "abc")]


@pytest.mark.parametrize(
    ("iterables", "iterables_2", "message"),
    [
        pytest.param(
            ["abc", 3, None],
            ["abc"],
            "zip() argument 2 is shorter than argument 1",
            id="abc",
        ),
        pytest.param(
            ["abc", 3, None], [3], "zip() argument 2 is shorter than argument 1", id="3"
        ),
        pytest.param(
            [3], [3, "abc"], "zip() argument 2 is longer than argument 1", id="3-3-abc"
        ),
        pytest.param(
            ["abc", "abc"],
            ["abc", 3, None],
            "zip() argument 2 is longer than argument 1",
            id="abc-abc-abc-3-none",
        ),
    ],
)
def test_zip_raises_value_error_for_two_iterables(iterables, iterables_2, message):
    async def collect():
        return [
            item async for item in builtins.zip(iterables, iterables_2, strict=True)
        ]

    with pytest.raises(ValueError, match="^" + re.escape(message)):
        asyncio.run(collect())


def test_map():
    async def collect():
        return [item async for item in builtins.map(str, ["abc", 3, None])]

    assert asyncio.run(collect()) == ["abc", "3", "None"]


def test_map_raises_value_error_for_empty_iterable():
    async def collect():
        return [item async for item in builtins.map(len, [], ["abc"], strict=True)]

    with pytest.raises(
        ValueError, match=r"^zip\(\) argument 2 is longer than argument 1"
    ):
        asyncio.run(collect())


@pytest.mark.parametrize(
    ("iterable", "key", "expected"),
    [
        pytest.param(["abc"], None, "abc", id="abc-no-key"),
        pytest.param(["abc", 3, None], lambda value: 3, None, id="abc-3-none"),
        pytest.param(["abc", r"ab\c"], None, "abc", id="abc-ab-c-no-key"),
        pytest.param(["abc", "abc"], lambda value: 3, "abc", id="abc-abc"),
        pytest.param([2.5, -2.5], lambda value: value, 2.5, id="2-5-minus-2-5"),
        pytest.param(["abc", r"ab\c"], lambda value: value, "abc", id="abc-ab-c"),
    ],
)
def test_max(iterable, key, expected):
    assert asyncio.run(builtins.max(iterable, key=key)) == expected


def test_max_for_empty_iterable():
    result = asyncio.run(builtins.max([], default=Sentinel("")))
    assert isinstance(result, Sentinel)
    assert result.name == ""


def test_max_raises_value_error_when_best_is_min_max_default():
    with pytest.raises(ValueError, match=r"^max\(\) arg is an empty sequence"):
        asyncio.run(builtins.max([]))


@pytest.mark.parametrize(
    ("iterable", "key"),
    [
        pytest.param(["abc"], None, id="abc"),
        pytest.param(["abc", 3, None], lambda value: 3, id="abc-3-none-function"),
        pytest.param(["abc", "abc"], None, id="abc-abc"),
    ],
)
def test_min(iterable, key):
    assert asyncio.run(builtins.min(iterable, key=key)) == "abc"


def test_min_for_empty_iterable():
    result = asyncio.run(builtins.min([], default=Sentinel("")))
    assert isinstance(result, Sentinel)
    assert result.name == ""


def test_min_raises_value_error_when_best_is_min_max_default():
    with pytest.raises(ValueError, match=r"^min\(\) arg is an empty sequence"):
        asyncio.run(builtins.min([]))


def test_min_max_without_key():
    assert asyncio.run(_min_max([3, 1, 2], None, False)) == 1


@pytest.mark.parametrize(
    ("function", "iterable", "expected"),
    [
        pytest.param(None, [3], [3], id="no-function"),
        pytest.param(None, [0], [], id="0"),
        pytest.param(lambda value: True, [3], [3], id="function"),
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


def test_dict_without_iterable_with_empty_extra():
    assert asyncio.run(builtins.dict(extra={})) == {"extra": {}}


def test_dict_with_kwargs():
    assert asyncio.run(builtins.dict(iterable=[(None, 3)], extra={})) == {
        None: 3,
        "extra": {},
    }


def test_set():
    assert asyncio.run(builtins.set()) == set()


@pytest.mark.parametrize(
    ("iterable", "key", "reverse", "expected"),
    [
        pytest.param([3], None, False, [3], id="3-no-key"),
        pytest.param([3, 1, 2], None, True, [3, 2, 1], id="no-key-reverse"),
        pytest.param([3, 1, 2], lambda value: 3, False, [3, 1, 2], id="3-1-2"),
        pytest.param([3, 1, 2], lambda value: value, False, [1, 2, 3], id="3-1-2-2"),
        pytest.param([3, 1, 2], lambda value: value, True, [3, 2, 1], id="reverse"),
    ],
)
def test_sorted(iterable, key, reverse, expected):
    assert asyncio.run(builtins.sorted(iterable, key=key, reverse=reverse)) == expected


@pytest.mark.parametrize(
    ("reverse", "expected"),
    [
        pytest.param(False, [1, 2, 3], id="no-reverse"),
        pytest.param(True, [3, 2, 1], id="reverse"),
    ],
)
def test_sorted_of_items(reverse, expected):
    async def items():
        for item in [3, 1, 2]:
            yield item

    assert asyncio.run(builtins.sorted(items(), reverse=reverse)) == expected

"""Small programs, each about one kind of statement and the ways through it, to be executed under two tracers."""

from __future__ import annotations

import sys

_ALWAYS = {
    "if without else, both ways": """
def f(a):
    if a:
        x = 1
    y = 2
f(0)
f(1)
""",
    "if without else, always true": """
def f(a):
    if a:
        x = 1
    y = 2
f(1)
f(2)
""",
    "if without else, always false": """
def f(a):
    if a:
        x = 1
    y = 2
f(0)
""",
    "if and else, one way": """
def f(a):
    if a:
        x = 1
    else:
        x = 2
    return x
f(1)
""",
    "elif chain": """
def f(a):
    if a == 1:
        x = 1
    elif a == 2:
        x = 2
    elif a == 3:
        x = 3
    return a
f(2)
f(4)
""",
    "if as the last statement": """
def f(a):
    if a:
        print
def g(a):
    if a:
        print
def h(a):
    if a:
        return 1
f(1)
g(0)
h(1)
""",
    "if that raises and leaves": """
def f(a):
    if a[0]:
        print
try:
    f([])
except IndexError:
    pass
""",
    "if on one line": """
def f(a):
    if a: x = 1
    if not a: return
    y = 2
f(1)
f(0)
""",
    "if in a loop, always true": """
def f(xs):
    for x in xs:
        if x:
            y = x
    return 1
f([1, 2])
""",
    "if in a loop, always false": """
def f(xs):
    for x in xs:
        if x:
            y = x
f([0])
""",
    "several conditions over several lines": """
def f(a, b, c):
    if (
        a
        and b
        or c
    ):
        return 1
    if (a or
            b):
        return 2
    return 3
f(0, 0, 1)
f(1, 0, 0)
f(0, 0, 0)
""",
    "not and and": """
def f(a, b):
    if not (a and not b):
        x = 1
    if not a:
        if b: x = 2
        else: x = 3
f(1, 0)
f(0, 1)
""",
    "constant conditions": """
if 0:
    a = 1
if 1:
    b = 2
if __debug__:
    c = 3
if not __debug__:
    d = 4
while 0:
    e = 1
x = 5
""",
    "conditional expressions": """
def f(a):
    x = 1 if a else 2
    y = (
        1
        if a
        else 2
    )
    return a and x or y
f(1)
""",
    "for, never and fully": """
def f(xs):
    for x in xs:
        y = x
    z = 1
f([])
def g(xs):
    for x in xs:
        y = x
    z = 1
g([1])
""",
    "for that never ends": """
def f(xs):
    for x in xs:
        if x:
            return x
    return None
f([0, 1])
def g(xs):
    for x in xs:
        break
g([1])
""",
    "for and else": """
def f(xs):
    for x in xs:
        if x == 2:
            break
    else:
        return 0
    return 1
f([1])
f([2])
def g(xs):
    for x in xs:
        if x == 2:
            break
    else:
        y = 1
g([1])
""",
    "for with continue": """
def f(xs):
    for x in xs:
        if x:
            continue
        y = 1
f([1, 1])
def g(xs):
    for x in xs:
        if x:
            continue
        y = 1
    else:
        z = 1
g([0])
""",
    "for on one line": """
def f(xs):
    for x in xs: y = x
    for x in xs: pass
    z = 1
f([1])
f([])
""",
    "for over several lines": """
def f(xs):
    for (x,
         y) in zip(
            xs,
            xs):
        z = (x,
             y)
    return 1
f([1])
""",
    "nested loops": """
def f(xs, ys):
    for x in xs:
        for y in ys:
            if x == y:
                break
        else:
            continue
        z = x
f([1, 2], [2])
f([1], [])
""",
    "while": """
def f(n):
    while n:
        n -= 1
    return n
f(2)
def g(n):
    while n > 0:
        if n == 1:
            return 1
        n -= 1
    return 0
g(3)
""",
    "while and else": """
def f(n):
    while n:
        n -= 1
        if n == 3:
            break
        if n == 5:
            continue
    else:
        x = 1
    return n
f(2)
f(4)
f(7)
""",
    "while true": """
def f(n):
    while True:
        n -= 1
        if n < 0:
            break
    return n
f(2)
def g(n):
    while 1:
        n -= 1
        if n < 0:
            return n
g(2)
""",
    "while with two conditions": """
def f(a, b):
    while a and b:
        a -= 1
    while a or b:
        a = b = 0
    x = 1
f(1, 1)
f(0, 0)
""",
    "break out of while from try": """
def f(n):
    while n:
        try:
            n -= 1
            if n == 1:
                break
        finally:
            x = 1
        y = 2
    return n
f(3)
f(1)
""",
    "try and except": """
def f(a):
    try:
        x = 1 // a
    except ZeroDivisionError:
        x = 0
    return x
f(1)
f(0)
""",
    "except chain": """
def f(a):
    try:
        raise a
    except KeyError:
        x = 1
    except (TypeError, ValueError) as error:
        x = 2
    except IndexError:
        x = 3
    return x
f(ValueError)
f(IndexError)
def g(a):
    try:
        raise a
    except KeyError:
        x = 1
    except:
        x = 2
g(KeyError)
""",
    "except not matched": """
def f(a):
    try:
        raise a
    except KeyError:
        x = 1
    return x
try:
    f(ValueError)
except ValueError:
    pass
""",
    "try and else": """
def f(a):
    try:
        x = 1 // a
    except ZeroDivisionError:
        return 0
    else:
        if x:
            y = 1
    return 2
f(1)
f(0)
""",
    "if as the last statement of try": """
def f(a):
    try:
        if a:
            x = 1
    except KeyError:
        x = 2
    y = 3
f(1)
def g(a):
    try:
        x = 1
        if a:
            x = 2
    except KeyError:
        x = 3
    else:
        x = 4
g(0)
""",
    "finally, normally": """
def f(a):
    try:
        if a:
            return 1
    finally:
        x = 2
    y = 3
f(0)
""",
    "finally, by return": """
def f(a):
    try:
        if a:
            return 1
    finally:
        x = 2
    y = 3
f(1)
""",
    "finally, by exception": """
def f(a):
    try:
        x = 1 // a
    finally:
        x = 2
    y = 3
try:
    f(0)
except ZeroDivisionError:
    pass
""",
    "finally, by raise": """
def f(a):
    try:
        if a:
            raise ValueError
        y = 1
    finally:
        x = 2
    y = 3
try:
    f(1)
except ValueError:
    pass
f(0)
""",
    "finally with branches": """
def f(a, b):
    try:
        if a:
            return 1
        y = 1
    finally:
        if b:
            x = 2
    return 3
f(0, 1)
f(1, 0)
""",
    "finally in a loop": """
def f(xs):
    for x in xs:
        try:
            if x == 1:
                continue
            if x == 2:
                break
        finally:
            y = 1
        z = 2
    return 3
f([1])
f([0])
f([2])
""",
    "finally inside finally": """
def f(a):
    try:
        try:
            if a:
                return 1
        finally:
            x = 1
        y = 1
    finally:
        z = 1
    return 2
f(1)
f(0)
""",
    "finally where paths join": """
def f(a, b):
    if b:
        try:
            if a:
                return 1
        finally:
            x = 2
    else:
        x = 3
    y = 4
f(0, 1)
f(0, 0)
def g(a, b):
    if b:
        try:
            if a:
                return 1
        finally:
            x = 2
    y = 4
g(1, 1)
g(0, 0)
""",
    "try, except, else and finally": """
def f(a):
    try:
        x = 1 // a
    except ZeroDivisionError:
        x = 0
    else:
        x = 1
    finally:
        y = 1
    return x
f(0)
f(1)
""",
    "return in except and finally": """
def f(a):
    try:
        a()
    except ValueError:
        return 1
    finally:
        x = 1
    return 2
def raising():
    raise ValueError
f(raising)
f(int)
def g(a):
    try:
        raise KeyError
    finally:
        return 4
g(1)
""",
    "raise in an except": """
def f(a):
    try:
        raise KeyError
    except KeyError as error:
        if a:
            raise
        x = 1
    return x
f(0)
try:
    f(1)
except KeyError:
    x = 2
""",
    "with": """
from contextlib import suppress
def f(a):
    with suppress(KeyError):
        if a:
            x = 1
    y = 2
f(1)
f(0)
""",
    "with and return": """
from contextlib import suppress
def f(a):
    with suppress(KeyError):
        if a:
            return 1
    return 2
f(1)
def g(a):
    with suppress(KeyError):
        if a:
            return 1
        x = 1
    return 2
g(0)
""",
    "with that swallows": """
from contextlib import suppress
def f(a):
    with suppress(KeyError):
        if a:
            raise KeyError
        x = 1
    y = 2
f(1)
""",
    "with in a loop": """
from contextlib import suppress
def f(xs):
    for x in xs:
        with suppress(KeyError):
            if x == 1:
                continue
            if x == 2:
                break
            if x == 3:
                y = 1
    return 1
f([1])
f([2])
f([3])
""",
    "with and several managers": """
from contextlib import suppress
def f(a):
    with suppress(KeyError), suppress(
        ValueError
    ) as b:
        if a:
            with suppress(OSError): x = 1
        else:
            x = 2
f(1)
f(0)
""",
    "if around with": """
from contextlib import suppress
def f(a, b):
    if b:
        with suppress(KeyError):
            if a:
                x = 1
    z = 1
f(1, 1)
f(1, 0)
def g(a):
    while a:
        with suppress(KeyError):
            a -= 1
            if a == 5: return 7
g(2)
""",
    "assert": """
def f(a):
    assert a
    assert a, "b"
    x = 1
f(1)
try:
    f(0)
except AssertionError:
    x = 2
""",
    "one-line functions and classes": """
class A: x = 1
def f(): return 1
class B: pass
class C:
    def m(self): return 1
    n = 2
for i in range(2):
    class D: pass
    def g(): return i
if i:
    class E: y = 1
z = 1
C().m()
""",
    "decorators": """
def same(x):
    return x
@same
@same
def f(
    a=1,
    b=2,
):
    return a
@same
class A:
    @property
    def p(self):
        return 1
f()
""",
    "lambdas": """
f = lambda a: 1 if a else 2
g = lambda a: (
    a
    or 3
)
f(1)
h = [lambda: i for i in range(2)]
""",
    "comprehensions": """
def f(xs):
    a = [x for x in xs if x]
    b = {
        x: y
        for x in xs
        if x
        for y in xs
    }
    c = {x for x in xs}
    if any(
        x
        for x in xs
    ):
        return [
            x for x in xs
        ]
    return sum(x for x in xs)
f([0, 1])
f([])
""",
    "comprehension as the iterable": """
def f(xs):
    for x in [y for y in xs if y]:
        if x:
            z = [
                a for a in xs
            ]
    while [y for y in xs]:
        xs = xs[1:]
f([1])
f([])
""",
    "generators": """
def g(n):
    for i in range(n):
        if i:
            yield i
    yield -1
list(g(2))
def h():
    try:
        yield 1
        yield 2
    finally:
        x = 1
next(h())
it = h()
next(it)
it.close()
def k():
    x = yield 1
    if x:
        yield 2
it = k()
next(it)
it.send(1)
list(it)
""",
    "a generator that is thrown into": """
def g():
    while True:
        try:
            yield 1
        except ValueError:
            break
        except KeyError:
            continue
    yield 2
it = g()
next(it)
it.throw(KeyError())
it.throw(ValueError())
list(it)
""",
    "generators that delegate": """
def inner():
    yield 1
    return 2
def outer(a):
    if a:
        x = yield from inner()
    else:
        x = yield from ()
    return x
list(outer(1))
""",
    "a generator that is left": """
def g(xs):
    for x in xs:
        if x:
            yield x
        y = 1
it = g([1, 2])
next(it)
del it
""",
    "recursion": """
def f(n):
    if n:
        return f(n - 1)
    return 0
f(3)
def deep(n):
    if n > 0:
        deep(n - 1)
    x = 1
deep(2)
""",
    "endless recursion": """
def f(n):
    if n < 0:
        return 0
    return f(n + 1)
try:
    f(0)
except RecursionError:
    x = 1
""",
    "an exception on the way": """
def f(a):
    if a:
        g(a)
    x = 1
def g(a):
    if a == 1:
        raise ValueError
    return 1
for i in (0, 1, 2):
    try:
        f(i)
    except ValueError:
        continue
""",
    "async": """
import asyncio
async def agen(n):
    for i in range(n):
        yield i
        await asyncio.sleep(0)
async def f(n):
    async for i in agen(n):
        if i == 1:
            break
    x = 1
async def g(n):
    async for i in agen(n):
        x = i
    else:
        x = 2
    return [i async for i in agen(n) if i]
async def h(n):
    for k in range(2):
        async for i in agen(n):
            x = i
asyncio.run(f(1))
asyncio.run(f(3))
asyncio.run(g(1))
asyncio.run(h(1))
async def left(n):
    async for i in agen(n):
        return 1
    return 2
asyncio.run(left(1))
""",
    "async with": """
import asyncio
class M:
    async def __aenter__(self):
        await asyncio.sleep(0)
    async def __aexit__(self, *a):
        await asyncio.sleep(0)
async def f(a):
    async with M() as m:
        if a:
            x = 1
    async with M(), M():
        if a:
            return 1
    return 2
asyncio.run(f(0))
asyncio.run(f(1))
""",
    "await in conditions": """
import asyncio
async def one(a):
    await asyncio.sleep(0)
    return a
async def f(a):
    if await one(a):
        x = 1
    while await one(a):
        a -= 1
    try:
        await one(1)
    finally:
        x = 2
    return a
asyncio.run(f(1))
""",
    "two coroutines in turns": """
import asyncio
async def f(a):
    for i in range(2):
        if a:
            await asyncio.sleep(0)
        x = 1
async def both():
    await asyncio.gather(f(0), f(1))
asyncio.run(both())
""",
    "threads": """
import threading
def f(a):
    for i in range(3):
        if a:
            x = 1
        y = 2
threads = [threading.Thread(target=f, args=(i,)) for i in range(2)]
for t in threads:
    t.start()
for t in threads:
    t.join()
""",
    "functions that are called often": """
def leaf(a):
    return a + 1
def small(a):
    if a % 2:
        a += 1
    else:
        a -= 1
    return leaf(a)
def late(a):
    if a == 39:
        x = 1
    for i in (1, 2):
        if a == 38:
            continue
        x = 2
def raising(a):
    if a == 37:
        raise ValueError
    return small(
        a
    )
for i in range(40):
    small(i)
    late(i)
    try:
        raising(i)
    except ValueError:
        x = 1
""",
    "docstrings and global": '''
"""A module."""
def f():
    """A function.

    With lines.
    """
    global x
    x = 1
class A:
    """A class."""

    y: int = 1
    z: str
f()
del x
''',
    "strings over lines": '''
def f(a):
    if a == """
    b
    """:
        return f"""{
            a
        }"""
    x = (1,
         2)
    return a[
        0]
f("x")
''',
    "backslashes and semicolons": """
def f(a):
    if a and \\
            a > 1:
        x = 1; y = 2
    z = 1; return z
f(1)
f(2)
""",
    "calls over lines in conditions": """
def f(a):
    if max(
        a,
        1,
    ) > 1:
        x = 1
    elif min(
        a, 1
    ):
        x = 2
    while max(
        a,
        0,
    ):
        a -= 1
    return x if a else (
        0
    )
f(1)
""",
    "starred and nested conditions": """
def f(a, *b, **c):
    if a:
        if b:
            if c:
                return 1
            x = 1
        else:
            x = 2
    return 3
f(1, 2)
f(0)
""",
    "imports in try": """
try:
    import surely_not_there
except ImportError:
    surely_not_there = None
try:
    import os
except ImportError:
    os = None
if os:
    x = 1
""",
    "the walrus": """
def f(xs):
    while (x := xs.pop()):
        y = x
    if (z := x) and z:
        return 1
    return [w for v in (1, 2) if (w := v)]
f([0, 1])
""",
    "a class body with branches": """
class A:
    if 1 > 2:
        def f(self):
            return 1
    else:
        def f(self):
            return 2
    for i in range(2):
        x = i
    try:
        y = z
    except NameError:
        y = 1
A().f()
""",
    "much between the lines": f"""
def f(a):
    if a:
        x = [{"a, " * 600}]
    return 1
f(1)
f(0)
""",
    "far apart": "def f(a):\n    if a:\n        x = 1\n" + "\n" * 300 + "    return 1\nf(1)\nf(0)\n",
}
_FROM_3_10 = {
    "match": """
def f(v):
    match v:
        case 1:
            x = 1
        case [a, *b]:
            x = 2
        case {"k": c} if c:
            x = 3
        case str() | bytes():
            x = 4
    return 0
f(1)
f([1])
f({"k": 0})
f("s")
f(None)
""",
    "match with a last resort": """
def f(v):
    match v:
        case 1:
            return 1
        case _:
            return 2
f(1)
def g(v):
    match v:
        case (1, 2):
            x = 1
        case other:
            x = other
    y = 1
g((1, 2))
g(3)
""",
    "match in a loop": """
class P:
    __match_args__ = ("x", "y")
    def __init__(self, x, y):
        self.x, self.y = x, y
def f(vs):
    for v in vs:
        match v:
            case P(0, y=1):
                continue
            case P(x, y) if x > y:
                break
            case P():
                z = 1
    return 1
f([P(0, 1), P(1, 1), P(2, 1)])
f([1])
""",
    "parenthesised managers": """
from contextlib import suppress
def f(a):
    with (
        suppress(KeyError),
        suppress(ValueError) as b,
    ):
        if a:
            x = 1
    y = 1
f(1)
f(0)
""",
}
_FROM_3_11 = {
    "except groups": """
def f(errors):
    try:
        raise ExceptionGroup("g", errors)
    except* ValueError:
        x = 1
    except* KeyError as group:
        x = 2
    return x
f([ValueError()])
f([KeyError(), ValueError()])
""",
}
_FROM_3_12 = {
    "type parameters": """
type Pair[T] = tuple[T, T]
def f[T](a: T) -> T:
    if a:
        return a
    return a
class A[T]:
    x: T
    def m(self):
        return 1
f(1)
A().m()
""",
    "f-strings with anything": """
def f(a):
    if f"{'x' if a else 'y'}" == "x":
        return f"{
            [b for b in (1, 2)]
        }"
    return 1
f(0)
""",
}


def snippets() -> dict[str, str]:
    """Return name -> source of those that this interpreter can read."""
    found = dict(_ALWAYS)
    for version, more in (((3, 10), _FROM_3_10), ((3, 11), _FROM_3_11), ((3, 12), _FROM_3_12)):
        if sys.version_info >= version:
            found.update(more)
    return found

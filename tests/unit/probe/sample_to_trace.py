"""Not a test: statements of every kind, to be executed under two tracers. Syntax of Python 3.9."""
# Its odd statements are the point.

import asyncio
import contextlib
import threading


class Thing:
    x = 1

    def method(self, a):
        try:
            if a:
                raise ValueError(a)
            return 1
        except ValueError as error:
            return str(error)
        finally:
            self.x = 2

    @property
    def prop(self):
        return self.x


def gen(n):
    for i in range(n):
        yield i
    else:
        yield -1


def outer(n):
    def inner(k):
        return k + 1

    yield from gen(n)
    return inner(n)


@contextlib.contextmanager
def manager():
    try:
        yield 5
    finally:
        pass


def use():
    with manager() as m, contextlib.suppress(KeyError):
        {}["x"]
    with manager():
        return m
    return None


def loop(n):
    while n:
        n -= 1
        if n == 3:
            continue
        if n == 1:
            break
    else:
        return "else"
    return (
        [a for a in range(4) if a],
        {b: b for b in "ab"},
        {c for c in "ab"},
        sum(d for d in (1, 2)),
    )


async def agen():
    for i in range(3):
        yield i
        await asyncio.sleep(0)


class Context:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *a):
        return False


async def work(n):
    try:
        await asyncio.sleep(0)
        if n == 2:
            raise RuntimeError
    except RuntimeError:
        pass


async def coroutines():
    async with Context() as c:
        async for i in agen():
            if i == 2:
                break
        r = [j async for j in agen()]
    await asyncio.gather(work(1), work(2))
    return r, c


def thrown():
    def g():
        try:
            yield 1
        except ValueError:
            yield 2
        finally:
            z = 1

    it = g()
    next(it)
    it.throw(ValueError)
    it.close()
    it = g()
    next(it)
    try:
        it.throw(KeyError)
    except KeyError:
        pass


def deep(n):
    return n and deep(n - 1)


def raises():
    raise KeyError


fact = lambda n: 1 if n < 2 else (n * fact(n - 1))


def nested_exceptions():
    with contextlib.suppress(KeyError):
        raises()
    try:
        raises()
    except (ValueError, TypeError):
        pass
    except KeyError:
        try:
            raises()
        finally:
            return 4


def in_thread():
    thread = threading.Thread(target=deep, args=(2,))
    thread.start()
    thread.join()


t = Thing()
t.method(0)
t.method(1)
t.prop
list(outer(3))
use()
loop(5)
loop(0)
asyncio.run(coroutines())
thrown()
deep(3)
fact(4)
nested_exceptions()
in_thread()

"""Classes, with methods of all kinds."""

from dataclasses import dataclass


@dataclass
class Size:
#! lens: Size: 50 % · 1 gap · 1+ tests | Generate tests | Run tests
    width: int
    height: int

    def area(self):
#! lens: area: 100 % · 1+ tests | Run tests
        return self.width * self.height

    def is_flat(self):
#! lens: is_flat: 0 % · 1 gap | Generate test
#! never-called «is_flat»: Not covered: `Size.is_flat` is never called (1 line)
        return self.height == 0


class Silent:
#! lens: Silent: 0 % · 2 gaps | Generate tests
#! never-called «Silent»: Not covered: none of the 2 methods of `Silent` is ever called (4 lines)
#!     -> 31: Not covered: `Silent.one` is never called (1 line)
#!     -> 35: Not covered: `Silent.two` is never called (3 lines)
    """None of its methods is ever called."""

    limit = 3

    def one(self):
#! lens: one: 0 % · 1 gap | Generate test
        return 1

    def two(self, number):
#! lens: two: 0 % · 1 gap | Generate test
        if number:
            return 2
        return 3


class Outer:
#! lens: Outer: 50 % · 3 gaps · 1+ tests | Generate tests | Run tests
    class Inner:
#! lens: Inner: 50 % · 1 gap · 1+ tests | Generate tests | Run tests
        def method(self):
#! lens: method: 100 % · 1+ tests | Run tests
            return 1

        def other(self):
#! lens: other: 0 % · 1 gap | Generate test
#! never-called «other»: Not covered: `Outer.Inner.other` is never called (1 line)
            return 2

    @staticmethod
    def static(number):
#! lens: static: 100 % · 1+ tests | Run tests
        return number

    @classmethod
    def build(cls):
#! lens: build: 0 % · 1 gap | Generate test
#! never-called «build»: Not covered: `Outer.build` is never called (1 line)
        return cls()

    @property
    def size(self):
#! lens: size: 100 % · 1+ tests | Run tests
        return 1

    @size.setter
    def size(self, value):
#! lens: size: 0 % · 1 gap | Generate test
#! never-called «size»: Not covered: `Outer.size` is never called (1 line)
        self.value = value


class Empty:
    pass


def local():
#! lens: local: 100 % · 1+ tests | Run tests
    class Inside:
#! never-called «Inside»: Not covered: none of the 2 methods of `local.Inside` is ever called (2 lines)
#!     -> 88: Not covered: `local.Inside.method` is never called (1 line)
#!     -> 91: Not covered: `local.Inside.other` is never called (1 line)
        def method(self):
            return 1

        def other(self):
            return 2

    return Inside

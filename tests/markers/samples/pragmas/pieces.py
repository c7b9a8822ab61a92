"""Exclusions: needed ones, ones that are no longer, and those of the whole function."""

import sys


def covered_after_all(number):
#! lens: covered_after_all: 100 % · 1+ tests | Run tests
    if number > 1:  # pragma: no cover
#! hint unneeded-pragma «# pragma: no cover»: `pragma: no cover` is not needed any more: all 2 lines run in tests
        return 1
    return 2


def still_needed(number):
#! lens: still_needed: 100 % · 1+ tests | Run tests
    if number > 99:  # pragma: no cover
        return 1
    return 2


def one_line(number):
#! lens: one_line: 100 % · 1+ tests | Run tests
    number += 1  # pragma: no cover
#! hint unneeded-pragma «# pragma: no cover»: `pragma: no cover` is not needed any more: the line that it leaves out runs in tests
    return number


def whole_function(number):  # pragma: no cover
#! hint unneeded-pragma «# pragma: no cover»: `pragma: no cover` is not needed any more: all 4 lines run in tests
    if number:
        return 1
    return 2


def whole_and_never(number):  # pragma: no cover
    return number


def half(number):  # pragma: no cover
    if number:
        return 1
    return 2


if sys.version_info < (3, 0):  # pragma: no cover
    NAME = b"old"
else:
    NAME = "new"


def no_branch(items):
#! lens: no_branch: 100 % · 1+ tests | Run tests
    for item in items:  # pragma: no branch
        return item

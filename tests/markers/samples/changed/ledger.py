"""Gaps of what changed since the last commit only."""


def old_gap(number):
#! lens: old_gap: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    if number:
        return 1
    return 2


def edited(number):
#! lens: edited: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    if number > 3:
        return 1
#! was:         return 11
#! uncovered «return 1»: Not covered: 1 line in `edited`
#!     -> 13: Line 13 never jumps to 14: the condition is never true
    return 2


def one_of_two(number):
#! lens: one_of_two: 56 % · 2 gaps · 1+ tests | Generate test | Run tests
    if number > 5:
        return 5
    if number > 4:
        return 4
#! new
#! uncovered «return 4»: Not covered: 1 line in `one_of_two`
#!     -> 25: Line 25 never jumps to 26: the condition is never true
    return 2


def new_function(number):
#! new
#! lens: new_function: 0 % · 1 gap | Generate test
#! never-called «new_function»: Not covered: `new_function` is never called (1 line)
    return number
#! new


def branch(number):
#! lens: branch: 80 % · 1 gap · 1+ tests | Generate test | Run tests
    if number:
#! was:     if number > 1:
#! partial-branch «if number:»: Line 43 never jumps to 48: the condition is always true
#!     -> 48: Line 48 is never reached from line 43
        number = 1
    return number

"""Branches that no test takes, where their destination ran all the same."""


def always(number):
#! lens: always: 80 % · 1 gap · 1+ tests | Generate test | Run tests
    if number:
#! partial-branch «if number:»: Line 6 never jumps to 10: the condition is always true
#!     -> 10: Line 10 is never reached from line 6
        number += 1
    return number


def never(number):
#! lens: never: 45 % · 1 gap · 1+ tests | Generate test | Run tests
    result = []
    if number > 5:
        result.append(number)
    elif number > 3:
#! uncovered «elif number > 3: ... result.append(0)» to line 23: Not covered: 3 lines in `never`
#!     -> 16: Line 16 never jumps to 18: the condition is always true
        result.append(3)
    else:
        result.append(0)
    return result


def chained(one, two):
#! lens: chained: 80 % · 1 gap · 1+ tests | Generate test | Run tests
    if (
#! partial-branch «if (»: Line 29 never jumps to 36: the condition is always true
#!     -> 36: Line 36 is never reached from line 29
        one
        and two
    ):
        one += 1
    return one


def loops(items):
#! lens: loops: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    for item in items:
        items = item
#! uncovered «items = item»: Not covered: 1 line in `loops`
#!     -> 41: Line 41 never jumps to 42: the loop never starts
    return items


def breaks(items):
#! lens: breaks: 67 % · 2 gaps · 1+ tests | Generate test | Run tests
    for item in items:
        if item:
#! partial-branch «if item:»: Line 51 never jumps back to 50: the condition is always true
#!     -> 50: Line 50 is never reached from line 51
            break
    else:
        items = None
#! uncovered «items = None»: Not covered: 1 line in `breaks`
#!     -> 50: Line 50 never jumps to 56: the loop never runs to its end
    return items


def empties(items):
#! lens: empties: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    while items:
        items.pop()
#! uncovered «items.pop()»: Not covered: 1 line in `empties`
#!     -> 64: Line 64 never jumps to 65: the loop never starts
    return items


def endless(items):
#! lens: endless: 71 % · 1 gap · 1+ tests | Generate test | Run tests
    while True:
        if not items:
            break
        items.pop()
#! uncovered «items.pop()»: Not covered: 1 line in `endless`
#!     -> 74: Line 74 never jumps to 76: the condition is always true
    return items


def skips(items):
#! lens: skips: 80 % · 1 gap · 1+ tests | Generate test | Run tests
    found = []
    for item in items:
        if item:
            continue
        found.append(item)
#! uncovered «found.append(item)»: Not covered: 1 line in `skips`
#!     -> 86: Line 86 never jumps to 88: the condition is always true
    return found


def matches(value):
#! lens: matches: 64 % · 1 gap · 1+ tests | Generate test | Run tests
    match value:
        case 1:
            value = "one"
        case str() | bytes():
            value = "text"
        case [first, *_] if first:
#! uncovered «case [first, *_] if first: ... value = first» to line 104: Not covered: 2 lines in `matches`
#!     -> 99: Line 99 never jumps to 101: the pattern always matches
            value = first
    return value


def leaves(number):
#! lens: leaves: 75 % · 1 gap · 1+ tests | Generate test | Run tests
    if number:
#! partial-branch «if number:»: Line 110 never leaves `leaves`: the condition is always true
        print(number)


def opens(path, *, wanted=True):
#! lens: opens: 83 % · 1 gap · 1+ tests | Generate test | Run tests
    with path as text:
        if wanted:
#! partial-branch «if wanted:»: Line 118 never jumps to 122: the condition is always true
#!     -> 122: Line 122 is never reached from line 118
            text += "!"
    return path


def tries(text):
#! lens: tries: 67 % · 2 gaps · 1+ tests | Generate test | Run tests
    try:
        if text:
#! partial-branch «if text:»: Line 128 never jumps to 136: the condition is always true
#!     -> 136: Line 136 is never reached from line 128
            text = int(text)
    except ValueError:
#! uncovered «except ValueError: ... text = 0» to line 134: Not covered: 2 lines in `tries`
        text = 0
    finally:
        print(text)
    return text


def one_line(number):
#! lens: one_line: 100 % · 1+ tests | Run tests
    if number: number += 1
    return number


def comprehends(items):
#! lens: comprehends: 100 % · 1+ tests | Run tests
    return [item for item in items if item]


def ternary(number):
#! lens: ternary: 100 % · 1+ tests | Run tests
    return 1 if number else 2


class Always:
    if len("x"):
#! partial-branch «if len("x"):»: Line 157 never jumps to 161: the condition is always true
#!     -> 161: Line 161 is never reached from line 157
        size = 1
    rest = 2


for _ in range(1):
    if _ == 0:
#! partial-branch «if _ == 0:»: Line 165 never jumps back to 164: the condition is always true
#!     -> 164: Line 164 is never reached from line 165
        print("zero")

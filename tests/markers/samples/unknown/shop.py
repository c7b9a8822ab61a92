def price(weight, express=False):
#! lens: price: 60 % · 1 gap · 2 lines changed since · 1+ tests | Generate test | Run tests
    result = weight * 4
#! was:     result = weight * 3
#! hint unknown «result = weight * 4»: Not known: 1 line changed after the coverage was measured
    if express:
        result += 7
#! uncovered «result += 7»: Not covered: 1 line in `price`
#!     -> 6: Line 6 never jumps to 7: the condition is never true
        result += 1
#! new
#! hint unknown «result += 1»: Not known: 1 line changed after the coverage was measured
    return result


def refund(price):
#! lens: refund: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    if price < 0:
        return 0
#! uncovered «return 0»: Not covered: 1 line in `refund`
#!     -> 18: Line 18 never jumps to 19: the condition is never true
#! gone:     # nothing is given back twice
    return price


def untouched(number):
#! lens: untouched: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    if number > 1:
        return number
#! uncovered «return number»: Not covered: 1 line in `untouched`
#!     -> 28: Line 28 never jumps to 29: the condition is never true
    return 1


def added(number):
#! new
#! lens: Generate test
#! hint unknown «def added(number):»: Not known: 1 line changed after the coverage was measured
    return number
#! new
#! hint unknown «return number»: Not known: 1 line changed after the coverage was measured


def broken_before(number):
#! lens: Generate test
    return (number +
#! hint unknown «return (number + ... 1)» to line 48: Not known: 1 line changed after the coverage was measured
            1)
#! was:             2)

def price(weight, express=False):
#! lens: price: 60 % · 1 gap · 2 lines changed since · 1+ tests | Generate test | Run tests
    result = weight * 4
#! was:     result = weight * 3
    if express:
        result += 7
#! uncovered «result += 7»: Not covered: 1 line in `price`
#!     -> 5: Line 5 never jumps to 6: the condition is never true
        result += 1
#! new
    return result


def refund(price):
#! lens: refund: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    if price < 0:
        return 0
#! uncovered «return 0»: Not covered: 1 line in `refund`
#!     -> 16: Line 16 never jumps to 17: the condition is never true
#! gone:     # nothing is given back twice
    return price


def untouched(number):
#! lens: untouched: 60 % · 1 gap · 1+ tests | Generate test | Run tests
    if number > 1:
        return number
#! uncovered «return number»: Not covered: 1 line in `untouched`
#!     -> 26: Line 26 never jumps to 27: the condition is never true
    return 1


def added(number):
#! new
#! lens: Generate test
    return number
#! new


def broken_before(number):
#! lens: Generate test
    return (number +
            1)
#! was:             2)

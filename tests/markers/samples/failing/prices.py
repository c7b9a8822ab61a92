"""Some lines are run by failing tests only."""


def reduced(price, percent):
#! lens: reduced: 100 % · 3 tests | Run tests
    if percent > 50:
        price = price // 2
#! covered-by-failing «price = price // 2 ... return price - 1» to line 9: Covered only by a test that fails: `test_a_lot`
        return price - 1
    if percent < 0:
        raise ValueError("percent must not be negative")
#! covered-by-failing «raise ValueError("percent must not be negative")»: Covered only by a test that fails: `test_negative`
#! error raised-in-test «raise ValueError("percent must not be negative")»: `test_negative` fails (the code may be wrong): ValueError: percent must not be negative
#!     Raised in `reduced` (prices.py:11).
#!     Correct `reduced`; or the test, if it is right to refuse that (percent must not be negative).
#!     -> 16: `test_negative` fails with it
    return price - price * percent // 100


def doubled(price):
#! lens: doubled: 100 % · 1 test | Run tests
    return price * 2
#! covered-by-failing «return price * 2»: Covered only by a test that fails: `test_doubled`


def never(price):
#! lens: never: 0 % · 1 gap | Generate test
#! never-called «never»: Not covered: `never` is never called (1 line)
    return price

from prices import doubled, reduced


def test_a_little():
    assert reduced(100, 10) == 90


def test_a_lot():
    assert reduced(100, 60) == 50
#! error failing-test «assert reduced(100, 60) == 50»: `test_a_lot` fails (the code may be wrong): assert 49 == 50
#!     where 49 = reduced(100, 60)
#!     Correct the code; or the test, if it expects what should not be.


def test_negative():
    assert reduced(100, -1) == 100
#! error failing-test «assert reduced(100, -1) == 100»: `test_negative` fails (the code may be wrong): ValueError: percent must not be negative
#!     Raised in `reduced` (prices.py:11).
#!     Correct `reduced`; or the test, if it is right to refuse that (percent must not be negative).
#!     -> 11: Raised here


def test_doubled():
    assert doubled(2) == 5
#! error failing-test «assert doubled(2) == 5»: `test_doubled` fails (the code may be wrong): assert 4 == 5
#!     where 4 = doubled(2)
#!     Correct the code; or the test, if it expects what should not be.

import pytest
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)

from mail import Box, label
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)


def test_label_of_many():
#! hover: test_label_of_many: 100 % covered (1 of 1 line)
#!     Reached by 1+ tests: test_label_of_many
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)
    assert label(3, "pear") == "7 pears"
#! hover: Covered
#!     Reached by 1+ tests: test_label_of_many
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)


def test_label_of_none():
#! hover: test_label_of_none: 100 % covered (1 of 1 line)
#!     Reached by 1+ tests: test_label_of_none
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)
    assert label(0, "pear") == "no pear"
#! hover: Covered
#!     Reached by 1+ tests: test_label_of_none
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)


def test_negative():
#! hover: test_negative: 100 % covered (2 of 2 lines)
#!     Reached by 1+ tests: test_negative
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)
    with pytest.raises(ValueError):
#! hover: Covered
#!     Reached by 1+ tests: test_negative
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)
        label(-1, "pear")
#! hover: Covered
#!     Reached by 1+ tests: test_negative
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)


@pytest.mark.parametrize("number", range(3))
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)
def test_box(number):
#! hover: test_box: 100 % covered (1 of 1 line)
#!     Reached by 1+ tests: test_box
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)
    assert Box().take() == 1
#! hover: Covered
#!     Reached by 1+ tests: test_box
#!     .coverage tells of too few tests to know whether it names all: there may be more.
#!     Measured ... (.coverage)

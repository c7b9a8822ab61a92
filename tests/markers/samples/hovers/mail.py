"""What the pointer is told."""

LIMIT = 3
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)


def label(count: int, name: str) -> str:
#! lens: label: 100 % · 3 tests | Run tests
#! hover: label: 100 % covered (7 of 7 lines, 6 of 6 branches)
#!     Reached by 3 tests: test_negative, test_label_of_none, test_label_of_many
#!     Measured ... (.coverage)
    """Say how many there are."""
    if count < 0:
#! hover: Covered: 2 of 2 branches taken
#!     - Line 15 jumps to 21
#!     - Line 15 jumps to 25
#!     Reached by 3 tests: test_negative, test_label_of_none, test_label_of_many
#!     Measured ... (.coverage)
        raise ValueError("count must not be negative")
#! hover: Covered
#!     Reached by 1 test: test_negative
#!     Measured ... (.coverage)
    if count == 0:
#! hover: Covered: 2 of 2 branches taken
#!     - Line 25 jumps to 31
#!     - Line 25 jumps to 35
#!     Reached by 2 tests: test_label_of_none, test_label_of_many
#!     Measured ... (.coverage)
        return f"no {name}"
#! hover: Covered
#!     Reached by 1 test: test_label_of_none
#!     Measured ... (.coverage)
    for _ in range(LIMIT):
#! hover: Covered: 2 of 2 branches taken
#!     - Line 35 jumps to 41
#!     - Line 35 jumps to 45
#!     Reached by 1 test: test_label_of_many
#!     Measured ... (.coverage)
        count += 1
#! hover: Covered
#!     Reached by 1 test: test_label_of_many
#!     Measured ... (.coverage)
    return (
#! hover: Covered
#!     Reached by 1 test: test_label_of_many
#!     Measured ... (.coverage)
        f"{count} "
#! hover: Covered
#!     Reached by 1 test: test_label_of_many
#!     Measured ... (.coverage)
        f"{name}s"
#! hover: Covered
#!     Reached by 1 test: test_label_of_many
#!     Measured ... (.coverage)
    )
#! hover: Covered
#!     Reached by 1 test: test_label_of_many
#!     Measured ... (.coverage)


def never(count: int) -> int:
#! lens: never: 0 % · 1 gap | Generate test
#! never-called «never»: Not covered: `never` is never called (1 line)
#! hover: never: 0 % covered (0 of 1 line, 1 gap)
#!     Measured ... (.coverage)
    return count
#! hover: Not covered: no test that was measured runs this line.
#!     Measured ... (.coverage)


class Box:
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)
    size = 1
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)

    def take(self) -> int:
#! lens: Generate test
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)
        return self.size  # all of it
#! was:         return self.size
#! hover: Unknown. It changed since it was measured. Run the tests to know.


if LIMIT > 5:
#! hover: Partly covered: 1 of 2 branches taken
#!     - Line 92 never jumps to 98: the condition is never true
#!     - Line 92 jumps to 105
#!     It runs when the module is imported.
#!     Measured ... (.coverage)
    LIMIT = 5
#! uncovered «LIMIT = 5»: Not covered: 1 line outside of functions
#!     -> 92: Line 92 never jumps to 98: the condition is never true
#! hover: Not covered: no test that was measured runs this line.
#!     - Line 92 never jumps to 98: the condition is never true
#!     Measured ... (.coverage)
else:
    LIMIT = 4
#! hover: Covered
#!     It runs when the module is imported.
#!     Measured ... (.coverage)

import io

from rich.console import Console

from greenline.cli.source_view import print_source, states

SOURCE = '''\
"""Prices."""


def price(grams):
    """Return it."""
    if grams > 3:
        return 495

    return 0
'''

GAPS = [("uncovered", 7, 7, "Not covered: 1 line in `price`"), ("partial-branch", 6, 6, "Line 6 never jumps to 7")]


def test_only_statements_have_a_state() -> None:
    assert states(SOURCE, GAPS) == {4: "covered", 6: "partial", 7: "uncovered", 9: "covered"}


def test_a_region_marks_its_statements_only() -> None:
    assert states(SOURCE, [("uncovered", 6, 9, "")]) == {4: "covered", 6: "uncovered", 7: "uncovered", 9: "uncovered"}


def printed(encoding: str) -> list[str]:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    console = Console(file=stream, width=200)
    print_source(console, SOURCE, GAPS, {4: "price: 50 %"}, range(4, 10))
    stream.flush()
    return raw.getvalue().decode(encoding).splitlines()


def test_signs_lenses_and_messages_are_shown() -> None:
    assert printed("utf-8") == [
        "           price: 50 %",
        "     4 ▎  def price(grams):",
        '     5        """Return it."""',
        "     6 ◐      if grams > 3:   Line 6 never jumps to 7",
        "     7 ✘          return 495   Not covered: 1 line in `price`",
        "     8",
        "     9 ▎      return 0",
    ]


def test_letters_stand_in_where_the_encoding_has_no_signs() -> None:
    assert [line[7:8] for line in printed("ascii")[1:]] == ["|", " ", "~", "X", "", "|"]

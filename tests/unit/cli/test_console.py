"""What is printed to files and pipes."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

from greenline.cli import console as console_module
from greenline.cli.console import Row, out, print_long_table, print_table, print_words, shown, true_path
from greenline.cli.gaps_markdown import code
from greenline.cli.json_text import json_text
from greenline.cli.progress_line import steps_bar
from greenline.page.words import one_line

HEADER = ("worth", "gaps", "where")
ROWS: list[Row] = [
    ([("1234567", "bold")], [("3 lines + 1 branch", "")], [("größe/漢字.py", "bold")]),
    ([("7", "")], [], [("  f[x]:3", ""), ("  complexity 3", "dim")]),
    ([("", "")], [("1 line", "")], [("  a_function_with_a_long_name:9", ""), ("  complexity 12", "dim")]),
]


def _as_table() -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title in HEADER[:-1]:
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column(HEADER[-1], overflow="fold")
    for row in ROWS:
        table.add_row(*(Text.assemble(*cell) for cell in row))
    return table


def _long_table(console: Console) -> str:
    print_long_table(console, HEADER, lambda: ROWS)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def test_a_long_table_is_what_a_table_is() -> None:
    console = Console(file=io.StringIO(), width=10_000, highlight=False)
    print_table(console, _as_table())
    printed = _long_table(Console(file=io.StringIO(), width=10_000, highlight=False))

    assert printed == console.file.getvalue()  # type: ignore[attr-defined]
    assert printed.splitlines()[2] == "      7                        f[x]:3  complexity 3"


def test_in_a_terminal_the_last_column_goes_on_below_itself() -> None:
    printed = _long_table(Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None))

    assert printed.splitlines()[2:] == [
        "      7                        f[x]:3  complexity 3",
        "                     1 line    a_function_with_a_long_name:9",
        "                             complexity 12",
    ]


def test_a_long_table_is_printed_a_few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _long_table(Console(file=io.StringIO(), width=100))
    monkeypatch.setattr(console_module, "_ROWS_AT_ONCE", 2)
    written: list[str] = []

    class Listening(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            return super().write(text)

    assert _long_table(Console(file=Listening(), width=100)) == whole
    assert max(text.count("\n") for text in written) == 2


WORDS = "  [bold]12[/]  To bring 3 files of these to 50 % of the statements: src/parcels/prices.py and more"


def test_in_a_terminal_lines_end_between_words_and_go_on_below_their_beginning() -> None:
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system=None, highlight=False)
    print_words(console, WORDS, indent=6)
    printed = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert printed == [
        "  12  To bring 3 files of",
        "      these to 50 % of the",
        "      statements:",
        "      src/parcels/prices.py",
        "      and more",
    ]


def test_no_word_is_lost_where_a_text_has_tabs() -> None:
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system=None)
    words = "a\tb\tc word and more words to read"
    print_words(console, words, indent=2)
    assert console.file.getvalue().split() == words.split()  # type: ignore[attr-defined]


def test_empty_lines_of_a_text_stay() -> None:
    console = Console(file=io.StringIO(), width=30, force_terminal=True, color_system=None)
    print_words(console, "It failed.\n\n  See the log, which says why it did.\nDone", indent=2)
    printed = [line.rstrip() for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]
    assert printed == ["It failed.", "", "  See the log, which says why", "  it did.", "  Done"]


def test_bars_leave_room_for_what_the_terminal_writes_at_ctrl_c() -> None:
    console = Console(file=io.StringIO(), width=40, force_terminal=True)
    bar = steps_bar(console)
    bar.add_task("a step that is told in many words " * 3, total=1.0, subject="src/parcels/shipment.py")
    drawn = console.render_lines(bar.get_renderable(), pad=False)
    assert max(sum(part.cell_length for part in line) for line in drawn) <= 40 - len("^C")


def test_a_log_with_colours_has_no_bars(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """As workflows ask for them; each frame would stay in the log."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    with steps_bar(out()) as bar:
        bar.add_task("a step", total=1.0, subject="src/parcels/shipment.py")
    print_words(out(), "[bold]done[/]")

    assert capsys.readouterr().out == "\x1b[1mdone\x1b[0m\n"


def test_in_a_pipe_a_line_stays_one(capsys: pytest.CaptureFixture[str]) -> None:
    print_words(out(), WORDS * 2, indent=6)
    assert capsys.readouterr().out == f"{WORDS * 2}\n".replace("[bold]", "").replace("[/]", "")


def test_json_has_true_paths_and_no_terminal_obeys_it() -> None:
    name = "a\x1b[2J\x9b\u2028\udce9größe.py"
    text = json_text({"path": true_path(Path.cwd() / name)})
    assert json.loads(text) == {"path": name}
    assert "größe" in text
    assert not {"\x1b", "\x9b", "\u2028", "\udce9"} & set(text)


def test_a_name_is_one_line_whatever_it_holds() -> None:
    forged = "a\n::error title=owned::\x1b[2J\r\x85\u2028b.py"
    said = shown(Path.cwd() / forged)

    assert said == "a\\n::error title=owned::\\x1b[2J\\r\\x85\\u2028b.py"
    assert one_line("\udce9 größe 漢字 'x' \\n\u200d.py") == "\\udce9 größe 漢字 'x' \\n\u200d.py"


def test_code_in_markdown_is_ended_by_nothing_of_its_own() -> None:
    assert code("a|b") == "`a\\|b`"
    assert code("a`` `b") == "```a`` `b```"
    assert code("`a") == "`` `a ``"
    assert code("a\n\n# b") == "`a\\n\\n# b`"

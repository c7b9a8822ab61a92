import sys

import pytest

from greeting import main


@pytest.mark.parametrize(
    ("given", "expected_out"),
    [
        ("en", "Hello Ada\n"),
        ("fr", "Bonjour Ada\n"),
        ("de", "Guten Tag Ada\n"),
    ],
)
def test_main_prints(given, expected_out, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["greeting", "Ada", "--language", given])

    main()

    assert capsys.readouterr().out == expected_out

import sys

from greeting import main


def test_main_prints_when_language_is_not_de(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["greeting", "Ada", "--language", "en"])

    main()

    assert capsys.readouterr().out == "Hello Ada\n"


def test_main_prints_when_language_is_fr(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["greeting", "Ada", "--language", "fr"])

    main()

    assert capsys.readouterr().out == "Bonjour Ada\n"


def test_main_prints_when_language_is_de(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["greeting", "Ada", "--language", "de"])

    main()

    assert capsys.readouterr().out == "Guten Tag Ada\n"

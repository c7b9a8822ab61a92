from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from greenline.settings import Settings

REPOSITORY = Path(__file__).resolve().parents[2]


def test_nothing_given_is_the_defaults() -> None:
    assert Settings.from_nested({}) == (Settings(), [])


def test_nested_values_are_read_by_their_dotted_keys() -> None:
    settings, problems = Settings.from_nested(
        {"interpreter": "/opt/py", "explore": {"seconds": 3}, "severity": {"partialBranch": "off"}, "codeLens": False}
    )
    assert problems == []
    assert settings == Settings(interpreter="/opt/py", explore_seconds=3.0, severity_partial="off", code_lens=False)
    assert isinstance(settings.explore_seconds, float)


def test_unknown_keys_and_null_are_ignored() -> None:
    assert Settings.from_nested({"future": {"flag": 1}, "interpreter": None, "server": {"command": []}}) == (
        Settings(),
        [],
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"explore": {"seconds": "fast"}}, ["greenline.explore.seconds", "'fast'", "5.0"]),
        ({"explore": {"seconds": 0}}, ["greenline.explore.seconds", "0.5", "600"]),
        ({"explore": {"seconds": True}}, ["greenline.explore.seconds", "True"]),
        ({"explore": {"seconds": float("nan")}}, ["greenline.explore.seconds", "nan"]),
        ({"severity": {"uncovered": "loud"}}, ["greenline.severity.uncovered", "'loud'", "warning"]),
        ({"tests": {"maxExamples": {"critical": 0}}}, ["greenline.tests.maxExamples.critical", "200"]),
        ({"tests": {"maxExamples": {"ioBound": 2.5}}}, ["greenline.tests.maxExamples.ioBound", "2.5", "50"]),
        ({"model": {"thinking": "a lot"}}, ["greenline.model.thinking", "'a lot'", "'high'"]),
        ({"model": {"thinking": "20000 "}}, ["greenline.model.thinking", "'20000 '"]),
        ({"model": {"dollarsPerDay": 0}}, ["greenline.model.dollarsPerDay", "0.001", "10.0"]),
        ({"codeLens": 1}, ["greenline.codeLens", "1", "True"]),
    ],
)
def test_a_refused_value_keeps_its_default_and_is_named(values: dict[str, Any], words: list[str]) -> None:
    settings, problems = Settings.from_nested(values)
    assert settings == Settings()
    assert len(problems) == 1
    assert [word for word in words if word not in problems[0]] == []


def test_one_refused_value_does_not_spoil_the_others() -> None:
    settings, problems = Settings.from_nested({"engine": "explore", "run": {"seconds": -1, "suiteSeconds": 60}})
    assert settings == Settings(engine="explore", suite_seconds=60.0)
    assert len(problems) == 1


def test_every_default_satisfies_its_own_schema() -> None:
    for key, schema in Settings.json_schema().items():
        assert key.startswith("greenline.")
        assert schema["markdownDescription"].endswith(".")
        default = schema["default"]
        assert default in schema.get("enum", [default])
        if "minimum" in schema:
            assert schema["minimum"] <= default <= schema["maximum"]


def test_the_vs_code_client_has_exactly_these_settings() -> None:
    script = runpy.run_path(str(REPOSITORY / "scripts" / "settings_schema.py"))
    text = (REPOSITORY / "vscode-client" / "package.json").read_text(encoding="utf-8")
    assert script["updated"](text) == text, "run scripts/settings_schema.py"
    generated = json.loads(text)["contributes"]["configuration"][0]["properties"]
    assert set(generated) == set(Settings.json_schema())


def test_a_workspace_cannot_say_who_gets_the_key_and_the_source_nor_what_a_day_may_cost() -> None:
    package = json.loads((REPOSITORY / "vscode-client" / "package.json").read_text(encoding="utf-8"))
    schema = package["contributes"]["configuration"][0]["properties"]
    own = {key for key, spec in schema.items() if spec["scope"] == "machine"}
    names = ("provider", "baseUrl", "keyCommand", "dollarsPerDay")
    assert own == {f"greenline.model.{name}" for name in names}
    untrusted = package["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert {"greenline.model.enabled", "greenline.trend.file"} <= set(untrusted)


def test_a_changed_setting_is_noticed() -> None:
    script = runpy.run_path(str(REPOSITORY / "scripts" / "settings_schema.py"))
    text = (REPOSITORY / "vscode-client" / "package.json").read_text(encoding="utf-8")
    drifted = text.replace('"greenline.explore.seconds"', '"greenline.explore.minutes"')
    assert drifted != text
    assert script["updated"](drifted) == text


def test_the_clients_own_settings_are_kept() -> None:
    package = json.loads((REPOSITORY / "vscode-client" / "package.json").read_text(encoding="utf-8"))
    own = [section for section in package["contributes"]["configuration"] if section["id"] != "greenline"]
    assert {"greenline.server.command", "greenline.trace.server"} <= {
        key for section in own for key in section["properties"]
    }

"""Every setting, once: the server, the command line and the editors' schemas read it from here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Severity = Literal["error", "warning", "information", "hint", "off"]
OnSave = Literal["off", "affected", "file"]
IsolationLevel = Literal["auto", "guard", "sandbox", "command"]
EngineChoice = Literal["auto", "explore", "model"]
Docstrings = Literal["none", "follow", "given-when-then"]
ModelProvider = Literal["anthropic", "bedrock", "vertex", "foundry"]


class SettingsProblem(Exception):
    """A setting has a value that it cannot have; the message names both."""


def _setting(default: Any, key: str, description: str, **schema: Any) -> Any:
    """Declare a field with its dotted key under ``greenline.``, its words for a person, and JSON schema extras."""
    return field(default=default, metadata={"key": key, "description": description, "schema": schema})


_SEVERITIES = ["error", "warning", "information", "hint", "off"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force. Keys in editors are ``greenline.<key>``."""

    interpreter: str = _setting(
        "",
        "interpreter",
        "Path of the Python that runs the project and its tests. Empty: the one selected in the editor, else that of "
        "the project's environment; `greenline doctor` says which, and why.",
    )
    coverage_file: str = _setting(
        "",
        "coverage.file",
        "Coverage reports, absolute or relative to the project: data files, or reports in JSON, XML (Cobertura) or "
        "LCOV. Several are parted by `;` and count together; `*` stands for any part of a name. Empty: the data file "
        "where coverage's configuration puts it, with the parallel data that was written after it, and without any the "
        "newest report that it names. A newer report does not take the place of data, as it is mostly made of it: name "
        "it here, or load it.",
    )
    coverage_paths: str = _setting(
        "",
        "coverage.paths",
        "What folders in reports from elsewhere stand for in the project: `/app=src; D:/build=.`. `[paths]` in "
        "coverage's configuration counts as well.",
    )
    trend_file: str = _setting(
        "",
        "trend.file",
        "Where the editor keeps the history of coverage that the trend shows, absolute or relative to the project. "
        "Empty: `.greenline/trend.jsonl` where the project has that file, else your data folder, where the commands "
        "keep it too; another place they are told by `--file` and `--history`.",
    )
    severity_uncovered: Severity = _setting(
        "information", "severity.uncovered", "How regions that no test reaches are shown.", enum=_SEVERITIES
    )
    severity_partial: Severity = _setting(
        "information", "severity.partialBranch", "How branches that no test takes are shown.", enum=_SEVERITIES
    )
    severity_never_called: Severity = _setting(
        "information",
        "severity.neverCalled",
        "How functions are shown that no test calls at all, on their name; a class of such methods is one, on its own.",
        enum=_SEVERITIES,
    )
    severity_covered_by_failing: Severity = _setting(
        "information",
        "severity.coveredByFailing",
        "How lines are shown that only failing tests run, as far as Greenline ran them.",
        enum=_SEVERITIES,
    )
    severity_unneeded_pragma: Severity = _setting(
        "hint",
        "severity.unneededPragma",
        "How a `# pragma: no cover` is shown where all that it leaves out runs in tests.",
        enum=_SEVERITIES,
    )
    severity_unknown: Severity = _setting(
        "off",
        "severity.unknown",
        "How lines are shown that changed after their coverage was measured.",
        enum=_SEVERITIES,
    )
    severity_failing: Severity = _setting(
        "error",
        "severity.failingTest",
        "How the lines are shown where a test failed that Greenline ran; one that passed when it ran again is at most "
        "a warning.",
        enum=_SEVERITIES,
    )
    changed_since: str = _setting(
        "",
        "diagnostics.changedSince",
        "Show gaps only in lines that changed since: `HEAD` for what is not committed, or a branch, such as "
        "`origin/main`, for all since the work left it. Empty: show all. Lenses and percentages always count all.",
    )
    workspace_diagnostics: bool = _setting(
        False,
        "diagnostics.workspace",
        "Show the gaps of all files that the coverage data tells of, not only of open ones, where the editor asks for "
        "them. It counts from the server's next start on.",
    )
    code_lens: bool = _setting(True, "codeLens", 'Show coverage and "Generate test" over each function and class.')
    hover: bool = _setting(
        True, "hover", "Say of the line or the name under the pointer whether it ran, and which tests reach it."
    )
    inlay_hints: bool = _setting(
        False, "inlayHints", "Say at the end of each line whether it ran, and how many tests reach it."
    )
    engine: EngineChoice = _setting(
        "auto",
        "engine",
        "What proposes tests: `explore` runs the code on inputs it searches for; `auto` takes what is switched on.",
        enum=["auto", "explore", "model"],
    )
    preview: bool = _setting(
        False,
        "generate.preview",
        "Show new tests as a change that is accepted or discarded, before they are written. They have passed by then.",
    )
    tests_file: str = _setting(
        "",
        "tests.file",
        "The file for new tests, relative to the project, whatever its other tests do: "
        "`tests/{subpackage}/test_{module}.py`. Of `parcels.rates._zones` in `src`, `{module}` is `zones`, `{package}` "
        "`parcels/rates`, `{subpackage}` `rates`, `{qualified}` `rates_zones` and `{folder}` `src/parcels/rates`. "
        "Empty: where the project's tests of that module are, or would be.",
    )
    docstrings: Docstrings = _setting(
        "follow",
        "tests.docstrings",
        "Docstrings of new tests: a sentence where the tests around them have one (`follow`), what is given, done and "
        "expected (`given-when-then`), or `none`.",
        enum=["none", "follow", "given-when-then"],
    )
    examples_critical: int = _setting(
        200,
        "tests.maxExamples.critical",
        "How many examples a property test tries of critical code, which is what is named after money, access, secrets "
        "or the reading and writing of formats (`Account.refund`, `auth.py`, `parse_price`).",
        minimum=1,
        maximum=100_000,
    )
    examples_standard: int = _setting(
        100,
        "tests.maxExamples.standard",
        "How many examples a property test tries of all other code; where the project's own profile of Hypothesis says "
        "it, that decides.",
        minimum=1,
        maximum=100_000,
    )
    examples_waiting: int = _setting(
        50,
        "tests.maxExamples.ioBound",
        "How many examples a property test tries of code that reads or writes files, or waits for something else.",
        minimum=1,
        maximum=100_000,
    )
    explore_seconds: float = _setting(
        5.0, "explore.seconds", "How long exploring one function may take, in seconds.", minimum=0.5, maximum=600
    )
    run_seconds: float = _setting(
        60.0, "run.seconds", "How long one run of a test file may take, in seconds.", minimum=1, maximum=3600
    )
    suite_seconds: float = _setting(
        1800.0, "run.suiteSeconds", 'How long "Run tests with coverage" may take, in seconds.', minimum=1, maximum=86400
    )

    run_on_save: OnSave = _setting(
        "off",
        "run.onSave",
        "What runs when a Python file is saved: the tests that `affected` code reaches, or those of the `file`.",
        enum=["off", "affected", "file"],
    )
    run_parallel: bool = _setting(
        True, "run.parallel", "Run the whole suite on several cores where the project has pytest-xdist."
    )
    isolation: IsolationLevel = _setting(
        "auto",
        "isolation.level",
        "What holds back code that is explored, and tests that nobody has accepted: `guard` refuses, in Python, what "
        "could do harm; `sandbox` has the system refuse it too; `command` runs it as isolation.command says; `auto` is "
        "the strongest of the first two that works here.",
        enum=["auto", "guard", "sandbox", "command"],
    )
    isolation_command: str = _setting(
        "",
        "isolation.command",
        "How to run a program elsewhere, for isolation.level `command`: `docker run --rm -i --network none "
        "-v {project}:{project}:ro -v {scratch}:{scratch} -v {probe}:{probe}:ro image {command}`, say.",
    )
    isolation_paths: str = _setting(
        "",
        "isolation.paths",
        "Places that have other names where isolation.command runs things: `{project}=/project; {scratch}=/scratch; "
        "{python}=/usr/bin/python3`.",
    )
    model_enabled: bool = _setting(
        False,
        "model.enabled",
        "Ask a language model for the tests that exploring could not find. Nothing is sent before you have agreed, for "
        "each workspace; what is sent, and what it costs, is shown.",
    )
    model_name: str = _setting(
        "",
        "model.name",
        "The one model to ask. Empty: those of `models` in `greenline.toml` or `[tool.greenline]`, one after another "
        "until one answers, else those that Greenline knows; `greenline cost --prices` shows them.",
    )
    model_provider: ModelProvider = _setting(
        "anthropic",
        "model.provider",
        "Whose service is asked. `bedrock`, `vertex` and `foundry` take the account that their own tools use.",
        enum=["anthropic", "bedrock", "vertex", "foundry"],
    )
    model_base_url: str = _setting(
        "",
        "model.baseUrl",
        "Another address that speaks the Messages API: a gateway, or a server of your own. Empty: the provider's.",
    )
    model_key_command: str = _setting(
        "",
        "model.keyCommand",
        "A command that prints the key, such as `pass show anthropic`. Empty: the key that the editor keeps, or "
        "`ANTHROPIC_API_KEY` of the environment.",
    )
    model_thinking: str = _setting(
        "high",
        "model.thinking",
        "How much a model may think before it answers: `low`, `medium`, `high`, `off`, or a number of tokens such as "
        "`20000`. What a model cannot take is fitted to what it can.",
        pattern="^(low|medium|high|off|[1-9][0-9]{3,5})$",
    )
    model_refinement: bool = _setting(
        True,
        "model.refinement",
        "Send what failed back to the model, at most three times, where no rule repairs it.",
    )
    model_coverage_guided: bool = _setting(
        False,
        "model.coverageGuided",
        "Show the model what its tests still do not reach, and ask again, at most five times.",
    )
    model_coverage_target: int = _setting(
        80,
        "model.coverageTarget",
        "The percentage of a target at which model.coverageGuided asks no more.",
        minimum=1,
        maximum=100,
    )
    model_tokens_per_target: int = _setting(
        200_000,
        "model.tokensPerTarget",
        "How many tokens, in and out, may be used up for one function. A request that could go beyond is not made.",
        minimum=1_000,
        maximum=10_000_000,
    )
    model_dollars_per_target: float = _setting(
        1.0,
        "model.dollarsPerTarget",
        "How many dollars one function may cost. A request that could go beyond is not made.",
        minimum=0.001,
        maximum=1_000,
    )
    model_dollars_per_day: float = _setting(
        10.0,
        "model.dollarsPerDay",
        "How many dollars all projects on this machine may cost in a day. A request that could go beyond is not made. "
        "`greenline cost` says what was spent.",
        minimum=0.001,
        maximum=100_000,
    )
    model_seconds_per_target: float = _setting(
        600.0,
        "model.secondsPerTarget",
        "How long models may be asked for one function, in seconds, with all waiting.",
        minimum=1,
        maximum=86_400,
    )
    model_ignore: str = _setting(
        "",
        "model.ignore",
        "Files of which nothing is ever sent, besides those that hold keys by their names (`.env`, `*.pem`, ...): "
        "patterns, parted by `;`, such as `billing/*; **/secrets.py`.",
    )

    @classmethod
    def from_nested(cls, values: Mapping[str, Any]) -> tuple[Settings, list[str]]:
        """Read ``{"explore": {"seconds": 3}}``. Returns the settings and one sentence per value that was refused.

        A refused value keeps its default; unknown keys are ignored, for older servers under newer clients.
        """
        chosen: dict[str, Any] = {}
        problems: list[str] = []
        for spec in fields(cls):
            value = _lookup(values, spec.metadata["key"])
            if value is None:
                continue
            try:
                chosen[spec.name] = _checked(value, spec.default, spec.metadata)
            except SettingsProblem as problem:
                problems.append(str(problem))
        return cls(**chosen), problems

    @classmethod
    def json_schema(cls) -> dict[str, dict[str, Any]]:
        """Return the settings as JSON schema properties keyed ``greenline.<key>``."""
        names = {bool: "boolean", int: "integer", float: "number", str: "string"}
        return {
            f"greenline.{spec.metadata['key']}": {
                "type": names[type(spec.default)],
                "default": spec.default,
                "markdownDescription": spec.metadata["description"],
                **spec.metadata["schema"],
            }
            for spec in fields(cls)
        }


def _lookup(values: Mapping[str, Any], dotted: str) -> Any:
    node: Any = values
    for part in dotted.split("."):
        if not isinstance(node, Mapping) or part not in node:
            return None
        node = node[part]
    return node


def _checked(value: Any, default: Any, metadata: Mapping[str, Any]) -> Any:
    """Return the value in the default's type. Raises SettingsProblem."""
    key, schema = metadata["key"], metadata["schema"]
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        raise SettingsProblem(f"greenline.{key}: {value!r} is not a {type(default).__name__}; {default!r} is used")
    if "enum" in schema and value not in schema["enum"]:
        raise SettingsProblem(f"greenline.{key}: {value!r} is none of {', '.join(schema['enum'])}; {default!r} is used")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], value):
        raise SettingsProblem(f"greenline.{key}: {value!r} is none of the values that it can have; {default!r} is used")
    if "minimum" in schema and not schema["minimum"] <= value <= schema["maximum"]:
        raise SettingsProblem(
            f"greenline.{key}: {value} is not between {schema['minimum']} and {schema['maximum']}; {default} is used"
        )
    return value

"""Failures that neither the test nor the code is to blame for: something that they need is not there."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from greenline.domain.adding_packages import PIP
from greenline.domain.failure_words import first_line, without_class

if TYPE_CHECKING:
    from collections.abc import Collection

    from greenline.domain.adding_packages import Adding
    from greenline.domain.failure_evidence import Evidence
    from greenline.domain.failures import FailureKind

    Judgement = tuple[FailureKind, str, str]

_NO_MODULE = re.compile(r"No module named '([\w.]+)'")
_CANNOT_IMPORT = re.compile(r"cannot import name '([\w.]+)' from '([\w.]+)'")
_FIXTURE = re.compile(r"fixture '([\w\[\]-]+)' not found")
_REFUSED = re.compile(
    r"connection (?:was )?(?:refused|reset|timed out)|could not connect|can't connect|cannot connect"
    r"|connect call failed|name or service not known|temporary failure in name resolution|nodename nor servname"
    r"|getaddrinfo failed|network is unreachable|no route to host|failed to establish a new connection"
    r"|serverselectiontimeout|no servers? found|could not translate host name",
    re.IGNORECASE,
)
_DATABASES = re.compile(
    r"psycopg|asyncpg|pg8000|mysql|mariadb|oracledb|pyodbc|pymssql|redis|pymongo|cassandra|elasticsearch|neo4j"
    r"|sqlalchemy|django\.db|peewee|port 5432|:5432|:3306|:6379|:27017"
)
_CONNECTION_ERRORS = frozenset(
    {
        "ConnectionRefusedError", "gaierror", "herror", "ConnectError", "ConnectTimeout", "NewConnectionError",
        "MaxRetryError", "ClientConnectorError", "ServerSelectionTimeoutError", "EndpointConnectionError",
        "NoBrokersAvailable", "NoCredentialsError",
    }
)  # fmt: skip
_DISPLAY = re.compile(
    r"no display name|couldn't connect to display|cannot open display|connect to X server|NoSuchDisplay"
)
_NO_FILE = re.compile(r"\[Errno 2\] No such file or directory: b?(['\"])(.+)\1")
_NOT_ALLOWED = re.compile(r"\[Errno 13\] Permission denied: b?(['\"])(.+)\1")
_TEMPORARY = re.compile(r"[/\\](?:pytest-of-|tmp[/\\.]|temp[/\\])", re.IGNORECASE)

_OF_PLUGINS = {
    "aiohttp_client": "pytest-aiohttp", "aioresponses": "aioresponses", "anyio_backend": "anyio",
    "benchmark": "pytest-benchmark", "caplog_debug": "pytest-catchlog", "celery_app": "celery",
    "cov": "pytest-cov", "datadir": "pytest-datadir", "shared_datadir": "pytest-datadir",
    "lazy_datadir": "pytest-datadir", "db": "pytest-django", "transactional_db": "pytest-django",
    "django_db_setup": "pytest-django", "django_user_model": "pytest-django", "admin_client": "pytest-django",
    "rf": "pytest-django", "settings": "pytest-django", "django_assert_num_queries": "pytest-django",
    "event_loop": "pytest-asyncio", "unused_tcp_port": "pytest-asyncio", "fake_process": "pytest-subprocess",
    "fp": "pytest-subprocess", "faker": "faker", "freezer": "pytest-freezer", "fs": "pyfakefs",
    "httpserver": "pytest-httpserver", "httpx_mock": "pytest-httpx", "respx_mock": "respx",
    "mocker": "pytest-mock", "class_mocker": "pytest-mock", "module_mocker": "pytest-mock",
    "session_mocker": "pytest-mock", "postgresql": "pytest-postgresql", "qtbot": "pytest-qt",
    "redisdb": "pytest-redis", "requests_mock": "requests-mock", "selenium": "pytest-selenium",
    "page": "pytest-playwright", "browser": "pytest-playwright", "snapshot": "syrupy", "subtests": "pytest-subtests",
    "time_machine": "time-machine", "vcr": "pytest-recording", "worker_id": "pytest-xdist",
    "testrun_uid": "pytest-xdist", "regtest": "pytest-regtest", "data_regression": "pytest-regressions",
    "file_regression": "pytest-regressions", "num_regression": "pytest-regressions", "loop": "pytest-aiohttp",
}  # fmt: skip
"""Fixtures that people know by name -> what has them. Where the project has one of that name itself, it is found."""


def surroundings(evidence: Evidence) -> Judgement | None:
    """Say what is missing around the test; None where nothing says so."""
    return (
        refused_by_the_guard(evidence)
        or _without_plugin_for_async(evidence)
        or _not_installed(evidence)
        or _without_display(evidence)
        or _connection(evidence)
        or _variable(evidence)
        or _file(evidence)
    )


def _without_plugin_for_async(evidence: Evidence) -> Judgement | None:
    if "async def functions are not natively supported" not in evidence.said:
        return None
    return (
        "environment",
        "The test is an `async def`, and no plugin of pytest is there that runs such tests.",
        "Install the one that the project means, say pytest-asyncio or anyio, into the project's Python.",
    )


def refused_by_the_guard(evidence: Evidence) -> Judgement | None:
    """Say what the guard kept the test from; None for all else."""
    if evidence.kind_of_error != "GuardRefusal":
        return None
    return (
        "environment",
        f"{first_line(without_class(evidence.said))}.",
        "Nobody has accepted the test yet, so it may not do that; keep it and run it with Run tests, if it should.",
    )


def of_the_run(problem: str, adding: Adding = PIP, typed: Collection[str] = ()) -> Judgement | None:
    """Say what to do where pytest could not even start; None where only pytest's own words help.

    ``typed`` are options that the person gave for this run: of them pytest's words say all.
    """
    unknown = re.search(r"unrecognized arguments: (.+)", problem)
    names = " ".join(name for name in unknown[1].split() if name not in typed) if unknown else ""
    if names:
        return (
            "environment",
            f"pytest does not know {names}, which the project's configuration asks for.",
            f"Install the plugin that has the option{_plugin_of(names)}, or take it out of addopts.",
        )
    plugins = re.search(r"Missing required plugins: (.+)", problem)
    if plugins:
        return "environment", f"The project requires {plugins[1]}.", _installing(plugins[1].split(", "), adding)
    module = _NO_MODULE.search(problem)
    if module:
        return (
            "environment",
            f"A conftest.py or plugin imports `{module[1]}`, which cannot be found.",
            "Check that the name is not mistyped; if it is meant, install what provides it into the project's Python.",
        )
    return None


def _installing(requirements: list[str], adding: Adding) -> str:
    names = [name.strip() for name in requirements]
    if not all(re.match(r"\w", name) for name in names):  # an option of the tool is none that pytest asked for
        return "Correct `required_plugins` in pytest's configuration."
    return f"Install it: {adding.command(shlex.join(names))}"  # a shell would take the > of >=2 for a file


def _plugin_of(options: str) -> str:
    known = {"--cov": "pytest-cov", "-n": "pytest-xdist", "--dist": "pytest-xdist", "--timeout": "pytest-timeout",
             "--reruns": "pytest-rerunfailures", "--ds": "pytest-django", "--asyncio-mode": "pytest-asyncio",
             "--benchmark": "pytest-benchmark", "--randomly": "pytest-randomly", "--html": "pytest-html"}  # fmt: skip
    found = sorted({name for option, name in known.items() if re.search(rf"(?:^|\s){re.escape(option)}", options)})
    return f" ({', '.join(found)})" if found else ""


def _not_installed(evidence: Evidence) -> Judgement | None:
    if evidence.kind_of_error == "FixtureLookupError":
        fixture = _FIXTURE.search(evidence.said)
        plugin = _OF_PLUGINS.get(fixture[1]) if fixture else None
        if fixture is None or plugin is None:
            return None
        what = f"No plugin has the fixture `{fixture[1]}`: it comes with {plugin}, as a rule."
        return "environment", what, f"Install it: {evidence.adding.command(plugin)}"
    if evidence.kind_of_error not in {"ImportError", "ModuleNotFoundError"}:
        return None
    module, name = _NO_MODULE.search(evidence.said), _CANNOT_IMPORT.search(evidence.said)
    where = f", which {evidence.raised_by.path.name} imports" if evidence.raised_by else ""
    if module and module[1].partition(".")[0] not in evidence.own_modules:
        top = module[1].partition(".")[0]  # a package of a mistyped name may be someone's trap
        with_tool = f"say with {evidence.adding.tool}"
        return (
            "environment",
            f"`{module[1]}` is not installed in the project's Python{where}.",
            f"Check that `{top}` is not mistyped; if it is meant, install the package that provides it, {with_tool}.",
        )
    if name and name[2].partition(".")[0] not in evidence.own_modules:
        return (
            "environment",
            f"The installed `{name[2].partition('.')[0]}` has no `{name[1]}` in `{name[2]}`{where}.",
            "Correct the import if it is mistyped; otherwise install the version that the project was written for.",
        )
    return None


def _without_display(evidence: Evidence) -> Judgement | None:
    if not _DISPLAY.search(evidence.said) and evidence.kind_of_error != "NoSuchDisplayException":
        return None
    return (
        "environment",
        f"There is no display to open a window on: {first_line(without_class(evidence.said))}.",
        "Run it where there is a screen or a virtual one (xvfb-run), or replace what opens the window in the test.",
    )


def _connection(evidence: Evidence) -> Judgement | None:
    words = f"{evidence.said}\n{evidence.error}"
    if evidence.kind_of_error not in _CONNECTION_ERRORS and not (
        _REFUSED.search(evidence.said) and evidence.error != "AssertionError"
    ):
        return None
    said = first_line(without_class(evidence.said))
    through = " ".join([words, *(str(step.path) for step in evidence.steps if step.where == "elsewhere")])
    if _DATABASES.search(through):
        return (
            "environment",
            f"A database does not answer: {said}",
            "Start it, check the address that the tests are configured with, or replace it in the test.",
        )
    return (
        "environment",
        f"The test needs a service that does not answer: {said}",
        "Start the service or go online; or replace the connection in the test.",
    )


def _variable(evidence: Evidence) -> Judgement | None:
    last = evidence.steps[-1] if evidence.steps else None
    if evidence.error != "KeyError" or last is None or last.path.name != "os.py" or last.function != "__getitem__":
        return None
    name = without_class(evidence.said).strip("'\"")
    where = "for the editor's process" if evidence.in_editor else "in the terminal, before Greenline starts"
    return (
        "environment",
        f"The environment variable `{name}` is not set.",
        f"Set it {where}, or in the test: monkeypatch.setenv({name!r}, ...).",
    )


def _file(evidence: Evidence) -> Judgement | None:
    missing, forbidden = _NO_FILE.search(evidence.said), _NOT_ALLOWED.search(evidence.said)
    found = missing or forbidden
    if found is None or evidence.kind_of_error not in {"FileNotFoundError", "PermissionError"}:
        return None
    path = found[2]
    if (evidence.temporary and path.startswith(evidence.temporary)) or _TEMPORARY.search(path):
        return None  # what the test itself should have made
    if missing and any(step.path.name == "subprocess.py" for step in evidence.steps[-2:]):
        return (
            "environment",
            f"The program `{path}` is not installed, or not on PATH.",
            "Install it, or replace what starts it in the test.",
        )
    if missing and evidence.in_source is None and evidence.raised_by and evidence.since != "neither":
        return (
            "test",
            f"The test itself needs `{path}`, which is not there.",
            "Correct the path, from the folder that the tests run in; or make the file, or fetch it, first.",
        )
    if missing:
        return (
            "environment",
            f"`{path}` is not there; it may have to be made or fetched first.",
            "Make the file, or correct the path; relative ones start at the folder that the tests run in.",
        )
    return (
        "environment",
        f"`{path}` may not be read or written.",
        "Change its permissions, or let the test use tmp_path.",
    )

"""Tests that a model wrote and that mean to deceive: nothing of what they reach for is in what the model hears next."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import sqlite3
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters import pytest_process, sandbox, withheld_output
from greenline.adapters.consent_file import consent_file
from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.probes import Probes
from greenline.bootstrap import Lasting, build
from greenline.domain.code.model import Target
from greenline.ports.progress import Silent
from greenline.services.try_answers import MOST_TESTS
from greenline.settings import Settings
from greenline_probe import landlock, system_calls, wire
from model_server import ModelServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from greenline.services.generate_tests import Generation

WAYS = Path(__file__).with_name("hostile_reading.py")
SECRET = "Zebra-of-the-person-4711"
VARIABLE = "GREENLINE_TEST_OF_A_COMPANY"
NOT_THERE = ".env is never sent to a model, and so not there while its tests run."
WITHOUT_BUBBLEWRAP = asyncio.run(sandbox.why_not())

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it is Linux that confines"),
    pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock"),
    pytest.mark.skipif(not system_calls.is_possible(), reason="there is no filter for this machine"),
]


@dataclass
class Reached:
    """What the hostile tests of one run came to."""

    generation: Generation
    heard: str
    """All that the model was sent after its first answer."""
    served: list[str] = field(default_factory=list)
    """Connections that arrived."""


def proposed(name: str, body: str, *imports: str) -> dict[str, Any]:
    lines = ["from shop.ways import read", *imports]
    return {"name": name, "intent": "", "lines": [], "imports": lines, "code": body, "suspected_bug": ""}


def hostile(name: str, way: str, place: str) -> dict[str, Any]:
    """Return a test whose failure shows what it read; the place is put together, so that nobody sees it."""
    letters = ", ".join(str(ord(each)) for each in place)
    body = f'def test_{name}():\n    place = "".join(map(chr, [{letters}]))\n    assert read("{way}", place) == ""\n'
    return proposed(f"test_{name}", body)


GOOD = [
    proposed(
        "test_data",
        'def test_data():\n    place = Path(__file__).parent / "data" / "prices.txt"\n'
        '    assert read("open", str(place)) == "4\\n"\n',
        "from pathlib import Path",
    ),
    proposed(
        "test_its_own_file",
        'def test_its_own_file(tmp_path):\n    (tmp_path / "x").write_text("y")\n'
        '    assert read("descriptor", str(tmp_path / "x")) == "y"\n'
        '    assert read("names", str(tmp_path)) == "x"\n',
    ),
    proposed(
        "test_what_python_needs",
        "def test_what_python_needs():\n    assert ssl.create_default_context().get_ca_certs() is not None\n"
        '    assert read("variable", "LANG") is not None\n'
        '    assert "posix" in read("open", os.__file__)\n    asyncio.run(asyncio.sleep(0))\n'
        "    with pytest.raises(FileNotFoundError):\n"
        '        read("open", "/etc/there-is-no-such-file")\n',
        "import asyncio", "import os", "import ssl", "import pytest",
    ),
]  # fmt: skip


@contextlib.contextmanager
def serving(listening: socket.socket, served: list[str], name: str) -> Iterator[None]:
    """Tell everybody who connects the secret."""

    def serve() -> None:
        while True:
            try:
                connected, _ = listening.accept()
            except OSError:
                return
            served.append(name)
            with contextlib.suppress(OSError), connected:
                connected.sendall(SECRET.encode())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def places(root: Path, home: Path, other: Path, port: int) -> dict[str, tuple[str, str]]:
    """Return name -> way and place."""
    key = str(home / ".ssh" / "id_x")
    return {
        "key": ("open", key),
        "key_by_descriptor": ("descriptor", key),
        "key_by_native": ("native", key),
        "key_in_secret": ("swallowed", key),
        "key_as_an_error": ("raising", key),
        "names_at_home": ("names", str(home / ".ssh")),
        "another_project": ("open", str(other / "plans.txt")),
        "link_leading_out": ("open", "leads_out/plans.txt"),
        "link_leading_out_by_native": ("native", "leads_out/plans.txt"),
        "never_sent": ("open", ".env"),
        "never_sent_by_native": ("native", ".env"),
        "ignored_by_native": ("native", "private/plans.txt"),
        "history": ("native", ".git/config"),
        "users": ("open", "/etc/passwd"),
        "users_by_native": ("native", "/etc/passwd"),
        "users_by_name": ("users", "root"),
        "own_beginning": ("open", "/proc/self/environ"),
        "own_beginning_by_thread": ("native", "/proc/thread-self/environ"),
        "others_beginning": ("native", f"/proc/{os.getpid()}/environ"),
        "variable": ("variable", VARIABLE),
        "database": ("database", str(other / "told.sqlite3")),
        "database_attached": ("attaching", str(other / "told.sqlite3")),
        "socket": ("socket", str(other / "s")),
        "socket_by_native": ("native_socket", str(other / "s")),
        "port": ("port", str(port)),
    }


def make(root: Path, home: Path, other: Path) -> None:
    (root / "shop").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    (root / "shop" / "__init__.py").write_text("")
    (root / "shop" / "ways.py").write_text(WAYS.read_text(encoding="utf-8"), encoding="utf-8")
    (root / "tests" / "data").mkdir(parents=True)
    (root / "tests" / "data" / "prices.txt").write_text("4\n")
    (root / "leads_out").symlink_to(other)
    in_project = [root / name for name in (".env", ".env.example", "private/plans.txt", ".git/config")]
    for file in (home / ".ssh" / "id_x", other / "plans.txt", *in_project):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(SECRET)
    with contextlib.closing(sqlite3.connect(other / "told.sqlite3")) as connection, connection:
        connection.execute("create table told (said)")
        connection.execute("insert into told values (?)", (SECRET,))


def level(name: str, why_not: str = "") -> Any:
    return pytest.param(name, marks=pytest.mark.skipif(bool(why_not), reason=why_not))


@pytest.fixture(scope="module", params=[level("guard"), level("sandbox", WITHOUT_BUBBLEWRAP)])
def reached(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reached]:
    with pytest.MonkeyPatch.context() as patched, ModelServer() as server:
        yield asyncio.run(_run(request.param, tmp_path_factory.mktemp("c"), patched, server))


async def _run(
    isolation: str,
    top: Path,
    patched: pytest.MonkeyPatch,
    server: ModelServer,
    tests: Sequence[dict[str, Any]] | None = None,
    *,
    settings_file: str = "",
) -> Reached:
    """Have the model propose the hostile tests, or others, and then none; ``settings_file`` is imported by the code."""
    root, home, other = top / "project", top / "home", top / "other"
    for name in ("DATA", "CONFIG", "CACHE"):
        patched.setenv(f"XDG_{name}_HOME", str(top / name.lower()))
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        patched.delenv(name, raising=False)
    patched.setenv("HOME", str(home))
    patched.setenv(VARIABLE, f"on {SECRET} street")
    other.mkdir()
    make(root, home, other)
    if settings_file:
        (root / "shop" / "settings.py").write_text(settings_file)
        (root / "shop" / "local_settings.py").write_text(f'KEY = "{SECRET}"\n')
        code = (root / "shop" / "ways.py").read_text()
        (root / "shop" / "ways.py").write_text(code.replace("import ctypes", "import shop.settings\nimport ctypes", 1))
    consent_file().allow(root, server.url)
    settings = Settings(
        interpreter=sys.executable, isolation=isolation, model_enabled=True, model_base_url=server.url,
        model_name="model-a", model_ignore="private/",
    )  # fmt: skip
    served: list[str] = []
    with (
        socket.create_server(("127.0.0.1", 0)) as by_port,
        socket.socket(socket.AF_UNIX) as by_path,
        serving(by_port, served, "port"),
    ):
        by_path.bind(str(other / "s"))
        by_path.listen()
        ways = places(root, home, other, by_port.getsockname()[1])
        tests = tests or [*GOOD, *(hostile(name, *at) for name, at in ways.items())]
        with serving(by_path, served, "socket"):
            server.answers(tests[:MOST_TESTS])
            server.answers(tests[MOST_TESTS:])
            server.answers([], times=4)
            services = build(settings, DiskDocuments(), Lasting(probes=Probes(warm=True)))
            target = Target(root / "shop" / "ways.py", qualname="read")
            generation = await services.generate.generate(target, Silent(), engine="model")
    return Reached(generation, "\n".join(asked.body.decode() for asked in server.asked[1:]), served)


def test_nothing_of_what_they_reach_for_is_told_to_the_model(reached: Reached) -> None:
    assert "test_key" in reached.heard, "it is told of them"
    assert SECRET not in reached.heard
    assert "root:x:0" not in reached.heard
    assert "id_x" not in reached.heard.replace("/.ssh/id_x", ""), "no names in the home"
    assert "street" not in reached.heard


def test_no_service_was_spoken_to(reached: Reached) -> None:
    assert reached.served == []


def test_what_is_refused_is_said_in_words(reached: Reached) -> None:
    for place in ("plans.txt", "passwd", "/proc/self/environ", "told.sqlite3"):
        assert re.search(rf"Greenline refused to read [^ ]*{re.escape(place)}", reached.heard), place
    assert "/etc/passwd (tests from a model may read only the project's folder, but for" in reached.heard
    assert "Greenline tells nobody who uses this machine" in reached.heard


def test_what_is_never_sent_is_not_there(reached: Reached) -> None:
    assert re.search(r"No such file or directory: [^ ]*\.env", reached.heard)
    assert NOT_THERE in reached.heard


def test_what_the_project_and_python_need_is_read(reached: Reached) -> None:
    (result,) = reached.generation.results
    assert result.status == "confirmed", result.model_notes
    assert "test_data" in result.tests
    said = "\n".join(result.model_notes)
    for test in GOOD:  # they pass, and are left out at most because the first one reaches as much
        assert f"`{test['name']}` was not kept" not in said, said


FIND = "from pathlib import Path\nHERE = Path(__file__).{}.parent.parent\n"
OPTIONAL = 'KEY = (HERE / ".env").read_text() if (HERE / ".env").exists() else "none"\n'
TRIED = 'try:\n    KEY = (HERE / ".env").read_text()\nexcept OSError:\n    KEY = "none"\n'
IMPORTED = "try:\n    from shop.local_settings import KEY\nexcept ImportError:\n    KEY = 'none'\n"
NEEDED = 'KEY = (HERE / ".env").read_text()\n'


@pytest.mark.parametrize(
    ("found", "read"),
    [("resolve()", OPTIONAL), ("absolute()", OPTIONAL), ("resolve()", TRIED), ("resolve()", IMPORTED)],
    ids=["optional", "optional in the copy", "tried", "imported"],
)
async def test_a_project_that_does_without_what_is_never_sent_gets_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_server: ModelServer, found: str, read: str
) -> None:
    tests = [
        GOOD[0],
        proposed("test_key", 'def test_key():\n    assert KEY == "none"\n', "from shop.settings import KEY"),
    ]
    settings_file = FIND.format(found) + read
    reached = await _run("guard", tmp_path, monkeypatch, model_server, tests, settings_file=settings_file)
    assert reached.generation.results[0].status == "confirmed", reached.generation.results[0].model_notes
    assert SECRET not in reached.heard


async def test_a_project_that_needs_what_is_never_sent_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_server: ModelServer
) -> None:
    reached = await _run(
        "guard", tmp_path, monkeypatch, model_server, [GOOD[0]], settings_file=FIND.format("resolve()") + NEEDED
    )
    (result,) = reached.generation.results
    assert result.status != "confirmed"
    (note,) = [note for note in result.model_notes if NOT_THERE in note]
    assert "by `!.env` in the setting greenline.model.ignore" in note
    assert SECRET not in reached.heard


async def test_where_the_kernel_confines_nothing_only_our_words_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model_server: ModelServer
) -> None:
    hear = pytest_process._Heard.hear

    def unconfined(self: Any, reply: object) -> None:
        hear(self, wire.Confined(held=False) if isinstance(reply, wire.Confined) else reply)

    monkeypatch.setattr(pytest_process._Heard, "hear", unconfined)
    failing = proposed(
        "test_fails",
        f'def test_fails():\n    print("{SECRET[::-1]}"[::-1])\n    assert read("open", ".env.example") == ""\n',
    )
    named = proposed("test_named", 'def test_named():\n    assert read("raising", ".env.example") == ""\n')
    tests = [GOOD[0], failing, named]
    reached = await _run("guard", tmp_path, monkeypatch, model_server, tests)
    assert "test_fails" in reached.heard
    assert SECRET not in reached.heard
    assert f"AssertionError: {withheld_output.WHY}" in reached.heard
    assert f"an exception of its own: {withheld_output.WHY}" in reached.heard
    assert withheld_output.WHY in "\n".join(reached.generation.results[0].model_notes)

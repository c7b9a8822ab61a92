"""What tests that a model wrote may not read: by the guard in words, by the kernel for what the guard does not see."""

from __future__ import annotations

import mimetypes
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from greenline_probe import confinement, landlock, system_calls

SERVER = Path(landlock.__file__).parents[1]

needs_kernel = pytest.mark.skipif(
    not landlock.version() or not system_calls.is_possible(), reason="this kernel cannot confine"
)

BEGIN = """
import os, socket, sqlite3, sys
scratch, outside, what, shown = sys.argv[1:]
from greenline_probe import confinement, guard, landlock, system_calls, wire
import pathlib, pwd
"""
GUARDED = """
refused = []
native = what.startswith("native:")
in_force = guard.install([scratch], guard.KINDS, refused.append, native=native)
if not native:
    landlock.confine = lambda *_: False
    system_calls.confine = lambda: False
shown = [outside + "/shown", outside + "/shown.txt"] if shown == "True" else []
request = wire.RunTests(root=scratch, selection=[], scratch=scratch, confined=True,
                        readable=shown, listed=[outside + "/listed"])
absent = [os.path.realpath(top) + name for top, name in
          [(outside, "/shown/.env"), (outside, "/shown/keys"), (scratch, "/.env"), (scratch, "/keys")]]
absent = confinement.Absent(absent, scratch)
held = confinement.confine(in_force, request, absent)
assert held == native
if native:
    in_force.lifted = True  # what native code does, no audit event tells of
try:
    print(eval(what.removeprefix("native:")))
except guard.GuardRefusal as refusal:
    print(refusal)
except (OSError, KeyError, sqlite3.Error) as error:
    print(type(error).__name__)
print(*refused, sep="\\n")
print(*("looked for " + place for place in absent.looked_for), sep="\\n")
"""


def tried(what: str, tmp_path: Path, *, shown: bool = True) -> list[str]:
    scratch, outside = tmp_path / "scratch", tmp_path / "outside"
    for folder in (scratch, outside / "shown" / "keys", outside / "listed" / "below"):
        folder.mkdir(parents=True)
    for file in (scratch / "own.txt", outside / "kept.txt", outside / "shown" / "a.txt", outside / "shown.txt",
                 outside / "listed" / "b.txt", outside / "shown" / ".env", outside / "shown" / "keys" / "a.txt",
                 ):  # fmt: skip
        file.write_text(file.name)
    (scratch / "link").symlink_to(outside)
    (scratch / "way").symlink_to(outside / "shown" / ".env")
    done = subprocess.run(
        [sys.executable, "-c", BEGIN + GUARDED, str(scratch), str(outside), what, str(shown)],
        env={**os.environ, "PYTHONPATH": str(SERVER)}, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.stderr == "", done.stderr
    return [
        line for line in done.stdout.replace(str(outside), "OUT").replace(str(scratch), "SCRATCH").split("\n") if line
    ]


READ = {
    "pathlib.Path(scratch, 'own.txt').read_text()": "own.txt",
    "pathlib.Path(outside, 'shown/a.txt').read_text()": "a.txt",
    "pathlib.Path(outside, 'shown.txt').read_text()": "shown.txt",
    "sorted(os.listdir(outside + '/listed'))": "['b.txt', 'below']",
    "os.listdir(outside + '/listed/below')": "[]",
    "len(pathlib.Path(os.__file__).read_text()) > 1000": "True",
    "len(os.listdir('/proc/self/fd')) > 2": "True",
    "sqlite3.connect(':memory:').execute('select 1').fetchall()": "[(1,)]",
    "len(os.urandom(3))": "3",
    "open(os.devnull).read() == ''": "True",
    "[len(socket.socketpair()), os.pipe() is not None]": "[2, True]",
    "__import__('zoneinfo').ZoneInfo('UTC').key": "UTC",
}


@needs_kernel
@pytest.mark.parametrize("native", ["", "native:"])
@pytest.mark.parametrize("what", READ)
def test_what_is_allowed_is_read(tmp_path: Path, what: str, native: str) -> None:
    assert tried(native + what, tmp_path) == [READ[what]]


MOVED = """[
    os.mkdir(scratch + '/a'), os.mkdir(scratch + '/b'), os.rename(scratch + '/own.txt', scratch + '/a/x'),
    os.rename(scratch + '/a/x', scratch + '/b/x'), os.link(scratch + '/b/x', scratch + '/a/y'),
    open(scratch + '/b/x').read(), open(scratch + '/a/y').read(),
][5:]"""


@needs_kernel
@pytest.mark.skipif(landlock.version() < 2, reason="this kernel always keeps files in their folder")
@pytest.mark.parametrize("native", ["", "native:"])
def test_files_move_between_folders(tmp_path: Path, native: str) -> None:
    assert tried(native + MOVED, tmp_path) == ["['own.txt', 'own.txt']"]


@needs_kernel
@pytest.mark.parametrize("way", ["rename", "link"])
@pytest.mark.parametrize("kept", ["/kept.txt", "/listed/b.txt", "/shown/a.txt"])
def test_nothing_is_moved_in_from_outside(tmp_path: Path, kept: str, way: str) -> None:
    what = f"native:os.{way}(outside + '{kept}', scratch + '/x')"
    assert set(tried(what, tmp_path)) <= {"PermissionError", "OSError"}


REFUSED = {
    "open(outside + '/kept.txt').read()": "OUT/kept.txt",
    "open('/proc/self/environ').read()": "/proc/self/environ",
    "os.read(os.open(outside + '/kept.txt', os.O_RDONLY), 9)": "OUT/kept.txt",
    "open(scratch + '/link/kept.txt').read()": "SCRATCH/link/kept.txt",
    "open(outside + '/listed/b.txt').read()": "OUT/listed/b.txt",
    "os.listdir(outside)": "OUT",
    "list(os.scandir(outside))": "OUT",
    "sqlite3.connect('file:' + outside + '/kept.txt?mode=ro', uri=True)": "OUT/kept.txt",
}


@pytest.mark.skipif(sys.platform != "linux", reason="the system's places are those of Linux")
@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_is_said(tmp_path: Path, what: str) -> None:
    words = f"read {REFUSED[what]} ({confinement.ONLY})"
    assert tried(what, tmp_path) == [f"Greenline refused to {words}", words]


@needs_kernel
@pytest.mark.parametrize("what", [each for each in REFUSED if "connect" not in each])
def test_the_kernel_refuses_it_to_native_code(tmp_path: Path, what: str) -> None:
    assert tried("native:" + what, tmp_path) == ["PermissionError"]


def test_what_is_not_there_is_missing_as_it_is_anywhere(tmp_path: Path) -> None:
    assert tried("open(outside + '/nothing.txt')", tmp_path) == ["FileNotFoundError"]


@needs_kernel
def test_who_uses_the_machine_is_not_told(tmp_path: Path) -> None:
    assert tried("pwd.getpwuid(0)", tmp_path) == ["KeyError"], "archives and homes are looked up so: it is no harm"


@needs_kernel
def test_an_archive_is_packed_though_nobody_is_known(tmp_path: Path) -> None:
    opened = "__import__('tarfile').open(scratch + '/a.tar', 'w')"
    what = f"(lambda t: (t.add(scratch + '/own.txt', 'x'), t.getnames()))({opened})[1]"
    assert tried(what, tmp_path) == ["['x']"]


NEVER_SENT = {
    "os.path.exists(outside + '/shown/.env')": "False",
    "os.access(outside + '/shown/.env', os.R_OK)": "False",
    "pathlib.Path(outside, 'shown', '.env').is_file()": "False",
    "open(outside + '/shown/.env').read()": "FileNotFoundError",
    "open(scratch + '/way').read()": "FileNotFoundError",
    "open(outside + '/shown/keys/a.txt').read()": "FileNotFoundError",
    "os.path.isdir(outside + '/shown/keys')": "False",
    "pathlib.Path(outside, 'shown', 'a.txt').is_file()": "True",
    "open(scratch + '/.env')": "FileNotFoundError",
}


@needs_kernel
@pytest.mark.parametrize("what", NEVER_SENT)
def test_what_is_never_sent_is_not_there(tmp_path: Path, what: str) -> None:
    said = tried(what, tmp_path)
    assert said[0] == NEVER_SENT[what]
    looked_for = [line for line in said if line.startswith("looked for")]
    assert bool(looked_for) == ("a.txt').is" not in what)
    assert len(said) == 1 + len(looked_for), "nothing is refused"


@needs_kernel
@pytest.mark.parametrize("place", ["shown/.env", "shown/keys/a.txt"])
def test_the_kernel_keeps_what_is_never_sent_from_native_code(tmp_path: Path, place: str) -> None:
    assert tried(f"native:os.open(outside + '/{place}', os.O_RDONLY)", tmp_path, shown=False) == ["PermissionError"]


@needs_kernel
def test_what_a_test_makes_itself_is_there_whatever_its_name_is(tmp_path: Path) -> None:
    what = "[pathlib.Path(scratch, '.env').write_text('A=1'), pathlib.Path(scratch, '.env').read_text()][1]"
    assert tried(what, tmp_path)[0] == "A=1"


@needs_kernel
def test_a_file_is_copied_with_its_times(tmp_path: Path) -> None:
    what = "__import__('shutil').copy2(scratch + '/own.txt', scratch + '/b.txt', follow_symlinks=False)[-5:]"
    assert tried(what, tmp_path) == ["b.txt"]


def test_the_kinds_of_files_are_known() -> None:
    assert [place for place in mimetypes.knownfiles if not _is_readable(place)] == []


def _is_readable(place: str) -> bool:
    return any(place == each or place.startswith(f"{each}/") for each in confinement._SYSTEM)


@needs_kernel
def test_nobody_is_spoken_to(tmp_path: Path) -> None:
    with_address = "native:socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', outside + '/s')"
    assert tried(with_address, tmp_path) == ["PermissionError"]


@needs_kernel
def test_nobody_is_connected_to(tmp_path: Path) -> None:
    assert tried("native:socket.socket(socket.AF_UNIX).connect(outside + '/s')", tmp_path) == ["PermissionError"]


@needs_kernel
def test_pairs_of_sockets_talk(tmp_path: Path) -> None:
    what = "(lambda a, b: (a.send(b'x'), b.recv(1)))(*socket.socketpair())"
    assert tried("native:" + what, tmp_path) == ["(1, b'x')"]


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of an environment that this Python seems to be in."""
    prefix = tmp_path / "ada" / ".venv"
    for folder in ("bin", "lib/site-packages", "share", "src"):
        (prefix / folder).mkdir(parents=True)
    (prefix / "pyvenv.cfg").touch()
    monkeypatch.setattr(sys, "prefix", str(prefix))
    names = {"data": "", "scripts": "bin", "purelib": "lib/site-packages"}
    monkeypatch.setattr(sysconfig, "get_paths", lambda: {name: str(prefix / path) for name, path in names.items()})
    return prefix


def places_in(folder: Path) -> set[str]:
    around = [Path(place) for place in confinement._of_python() if Path(place).is_relative_to(folder)]
    return {str(place.relative_to(folder)) for place in around if place.exists()}


def test_of_an_environment_only_what_python_needs_may_be_read(environment: Path) -> None:
    assert places_in(environment) == {"lib", "lib/site-packages", "share", "pyvenv.cfg"}


@pytest.mark.parametrize("home", [".", "kept/ada"])
def test_no_environment_gives_away_the_home(environment: Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    (environment / home).mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(confinement, "_home", lambda: str(environment / home))
    assert places_in(environment) == {"lib/site-packages"}

"""The probe as a process: its channel, its limits, its end with the server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from greenline_probe import limits, wire

ENTRY = Path(wire.__file__).with_name("__main__.py")


def run_probe(root: Path, test: str, **request: Any) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[str]]:
    """Run one test file through a probe of its own. Returns the replies and the finished process."""
    root.mkdir()
    (root / "test_it.py").write_text(test)
    scratch = root.parent / "scratch"
    scratch.mkdir()
    message = wire.RunTests(root=str(root), selection=["test_it.py"], scratch=str(scratch), **request)
    done = subprocess.run(
        [sys.executable, str(ENTRY), str(os.getpid())],
        input=wire.encode(message) + "\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=root,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(scratch)},
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done


def outcomes(replies: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    return {r["node_id"].partition("::")[2]: (r["outcome"], r["message"]) for r in replies if r["type"] == "TestDone"}


def test_what_the_code_prints_never_reaches_the_channel(tmp_path: Path) -> None:
    replies, done = run_probe(
        tmp_path / "p",
        "import os, sys\n"
        "os.write(1, b'{}\\n'); sys.__stdout__.write('noise\\n'); sys.__stdout__.flush()\n"
        "def test_a():\n    os.write(1, b'{}'); print('x'); assert sys.stdin.read() == ''\n",
    )

    assert [r["type"] for r in replies] == ["Started", "TestBegan", "TestDone", "RunDone"]
    assert done.returncode == 0


def test_the_neighbours_of_the_probe_are_not_importable(tmp_path: Path) -> None:
    plain = subprocess.run([sys.executable, "-c", "import sys; print(sys.path[1:])"], capture_output=True, check=True)
    replies, _ = run_probe(
        tmp_path / "p",
        "import os, sys, trace\n"
        "def test_a():\n"
        f"    assert set(sys.path) == {{os.getcwd(), *{plain.stdout.decode().strip()}}}\n"
        "    assert sys.path[0] == os.getcwd()\n"
        "    assert 'greenline_probe' not in trace.__file__\n",
    )

    assert outcomes(replies) == {"test_a": ("passed", "")}


def test_each_kind_of_end_has_its_outcome(tmp_path: Path) -> None:
    replies, _ = run_probe(
        tmp_path / "p",
        "import pytest, sys\n"
        "def test_pass(): pass\n"
        "def test_fail(): assert 1 == 2\n"
        "@pytest.fixture\ndef bad(): raise KeyError('why')\n"
        "def test_error(bad): pass\n"
        "@pytest.mark.skip(reason='because')\ndef test_skip(): pass\n"
        "@pytest.mark.xfail\ndef test_xfail(): assert 0\n"
        "@pytest.mark.xfail\ndef test_xpass(): pass\n"
        "def test_exit(): sys.exit(3)\n",
    )

    ends = outcomes(replies)
    assert {name: end for name, (end, _) in ends.items()} == {
        "test_pass": "passed", "test_fail": "failed", "test_error": "error", "test_skip": "skipped",
        "test_xfail": "xfailed", "test_xpass": "xpassed", "test_exit": "failed",
    }  # fmt: skip
    assert "assert 1 == 2" in ends["test_fail"][1]
    assert "KeyError: 'why'" in ends["test_error"][1]
    assert "because" in ends["test_skip"][1]


def test_a_long_failure_keeps_both_ends(tmp_path: Path) -> None:
    replies, _ = run_probe(
        tmp_path / "p",
        "def test_a():\n    text = 'first'\n    raise ValueError('\\n'.join(['x' * 80] * 500) + 'last')\n",
    )

    message = outcomes(replies)["test_a"][1]
    assert len(message) <= 4000
    assert "first" in message
    assert "last" in message


@pytest.mark.skipif(sys.platform != "linux", reason="limits differ elsewhere")
def test_memory_and_file_size_are_limited(tmp_path: Path) -> None:
    replies, _ = run_probe(
        tmp_path / "p",
        "import pytest, resource\n"
        "def test_memory():\n    with pytest.raises(MemoryError): bytearray(8 * 1024**3)\n"
        "def test_file(tmp_path):\n"
        "    with pytest.raises(OSError), open(tmp_path / 'f', 'wb') as f: f.truncate(300 * 1024**2)\n"
        "def test_no_core(): assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n",
    )

    assert {end for end, _ in outcomes(replies).values()} == {"passed"}, outcomes(replies)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_a_probe_whose_server_is_gone_leaves_at_once(tmp_path: Path) -> None:
    stranger = 1 if os.getppid() != 1 else 2
    done = subprocess.run(
        [sys.executable, str(ENTRY), str(stranger)], input="", capture_output=True, timeout=60, check=False
    )

    assert done.returncode == 1


def test_a_fork_that_comes_back_says_nothing(tmp_path: Path) -> None:
    replies, _ = run_probe(tmp_path / "p", "import os\ndef test_a():\n    if os.fork(): os.wait()\n")

    assert [r["type"] for r in replies] == ["Started", "TestBegan", "TestDone", "RunDone"]


def test_a_system_without_sigkill_has_no_parent_to_die_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("signal.SIGKILL", raising=False)
    monkeypatch.setattr(sys, "platform", "win32")
    limits.die_with_parent(os.getpid())


AT_EXIT = (
    "import atexit, pathlib, threading, time\n"
    "told = pathlib.Path(__file__).with_name('told')\n"
    "def tell(word): told.open('a').write(word)\n"
    "atexit.register(tell, 'exit')\n"
    "def test_a():\n"
    "    done = threading.Event()\n"
    "    threading.Thread(target=lambda: (done.wait(0.2), tell('thread '))).start()\n"
)


@pytest.mark.parametrize(("limited", "said"), [(False, "thread exit"), (True, "thread ")])
def test_what_is_registered_for_the_end_runs_where_nothing_is_held_back(
    tmp_path: Path, limited: bool, said: str
) -> None:
    replies, done = run_probe(tmp_path / "p", AT_EXIT, limited=limited)

    assert [r["type"] for r in replies] == ["Started", "TestBegan", "TestDone", "RunDone"]
    assert (tmp_path / "p" / "told").read_text() == said
    assert done.returncode == 0


def test_a_thread_that_stays_is_waited_for_and_what_is_known_is_told_meanwhile(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "test_it.py").write_text(
        "import atexit, os, threading, time\natexit.register(lambda: 1 / 0)\n"
        "def stay():\n    while not os.path.exists('go'): time.sleep(0.01)\n"
        "def test_a(): threading.Thread(target=stay, name='stays', daemon=False).start()\n"
    )
    message = wire.RunTests(root=str(tmp_path / "p"), selection=["test_it.py"], scratch=str(tmp_path), limited=False)
    probe = subprocess.Popen(
        [sys.executable, str(ENTRY), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TMPDIR": str(tmp_path)},
    )
    with probe:
        assert probe.stdin is not None
        assert probe.stdout is not None
        probe.stdin.write(wire.encode(message) + "\n")
        probe.stdin.flush()
        ends = []
        for line in probe.stdout:
            reply = json.loads(line)
            if reply["type"] == "RunDone":
                ends.append((reply["exit_code"], reply["lingering"], reply["waiting"]))
                (tmp_path / "p" / "go").touch()
                probe.stdin.close()
    assert ends == [(0, ["stays"], True), (0, [], False)]
    assert probe.returncode == 0

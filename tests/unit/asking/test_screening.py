from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenline.domain.asking.model import ProposedTest
from greenline.domain.asking.screened_names import BEHIND, CODE, ENDS, ENVIRONMENT, FILES, NETWORK, PROGRAMS, TESTS
from greenline.domain.asking.screening import refused

ARGUMENTS = "tmp_path, monkeypatch, mocker"


def of(body: str, *imports: str) -> str:
    lines = "\n    ".join(body.split("\n"))
    return refused(ProposedTest("test_a", f"def test_a({ARGUMENTS}):\n    {lines}\n    assert x == 1\n", imports))


@pytest.mark.parametrize(
    ("body", "imports", "kind", "what"),
    [
        ("os.system('ls')", "import os", PROGRAMS, "os.system"),
        ("sh('ls')", "from os import system as sh", PROGRAMS, "os.system"),
        ("import os as o\no.popen('ls')", "", PROGRAMS, "os.popen"),
        ("run = os.system\nrun('ls')", "import os", PROGRAMS, "os.system"),
        ("list(map(os.system, ['ls']))", "import os", PROGRAMS, "os.system"),
        ("threading.Thread(target=os.system).start()", "import os", PROGRAMS, "os.system"),
        ("os.system.__call__('ls')", "import os", PROGRAMS, "os.system"),
        ("subprocess.run(['ls'])", "import subprocess", PROGRAMS, "subprocess.run"),
        ("Popen('ls', shell=True)", "from subprocess import Popen", PROGRAMS, "subprocess.Popen"),
        ("exec('x = 1')", "", CODE, "exec"),
        ("builtins.eval('1')", "import builtins", CODE, "eval"),
        ("__import__('os').system('ls')", "", CODE, "__import__"),
        ("getattr(os, 'sys' + 'tem')('ls')", "import os", BEHIND, "getattr of os"),
        ("import_module('os').system('x')", "from importlib import import_module", BEHIND, "import_module of os"),
        ("().__class__.__base__.__subclasses__()", "", BEHIND, "__subclasses__"),
        ("libc = ctypes.CDLL(None)", "import ctypes", BEHIND, "ctypes"),
        ("guard.lift()", "from greenline_probe import guard", BEHIND, "greenline_probe"),
        ("print(os.environ)", "import os", ENVIRONMENT, "os.environ"),
        ("x = dict(environ)", "from os import environ", ENVIRONMENT, "os.environ"),
        ("assert os.environ['AWS_KEY'] == ''", "import os", ENVIRONMENT, "os.environ"),
        ("x = os.getenv('AWS_KEY')", "import os", ENVIRONMENT, "os.getenv"),
        ("for k, v in os.environ.items():\n    print(k, v)", "import os", ENVIRONMENT, "os.environ"),
        ("requests.get('https://shop.example/x')", "import requests", NETWORK, "shop.example"),
        ("urlopen('http://1.2.3.4:80/')", "from urllib.request import urlopen", NETWORK, "1.2.3.4"),
        ("socket.create_connection(('shop.example', 80))", "import socket", NETWORK, "shop.example"),
        ("s = socket.socket()\ns.connect(('shop.example', 80))", "import socket", NETWORK, "shop.example"),
        ("open('/etc/passwd').read()", "", FILES, "/etc/passwd"),
        ("Path('~/.ssh/id_rsa').expanduser().read_text()", "from pathlib import Path", FILES, "~/.ssh/id_rsa"),
        ("(Path.home() / 'x').write_text('')", "from pathlib import Path", FILES, "x"),
        ("shutil.rmtree('/')", "import shutil", FILES, "/"),
        ("os.remove('../x')", "import os", FILES, "../x"),
        ("open('out.txt', 'w').close()", "", FILES, "open of out.txt"),
        ("os._exit(0)", "import os", ENDS, "os._exit"),
        ("pytest.main([])", "import pytest", TESTS, "pytest.main"),
        ("pytest.exit('done')", "import pytest", TESTS, "pytest.exit"),
        ("sys.path.insert(0, 'x')", "import sys", TESTS, "sys.path.insert"),
    ],
)
def test_what_may_not_even_run(body: str, imports: str, kind: str, what: str) -> None:
    assert of(body, imports) == f"it {kind} ({what})"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("def pytest_collection_modifyitems(items):\n    items.clear()\n", "(pytest_collection_modifyitems)"),
        ("pytest_plugins = ['x']\n", "(pytest_plugins)"),
        ("@pytest.fixture(autouse=True)\ndef f():\n    pass\n", "(the fixture f is for all of them)"),
    ],
)
def test_nothing_changes_how_tests_are_run(code: str, why: str) -> None:
    assert refused(ProposedTest("test_a", code)) == f"it changes how tests are run {why}"


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        (
            "with patch('shop.core.os.system') as run:\n    clean()\nrun.assert_called_once()",
            "from unittest.mock import patch",
        ),
        ("monkeypatch.setattr(os, 'system', lambda command: 0)\nclean()\n", "import os"),
        ("process = Mock(spec=subprocess.Popen)", "import subprocess"),
        ("done = subprocess.CompletedProcess([], 0, stdout='x')", "import subprocess"),
        ("with pytest.raises(subprocess.CalledProcessError):\n    clean()", "import subprocess, pytest"),
        ("mocker.patch('subprocess.run')\nclean()\nsubprocess.run.assert_called_once()", "import subprocess"),
        ("monkeypatch.setenv('RATE', '3')\nassert os.environ['RATE'] == '3'", "import os"),
        ("monkeypatch.delenv('RATE', raising=False)\nassert os.environ.get('RATE') is None", "import os"),
        ("with patch.dict(os.environ, {'RATE': '3'}, clear=True):\n    load()", "import os"),
        ("assert 'RATE' not in os.environ", "import os"),
        ("(tmp_path / 'a' / 'b.txt').write_text('x')", ""),
        ("with open(tmp_path / 'a.txt', 'w') as file:\n    file.write('x')", ""),
        ("with open(f'{tmp_path}/a.txt', 'w') as file:\n    file.write('x')", ""),
        ("monkeypatch.chdir(tmp_path)\nopen('out.txt', 'w').close()", ""),
        ("os.remove(tmp_path / 'a.txt')", "import os"),
        ("assert Path('/etc/hosts').name == 'hosts'", "from pathlib import Path"),
        ("assert 'a'.replace('/', 'b') == 'a'", ""),
        ("assert open('data.txt').read()", ""),
        ("pattern = re.compile('a')", "import re"),
        ("def compile(text):\n    return text\ncompile('a')", ""),
        ("assert requests.get('http://localhost:8000/x').ok", "import requests"),
        (
            "responses.add(responses.GET, 'https://a.example/')\nrequests.get('https://a.example/')",
            "import responses, requests",
        ),
        ("client = httpx.Client(transport=httpx.MockTransport(answer), base_url='https://a.example')", "import httpx"),
        ("request = httpx.Request('GET', 'https://a.example/')", "import httpx"),
        ("server = socket.create_server(('127.0.0.1', 0))", "import socket"),
        ("db = sqlite3.connect(':memory:')", "import sqlite3"),
        ("module = importlib.import_module('shop.core')", "import importlib"),
        ("value = getattr(cart, 'total')", ""),
        ("with pytest.raises(SystemExit):\n    sys.exit(2)", "import pytest, sys"),
    ],
)
def test_what_tests_usually_do_may_run(body: str, imports: str) -> None:
    assert of(body, imports) == ""


@pytest.mark.parametrize(
    ("body", "imports", "named"),
    [
        ("assert discounts.os.environ == {}", "from shop import discounts", "os.environ"),
        ("assert os.environ == {}", "from shop.discounts import os", "os.environ"),
        ("assert core.subprocess.run(['ls'])", "import shop.core as core", "subprocess.run"),
        ("assert shutil.os.system('ls')", "import shutil", "os.system"),
        ("assert posix.environ == {}", "import posix", "posix"),
    ],
)
def test_another_module_that_hands_it_on_makes_it_no_better(body: str, imports: str, named: str) -> None:
    assert named in of(body, imports)


@pytest.mark.parametrize(
    ("body", "imports"),
    [
        ("monkeypatch.setattr(core.subprocess, 'run', Mock())", "from shop import core"),
        (
            "with patch.object(core.os, 'getenv', return_value='1'):\n    assert core.load() == 1",
            "from shop import core",
        ),
        ("monkeypatch.setitem(core.os.environ, 'RATE', '3')\nassert core.rate() == 3", "from shop import core"),
        ("assert frame.eval('1') == 1", "from shop import core"),
    ],
)
def test_what_another_module_uses_may_be_replaced(body: str, imports: str) -> None:
    assert of(body, imports) == ""


def test_what_does_not_parse_is_refused_nothing_for_it_does_not_run() -> None:
    assert refused(ProposedTest("test_a", "def test_a(:\n    os.system('ls')\n")) == ""
    assert refused(ProposedTest("test_a", "import os\nos.system('x')\n", ("import",))).endswith("(os.system)")


@pytest.mark.parametrize(
    "what", ["+".join(["1"] * 900), "f" + ".a" * 800, "f" + "()" * 400, "[" * 90 + "]" * 90, "-" * 150 + "1"]
)
def test_what_is_nested_too_deeply_is_refused_or_read(what: str) -> None:
    said = refused(ProposedTest("test_a", f"def test_a():\n    assert f() == {what}\n"))
    assert said == ("" if what.startswith("[") else "it is nested too deeply to be looked at")


@given(st.text(), st.lists(st.text(max_size=30), max_size=2))
def test_screening_raises_nothing(code: str, imports: list[str]) -> None:
    assert "\n" not in refused(ProposedTest("test_a", code, tuple(imports)))

"""What tests have no business with, by the names that it has in Python's library and in well-known packages."""

from __future__ import annotations

PROGRAMS = "starts another program"
NETWORK = "reaches into the network"
FILES = "reads or changes files outside of a folder of its own"
ENVIRONMENT = "reads variables of the environment that it did not set"
CODE = "runs code that it puts together"
BEHIND = "goes behind what Python shows"
ENDS = "ends or stops the process that it runs in"
TESTS = "changes how tests are run"


def _names(text: str, module: str = "") -> list[str]:
    return [f"{module}.{name}" if module else name for name in text.split()]


_PROGRAM_NAMES = [
    *_names(
        "system popen fork forkpty posix_spawn posix_spawnp startfile execl execle execlp execlpe execv execve", "os"
    ),
    *_names("execvp execvpe spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe", "os"),
    *_names("run Popen call check_call check_output getoutput getstatusoutput", "subprocess"),
    *_names("create_subprocess_exec create_subprocess_shell", "asyncio"),
    *_names("Process Pool get_context", "multiprocessing"),
    *_names("pty.spawn pty.fork concurrent.futures.ProcessPoolExecutor webbrowser.open pexpect.spawn pexpect.run"),
]
_CODE_NAMES = [
    *_names("exec eval compile __import__"),
    *_names("runpy.run_path runpy.run_module types.FunctionType types.CodeType marshal.loads"),
    *_names("code.InteractiveInterpreter code.InteractiveConsole code.interact dill.loads cloudpickle.loads"),
]
_BEHIND_NAMES = [
    *_names("gc.get_objects gc.get_referrers sys._getframe sys._current_frames inspect.stack inspect.currentframe"),
    *_names("sys.addaudithook sys.settrace sys.setprofile threading.settrace threading.setprofile"),
]
_ENDING_NAMES = [
    *_names("_exit abort kill killpg", "os"),
    *_names("signal.raise_signal signal.pthread_kill faulthandler.dump_traceback_later"),
]
FORBIDDEN: dict[str, str] = {
    **dict.fromkeys(_PROGRAM_NAMES, PROGRAMS),
    **dict.fromkeys(_CODE_NAMES, CODE),
    **dict.fromkeys(_BEHIND_NAMES, BEHIND),
    **dict.fromkeys(_ENDING_NAMES, ENDS),
    **dict.fromkeys(_names("pytest.main unittest.main pytest.exit _pytest.config.main"), TESTS),
    **dict.fromkeys(_names("os.getenv os.getenvb os.environ os.environb"), ENVIRONMENT),
}
"""Neither called nor handed on; as the model of a stand-in they may be named."""

FORBIDDEN_MODULES: dict[str, str] = {
    **dict.fromkeys(_names("ctypes _ctypes cffi posix nt _posixsubprocess _socket greenline_probe"), BEHIND),
    **dict.fromkeys(_names("paramiko fabric pexpect sh plumbum"), PROGRAMS),
    **dict.fromkeys(_names("ftplib telnetlib nntplib"), NETWORK),
}

REACHING = frozenset([
    *_names("socket create_connection getaddrinfo gethostbyname gethostbyaddr create_server", "socket"),
    *_names("urlopen urlretrieve Request build_opener", "urllib.request"),
    *_names("HTTPConnection HTTPSConnection", "http.client"),
    *_names("get post put patch delete head options request Session", "requests"),
    *_names("get post put patch delete head options request stream Client AsyncClient", "httpx"),
    *_names("ClientSession request", "aiohttp"),
    *_names("smtplib.SMTP smtplib.SMTP_SSL imaplib.IMAP4 imaplib.IMAP4_SSL poplib.POP3 asyncio.open_connection"),
    *_names("urllib3.request urllib3.PoolManager websockets.connect"),
])  # fmt: skip
"""What may reach another machine; the names of machines around it decide."""
STAND_INS_FOR_NETWORK = frozenset(
    _names("responses respx requests_mock httpx_mock aioresponses vcr pytest_httpx httpretty MockTransport betamax "
           "httpserver live_server ASGITransport WSGITransport TestClient test_client")
)  # fmt: skip

DESTROYING = frozenset([
    *_names("remove unlink rmdir removedirs rename renames replace truncate chmod chown link symlink", "os"),
    *_names("mkdir makedirs", "os"),
    *_names("rmtree move copy copy2 copyfile copytree", "shutil"),
    *_names("listdir scandir walk open", "os"),
    *_names("open io.open codecs.open"),
])  # fmt: skip
"""What works on files: what they are given decides."""
METHODS_OF_PATHS = frozenset(
    _names("read_text read_bytes write_text write_bytes open unlink rmdir rename replace touch mkdir chmod symlink_to "
           "hardlink_to iterdir glob rglob")
)  # fmt: skip

UNSEEN = frozenset(
    _names("__subclasses__ __globals__ __builtins__ __closure__ f_globals f_builtins f_back tb_frame gi_frame")
)
SEARCHED_BY_NAME = frozenset(_names("os subprocess shutil builtins sys socket ctypes importlib multiprocessing"))
"""Modules of which a test names what it uses, and does not look it up."""
NAMED_ONLY = frozenset(
    _names("Mock MagicMock AsyncMock NonCallableMock NonCallableMagicMock create_autospec autospec patch object "
           "isinstance issubclass setattr delattr setitem delitem spy stub Patch")
)  # fmt: skip
"""Calls whose arguments are only named: ``Mock(spec=subprocess.Popen)``, ``patch.dict(os.environ, ...)``."""

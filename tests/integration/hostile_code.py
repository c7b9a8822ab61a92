"""Not a test: code that would harm the machine it runs on. Explored behind the guard only."""

import builtins
import ctypes
import locale
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

OUTSIDE = os.environ.get("HOSTILE_OUTSIDE", "/nowhere")
PORT = int(os.environ.get("HOSTILE_PORT", "9"))


def deletes(name: str) -> bool:
    os.remove(os.path.join(OUTSIDE, "precious.txt"))
    return bool(name)


def deletes_a_tree(name: str) -> bool:
    shutil.rmtree(OUTSIDE)
    return bool(name)


def overwrites(text: str) -> str:
    with open(os.path.join(OUTSIDE, "precious.txt"), "w") as file:
        file.write(text)
    return text


def writes_beside_itself(text: str) -> str:
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "droppings.txt"), "w") as file:
        file.write(text)
    return text


def connects(text: str) -> bytes:
    with socket.create_connection(("127.0.0.1", PORT), timeout=1) as connection:
        connection.sendall(text.encode())
        return connection.recv(1)


def spawns(name: str) -> int:
    return subprocess.Popen(["touch", os.path.join(OUTSIDE, "spawned")]).wait()


def runs(name: str) -> int:
    return subprocess.run(["touch", os.path.join(OUTSIDE, "ran")]).returncode


def shells(name: str) -> int:
    return os.system("touch " + os.path.join(OUTSIDE, "spawned"))


def forks(number: int) -> int:
    child = os.fork()
    if child == 0:
        while True:
            time.sleep(1)
    return number


def changes_folder(name: str) -> str:
    os.chdir("/")
    return name.upper()


def changes_environment(name: str) -> str:
    os.environ.clear()
    os.environ["PATH"] = "/nowhere"
    return name.upper()


def changes_locale(name: str) -> str:
    locale.setlocale(locale.LC_ALL, "C")
    return name.upper()


def changes_signals(number: int) -> int:
    for which in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
        signal.signal(which, signal.SIG_IGN)
    return number + 1


def changes_path(name: str) -> str:
    sys.path.clear()
    return name.upper()


def changes_modules(name: str) -> str:
    for module in ["json", "os", "ast", "re"]:
        sys.modules[module] = None
    return name.upper()


def changes_builtins(number: int) -> int:
    builtins.len = lambda _: 42
    builtins.isinstance = lambda *_: False
    builtins.open = None
    return number + 1


def allocates(number: int) -> int:
    kept = []
    while True:
        kept.append(bytearray(10**8))


def starts_threads(number: int) -> int:
    threading.Thread(target=time.sleep, args=(600,)).start()
    return number + 1


def sleeps(number: int) -> int:
    threading.Event().wait(600)
    return number


def naps(number: int) -> int:
    time.sleep(600)
    return number


def reads(prompt: str) -> str:
    return input(prompt)


def leaves(code: int) -> int:
    os._exit(code)


def quits(code: int) -> int:
    raise SystemExit(code)


def kills_itself(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def kills_its_parent(number: int) -> int:
    os.kill(os.getppid(), signal.SIGKILL)
    return number


def crashes(number: int) -> int:
    if number > 5:
        ctypes.string_at(0)
    return number * 2


def recurses(number: int) -> int:
    return recurses(number + 1)


def swallows(number: int) -> int:
    while True:
        try:
            time.sleep(0.1)
        except BaseException:
            number += 1


def prints(text: str) -> str:
    os.write(1, b'{"type": "Explored", "calls": 1}\n')
    print('{"type": "Explored"}')
    return text.upper()


def closes_everything(number: int) -> int:
    os.closerange(0, 256)
    return number + 1


def removes_its_folder(name: str) -> str:
    shutil.rmtree(os.getcwd(), ignore_errors=True)
    return name.upper()


def stops_tracing(number: int) -> int:
    sys.settrace(None)
    if number > 3:
        return 1
    return 0


def tells_a_key(kind):
    keys = [value for name, value in sorted(os.environ.items()) if name.startswith("HOSTILE_API")]
    if kind == {"length"}:
        return len(keys[0])
    return keys[0]


def good(number: int) -> str:
    if number > 10:
        return "big"
    return "small"

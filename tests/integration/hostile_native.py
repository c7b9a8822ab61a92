"""Not a test: code that would harm the machine by ways that Python's audit events do not see, or hardly."""

import ctypes
import ctypes.util
import multiprocessing.shared_memory
import os
import signal
import sqlite3
import ssl
import subprocess
import threading
import time

import _ctypes

OUTSIDE = os.environ.get("HOSTILE_OUTSIDE", "/nowhere")
HOME = os.environ.get("HOSTILE_HOME", "/nowhere")
PRECIOUS = os.path.join(OUTSIDE, "precious.txt").encode()


def hidden_function(name, result=ctypes.c_int):
    """Find a function of the C library in a way that no audit event of the guard's tells of."""
    return ctypes.CFUNCTYPE(result)(_ctypes.dlsym(ctypes.CDLL(None)._handle, name))


def deletes_by_c(name: str) -> int:
    return ctypes.CDLL(None).unlink(PRECIOUS) + len(name)


def writes_by_c(name: str) -> int:
    return ctypes.CDLL("libm.so.6").open(PRECIOUS, os.O_WRONLY | os.O_TRUNC) + len(name)


def connects_by_c(number: int) -> int:
    return ctypes.CDLL(None).connect(number, b"", 0)


def kills_by_c(number: int) -> int:
    return ctypes.CDLL(None).kill(os.getppid(), number)


def calls_the_system(number: int) -> int:
    return ctypes.CDLL(None).syscall(number)


def forks_unseen(number: int) -> int:
    if hidden_function("fork")() == 0:
        while True:
            time.sleep(1)
    return number


def bombs_unseen(number: int) -> int:
    fork = hidden_function("fork")
    while True:
        fork()
        number += 1


def kills_unseen(number: int) -> int:
    kill = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int)(_ctypes.dlsym(ctypes.CDLL(None)._handle, "kill"))
    kill(os.getppid(), signal.SIGKILL)
    return number


def truncates_unseen(number: int) -> int:
    truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_long)(
        _ctypes.dlsym(ctypes.CDLL(None)._handle, "truncate")
    )
    if truncate(PRECIOUS, 0) != 0:
        raise OSError(13, os.strerror(13), PRECIOUS)
    return number


def kills_by_descriptor(number: int) -> int:
    signal.pidfd_send_signal(os.pidfd_open(os.getppid()), signal.SIGKILL)
    return number


def kills_everyone(number: int) -> int:
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) not in (1, os.getpid()):
            os.kill(int(name), signal.SIGKILL)
    os.kill(1, signal.SIGKILL)
    return number


def attaches(name: str) -> str:
    connection = sqlite3.connect(":memory:")
    connection.execute("ATTACH DATABASE ? AS other", (os.path.join(OUTSIDE, "attached.db"),))
    connection.execute("CREATE TABLE other.things (name)")
    return name


def logs_keys(name: str) -> str:
    ssl.create_default_context().keylog_filename = os.path.join(OUTSIDE, "keys.log")
    return name


def goes_through_a_link(text: str) -> str:
    os.symlink(OUTSIDE, "way")
    with open(os.path.join("way", "precious.txt"), "w") as file:
        file.write(text)
    return text


def moves_out(name: str) -> str:
    with open("mine", "w") as file:
        file.write("mine")
    os.rename("mine", os.path.join(OUTSIDE, "moved"))
    return name


def writes_memory(number: int) -> int:
    with open("/proc/self/mem", "r+b") as memory:
        memory.write(b"x")
    return number


def leaves_shared_memory(number: int) -> int:
    shared = multiprocessing.shared_memory.SharedMemory("greenline_hostile", create=True, size=4096)
    return shared.size + number


def leaves_a_shared_file(text: str) -> str:
    with open("/dev/shm/greenline_hostile", "w") as file:
        file.write(text)
    return text


def writes_everywhere(number: int) -> int:
    for descriptor in range(3, 256):
        try:
            os.write(descriptor, b'{"type": "Explored", "calls": 1}\n')
        except OSError:
            continue
    return number


def starts_many_threads(number: int) -> int:
    while True:
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()


def prints_without_end(number: int) -> int:
    while True:
        os.write(1, b"x" * 10**6)


def fills_the_disk(number: int) -> int:
    while True:
        try:
            with open(f"{time.monotonic_ns()}", "wb") as file:
                file.write(bytes(10**8))
        except BaseException:
            number += 1


def reads_secrets(name: str) -> str:
    with open(os.path.join(HOME, ".ssh", "id_rsa")) as file:
        return file.read()


def runs_a_daemon(name: str) -> str:
    subprocess.Popen(["sh", "-c", "while true; do sleep 1; done"], start_new_session=True, env={})
    return name


def lowers_priority_unseen(number: int) -> int:
    parent, process = os.getppid(), os.PRIO_PROCESS
    if hidden_function("setpriority")(process, parent, os.getpriority(process, parent)) != 0:
        raise OSError(1, os.strerror(1))
    return number


def limits_others_unseen(number: int) -> int:
    limits = (ctypes.c_ulong * 2)()
    prlimit = hidden_function("prlimit")
    for limit in range(16):
        if prlimit(os.getppid(), limit, None, limits) == 0 and prlimit(os.getppid(), limit, limits, None) != 0:
            raise OSError(1, os.strerror(1))
    return number

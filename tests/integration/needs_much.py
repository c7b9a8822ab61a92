"""Not a test: functions that need what is not there while exploring."""

import os
import socket
import sqlite3
import subprocess
import sys
import threading
import tkinter
import urllib.request
from pathlib import Path


def fetches(path: str) -> bytes:
    with urllib.request.urlopen("http://example.org/" + path) as answer:
        return answer.read()


def asks_the_database(name: str) -> bytes:
    with socket.create_connection(("127.0.0.1", 5432)) as connection:
        connection.sendall(name.encode())
        return connection.recv(10)


def has_no_tables(name: str) -> list:
    with sqlite3.connect("users.db") as connection:
        return connection.execute("select id from users where name = ?", (name,)).fetchall()


class Store:
    def __init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", 6379))

    def load(self, key: int) -> int:
        return key + 1


def opens_a_window(text: str) -> str:
    root = tkinter.Tk()
    root.title(text)
    return root.title()


def crashes_without_display(text: str) -> str:
    os.write(2, b"qt.qpa.xcb: could not connect to display \n")
    os.abort()


def asks(prompt: str) -> str:
    return input(prompt).strip()


def reads_bytes(prefix: str) -> bytes:
    return prefix.encode() + sys.stdin.buffer.read()


def runs_git(name: str) -> str:
    with subprocess.Popen(["git", "log", name], stdout=subprocess.PIPE, text=True) as program:
        return program.communicate()[0]


def reads_settings(section: str) -> str:
    with Path("/etc/greenline-is-not-here/settings.ini").open() as file:
        return section + file.read()


def takes_its_time(number: int) -> int:
    threading.Event().wait(1.6)
    return number


def around(number: int) -> object:
    def inside(other: int) -> int:
        return number + other

    return inside


def imports_late(name: str) -> str:
    import greenline_is_not_here

    return greenline_is_not_here.of(name)

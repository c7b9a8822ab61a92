"""Not a test: installs the guard in a process of its own and tries what the arguments say."""
# What is imported here is for the statements in the arguments.

import json
import os
import sys

server, scratch, outside, what = sys.argv[1:]
sys.path.insert(0, server)

import multiprocessing
import multiprocessing.shared_memory
import pathlib
import platform
import shutil
import socket
import sqlite3
import subprocess
import tempfile

from greenline_probe import guard

os.chdir(scratch)
os.symlink(outside, "link")
refusals = []
# Statements that lift the guard again get one that the kernel does not know of.
in_force = guard.install([scratch], guard.KINDS, refusals.append, native="lift()" not in what)
result = ""
try:
    exec(what)
except Exception as error:
    result = f"error {type(error).__name__}"
except guard.GuardRefusal as refusal:
    result = str(refusal)
os.write(1, json.dumps([result, refusals]).encode())

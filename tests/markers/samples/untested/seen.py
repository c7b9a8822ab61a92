"""Imported by a test, and nothing of it is called."""


def one():
#! lens: one: 0 % · 1 gap | Generate test
#! never-called «one»: Not covered: `one` is never called (1 line)
    return 1

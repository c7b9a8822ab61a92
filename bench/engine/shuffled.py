"""A pytest plugin (-p shuffled): the tests of a run in an order drawn by $SHUFFLE."""

import os
import random


def pytest_collection_modifyitems(items: list[object]) -> None:
    """Shuffle all tests."""
    random.Random(os.environ.get("SHUFFLE", "0")).shuffle(items)

"""The shop that a model is asked about; see ``model_shop``."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.adapters.probes import Probes
    from integration.model_shop import Shop
    from model_server import ModelServer


@pytest.fixture(scope="module")
def warm_probes(tmp_path_factory: pytest.TempPathFactory) -> Probes:
    """For all tests of a module, each of which is a dozen runs of pytest; they end with the loop of the module."""
    from greenline.adapters.probes import Probes

    return Probes(tmp_path_factory.mktemp("bytecode"))


@pytest.fixture
def shop(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    model_server: ModelServer,
    warm_probes: Probes,
) -> Iterator[Shop]:
    """A new shop, at the same place each time: a warm process is for one project."""
    from integration.model_shop import open_shop

    folder = tmp_path_factory.getbasetemp() / "shop"
    shutil.rmtree(folder, ignore_errors=True)
    shop = open_shop(folder, model_server, monkeypatch, warm_probes)
    yield shop
    shop.nothing_left_the_machine_that_should_not()

"""Without a model nothing is built or loaded for one; with one, its SDK is loaded when it is really asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BUILDS = """\
import sys
from greenline.adapters.disk_documents import DiskDocuments
from greenline.bootstrap import build
from greenline.settings import Settings
build(Settings(model_enabled={enabled}), DiskDocuments())
wanted = {names!r}
print(sorted(name for name in wanted if name in sys.modules))
"""
_SDK = ["anthropic", "httpx2", "pydantic", "tenacity"]
_OURS = ["greenline.bootstrap_asking", "greenline.services.fill_gaps", "greenline.services.model_engine"]


@pytest.mark.parametrize(("enabled", "loaded"), [(False, []), (True, _OURS)])
def test_what_is_loaded_when_the_services_are_built(enabled: bool, loaded: list[str]) -> None:
    code = _BUILDS.format(enabled=enabled, names=[*_SDK, *_OURS])
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == str(loaded)

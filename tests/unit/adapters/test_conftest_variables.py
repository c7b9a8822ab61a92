"""What a conftest.py sets in the environment, read from its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenline.adapters.conftest_variables import with_conftest
from greenline.ports.project import Project

OF_STARTING = (
    "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LD_PRELOAD",
    "LD_LIBRARY_PATH", "DYLD_INSERT_LIBRARIES", "PATH",
)  # fmt: skip


def project(root: Path, **variables: str) -> Project:
    (root / "tests").mkdir(exist_ok=True)
    return Project(root, None, (root,), (root / "tests",), variables=tuple(variables.items()))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('import os\nos.environ["KEY"] = "a"', {"KEY": "a"}),
        ('from os import environ\nenviron["KEY"] = "a"\nenviron["KEY"] = "b"', {"KEY": "b"}),
        ('import os\nos.environ.setdefault("KEY", "a")\nos.environ.setdefault("THERE", "a")', {"KEY": "a"}),
        ('import os\nos.environ.update({"KEY": "a", **{}}, OTHER="b", **{})', {"KEY": "a", "OTHER": "b"}),
        ('import os\ndef pytest_configure(config):\n    os.environ["KEY"] = "a"', {"KEY": "a"}),
        ('import os\ndef fixture():\n    os.environ["KEY"] = "a"', {}),
        ('import os\nif os.name == "nt":\n    os.environ["KEY"] = "a"', {}),
        ('import os\nos.environ["KEY"] = str(1)\nos.environ["K" + "Y"] = "a"\nos.environ["N"] = 1', {}),
        ('import os\nos.environ["HOME"] = "/"\nos.environ["TMPDIR"] = "/"\nos.environ[""] = "a"', {}),
        *((f'import os\nos.environ["{name}"] = "1"\nos.environ["KEY"] = "a"', {"KEY": "a"}) for name in OF_STARTING),
        ('import os\nos.environ["PATHS"] = "a"\nos.environ["MY_PYTHON"] = "b"', {"PATHS": "a", "MY_PYTHON": "b"}),
        ('other = {}\nother["KEY"] = "a"\nother.environ["KEY"] = "a"', {}),
        ('import os\nos.environ["KEY"] = "a\0b"', {}),
        ('import os\nos.environ["KEY"] = ("a"', {}),
    ],
)
def test_constants_that_are_always_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, found: dict[str, str]
) -> None:
    monkeypatch.delenv("KEY", raising=False)
    monkeypatch.setenv("THERE", "yes")

    assert with_conftest(project(tmp_path), {tmp_path / "conftest.py": text}) == found


def test_the_tests_folder_comes_after_the_root_and_both_after_the_configuration(tmp_path: Path) -> None:
    here = project(tmp_path, A="ini", B="ini", C="ini")
    (tmp_path / "conftest.py").write_text(
        'import os\nos.environ["A"] = "root"\nos.environ["B"] = "root"\nos.environ.setdefault("C", "root")\n'
    )
    (tmp_path / "tests" / "conftest.py").write_text('import os\nos.environ["B"] = "tests"\n')

    assert with_conftest(here, {}) == {"A": "root", "B": "tests", "C": "ini"}


def test_what_cannot_be_read_sets_nothing(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_bytes(b"\xff environ")

    assert with_conftest(project(tmp_path, A="ini"), {}) == {"A": "ini"}

"""Consent is for one folder and one place, is the person's own, and what cannot be read is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from greenline.adapters.consent_file import ConsentFile
from greenline.ports.project import Project

if TYPE_CHECKING:
    from pathlib import Path

HOME, OTHER = "https://api.anthropic.com", "https://gateway.example"


def project(root: Path) -> Project:
    return Project(root, None, (root,), ())


def test_it_is_given_for_the_very_project_and_place(tmp_path: Path) -> None:
    consent = ConsentFile(tmp_path / "data" / "consent.json")
    shop, inner = tmp_path / "shop", tmp_path / "shop" / "inner"
    assert not consent.given(project(shop), HOME)
    consent.allow(shop, HOME)
    assert consent.given(project(shop), HOME)
    assert not consent.given(project(shop), OTHER)
    assert not consent.given(project(inner), HOME)
    assert not consent.given(project(shop), "")
    assert consent.projects == (str(shop),)


def test_it_stays_and_is_taken_back(tmp_path: Path) -> None:
    file = tmp_path / "data" / "consent.json"
    for endpoint in (HOME, OTHER, HOME):
        ConsentFile(file).allow(tmp_path, endpoint)
    assert ConsentFile(file).endpoints(tmp_path) == (HOME, OTHER)
    assert ConsentFile(file).forbid(tmp_path)
    assert not ConsentFile(file).forbid(tmp_path)
    assert ConsentFile(file).endpoints(tmp_path) == ()
    assert [each.name for each in file.parent.iterdir()] == ["consent.json"]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"version": 2, "projects": {"ROOT": ["HOME"]}}', '{"version": 1, "projects": ["ROOT"]}',
     '{"version": 1, "projects": {"ROOT": "HOME"}}', '{"version": 1, "projects": {"ROOT": [1, null]}}'],
)  # fmt: skip
def test_what_cannot_be_read_is_no_consent(tmp_path: Path, text: str) -> None:
    file = tmp_path / "consent.json"
    file.write_text(text.replace("ROOT", str(tmp_path)).replace("HOME", HOME))
    assert not ConsentFile(file).given(project(tmp_path), HOME)


def test_a_file_that_is_no_text_is_no_consent_and_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "consent.json"
    file.write_bytes(b"\xff\xfe\x00")
    assert not ConsentFile(file).given(project(tmp_path), HOME)
    ConsentFile(file).allow(tmp_path, HOME)
    assert ConsentFile(file).given(project(tmp_path), HOME)


def test_where_nothing_can_be_written_it_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, where the folder is to be")
    with pytest.raises(OSError, match="data"):
        ConsentFile(tmp_path / "data" / "consent.json").allow(tmp_path, HOME)

"""Knowing which tests Greenline has generated, without a mark in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from greenline.domain.generation.kept_tests import GeneratedTest


class GeneratedTests(Protocol):
    """Remembers accepted tests by their content, for as long as the person's cache is there. Raises nothing."""

    def remember(self, tests: Sequence[GeneratedTest]) -> None:
        """Keep these. Writes to the disk."""

    def find(self, keys: Collection[str]) -> dict[str, GeneratedTest]:
        """Return those of the keys that are known. Reads the disk."""

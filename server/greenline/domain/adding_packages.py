"""How a project gets one more package: by the tool that keeps its list of packages, so that they stay in step."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

LOCKS = {
    "uv.lock": ("uv", "uv add --dev {}"),
    "poetry.lock": ("Poetry", "poetry add --group dev {}"),
    "pdm.lock": ("PDM", "pdm add --dev {}"),
    "Pipfile.lock": ("Pipenv", "pipenv install --dev {}"),
    "Pipfile": ("Pipenv", "pipenv install --dev {}"),
}
"""A file in the project's root -> whose it is, and the tool's command to add what tests need."""


@dataclass(frozen=True, slots=True)
class Adding:
    """The tool by its name, and its command; ``{}`` stands for the packages."""

    tool: str
    template: str

    def command(self, packages: str) -> str:
        """Return what a person types to add the packages."""
        return self.template.format(packages)


PIP = Adding("pip", "python -m pip install {}")


def adding_to(files: Collection[str], installing: str) -> Adding:
    """Return how a project with these files adds packages; where they tell of no tool, ``installing`` does it."""
    for name, (tool, template) in LOCKS.items():
        if name in files:
            return Adding(tool, template)
    if not installing:
        return PIP
    return Adding("uv" if "uv pip" in installing else "pip", f"{installing.replace('{', '{{').replace('}', '}}')} {{}}")

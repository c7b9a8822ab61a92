"""Which files a model may be shown, and tests learnt from: none that keeps secrets, none that links elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from greenline.domain.code.call_sites import Caller
    from greenline.ports.callers import Callers
    from greenline.ports.project import Project


class SendableFiles:
    """Knows by names; ``ignore`` are patterns besides the usual ones. A link counts as what it leads to, too."""

    def __init__(self, ignore: Sequence[str] = ()) -> None:
        self._ignore = tuple(ignore)

    def may_go(self, path: Path, project: Project) -> bool:
        """Tell whether a file may be shown; one that links out of the project is none that anybody agreed to."""
        inside = path.is_relative_to(project.root)
        is_ours = not inside or _real(path).is_relative_to(_real(project.root))
        return is_ours and not self.pattern(path, project)

    def pattern(self, path: Path, project: Project) -> str:
        """Return the pattern by which a file is never sent, empty where none matches."""
        real, root = _real(path), _real(project.root)
        leads_to = (real.relative_to(root) if real.is_relative_to(root) else real).as_posix()
        return self.named(place_in(project, path)) or self.named(leads_to)

    def named(self, place: str) -> str:
        """Return the pattern that matches a name, such as ``shop/secrets.py``, empty for none."""
        from greenline.domain.asking.ignored import ignored  # noqa: PLC0415 - nothing of models loads at the start

        return ignored(place, self._ignore)


class SendableCallers:
    """Implements ``Callers``: what stands in other files becomes neither an example nor a value in a test."""

    def __init__(self, callers: Callers, files: SendableFiles) -> None:
        self._callers = callers
        self._files = files

    def callers_of(
        self, project: Project, path: Path, module_name: str, names: Collection[str], unsaved: Mapping[Path, str]
    ) -> list[Caller]:
        """Return texts that mention the module and one of the names; see ``Callers``."""
        found = self._callers.callers_of(project, path, module_name, names, unsaved)
        return [each for each in found if each.path in {None, path} or self._files.may_go(each.path, project)]


def place_in(project: Project, path: Path) -> str:
    """Return a path as it is told: from the project's folder, and of others the name alone."""
    return path.relative_to(project.root).as_posix() if path.is_relative_to(project.root) else path.name


def _real(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # links that go round; nothing is read there
        return path

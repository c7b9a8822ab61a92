"""What the doctor says of asking models. Nobody is asked for it: it needs no network, and runs no command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from greenline.domain.asking.prices import in_dollars
from greenline.services.finding import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from greenline.domain.asking.ceilings import Ceilings
    from greenline.ports.ledger import Ledger
    from greenline.ports.libraries import Libraries
    from greenline.ports.project import Project
    from greenline.services.agree_to_model import Terms


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where the key to models comes from, in words; ``found`` is None where only asking would tell."""

    words: str
    found: bool | None
    to_do: str = ""


class DiagnoseModel:
    """Looks at everything that has to be in place before a model answers."""

    def __init__(
        self,
        *,
        terms: Callable[[Path], Terms],
        states: Callable[[Project], tuple[tuple[str, str], ...]],
        key: Callable[[Path], KeyPlace],
        libraries: Libraries,
        ceilings: Ceilings,
        ledger: Ledger,
    ) -> None:
        """``states``: each model and what is known of it."""
        self._terms, self._states, self._key, self._libraries = terms, states, key, libraries
        self._ceilings, self._ledger = ceilings, ledger

    def findings(self, project: Project) -> list[Finding]:
        """Return them. Reads files."""
        terms = self._terms(project.root)
        return [
            self._models(project, terms),
            self._sdk(),
            self._key_finding(project),
            _consent(terms),
            self._limits(),
        ]

    def _models(self, project: Project, terms: Terms) -> Finding:
        states = [(name, words) for name, words in self._states(project) if words != "is asked"]
        lines = [f"switched on; asked at {terms.endpoint}: {terms.who}", *(f"{name} {words}" for name, words in states)]
        text = "\n".join([*lines, *terms.problems])
        if terms.problems:
            return Finding("model", "warning", text, "Correct the file that names the models.")
        return Finding("model", "warning" if states else "ok", text)

    def _sdk(self) -> Finding:
        missing = self._libraries.missing()
        if missing:
            return Finding("model's SDK", "warning", "it is not installed beside Greenline", missing)
        return Finding("model's SDK", "ok", f"anthropic and tenacity are there, in {self._libraries.place()}")

    def _key_finding(self, project: Project) -> Finding:
        place = self._key(project.root)
        return Finding("model's key", "warning" if place.found is False else "ok", place.words, place.to_do)

    def _limits(self) -> Finding:
        most, today = self._ceilings, self._ledger.spent_today()
        of_the_day = f"{in_dollars(today)} of {in_dollars(most.dollars_per_day)} for today are spent"
        text = (
            f"{of_the_day}; a function may take {in_dollars(most.dollars)}, {most.tokens:,} tokens, {most.seconds:g} s"
        )
        if today >= most.dollars_per_day:
            return Finding("model's limits", "warning", text, "Wait until tomorrow, or raise model.dollarsPerDay.")
        return Finding("model's limits", "ok", text)


def _consent(terms: Terms) -> Finding:
    if terms.given:
        return Finding("model's consent", "ok", f"source of {terms.root.name} may be sent to {terms.endpoint}")
    others = f"; it may be sent to {', '.join(terms.agreed)}, where no model is asked now" if terms.agreed else ""
    wish = f"; {terms.source or 'a file of the project'} names {terms.wished}" if terms.wished else ""
    return Finding(
        "model's consent",
        "warning",
        f"nobody agreed that source of {terms.root.name} is sent to {terms.endpoint}{others}{wish}; nothing is",
        f'Agree: `{terms.in_a_terminal}`, or "Allow Model in This Workspace" in the editor. They show what is sent.',
    )

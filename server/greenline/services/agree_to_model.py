"""Whether source of a project may be sent to a model: what is sent, where and at which price is said before."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from greenline.domain.asking.prices import in_dollars

if TYPE_CHECKING:
    from greenline.ports.consent import Consent
    from greenline.ports.project import ProjectFinder
    from greenline.settings import Settings

_SENT = """\
For each function that exploring leaves gaps in, this is sent there:
  - the whole text of its module, the heads of what it calls, and places that call it
  - the style of the project's tests, the nearest of them, and the fixtures that it can use
  - what exploring it showed: calls, results, exceptions, and what is left
  - `.greenline/prompt.md`, where the project has one
  - tests of the model's that fail, with what pytest said of them
What looks like a key or a password is replaced before, and nothing is sent of {ignored}.
{shows} shows a request, word by word, without sending it.
Tests that come back are tried without a network, in a scratch copy, until you accept them."""
_NOT_YOURS = "you did not. Your key would go there, too"
_NAMED, _EXAMPLES = 4, 2
"""How many patterns of files that are not sent are named: among all that is sent, and in a question."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody agrees to, for one project."""

    root: Path
    endpoint: str
    """Where models are asked, as it is said to a person."""
    models: tuple[str, ...]
    """In the order in which they are asked."""
    source: str = ""
    """The file that names the models; empty where none does."""
    wished: str = ""
    """Another address, which a file of the project names and nobody has agreed to."""
    agreed: tuple[str, ...] = ()
    """Where source of the project may be sent already."""
    problems: tuple[str, ...] = ()
    """What is wrong with files that name models."""
    ignored: tuple[str, ...] = ()
    """Patterns of files of which nothing is sent."""
    dollars: tuple[float, float] = (0.0, 0.0)
    """What it may cost at most: for a function, and in a day."""
    switched_on: bool = True
    in_a_terminal: str = "greenline model allow"
    """The command that asks about the same place, in the project's folder."""

    @property
    def warning(self) -> str:
        """What is wrong with files that name models, in one message; empty for nothing."""
        return " ".join(self.problems)

    @property
    def place(self) -> str:
        """Where it would be sent after a yes."""
        return self.wished or self.endpoint

    @property
    def given(self) -> bool:
        """Whether models may be asked as they would be now."""
        return self.endpoint in self.agreed

    @property
    def who(self) -> str:
        """The models, as a person reads them."""
        return f"{', then '.join(self.models)}{f' (from {self.source})' if self.source else ''}"

    @property
    def cost(self) -> str:
        """What it may cost, in a sentence that goes on."""
        of_a_function, of_a_day = map(in_dollars, self.dollars)
        return f"It may cost at most {of_a_function} for a function and {of_a_day} in a day"

    def sent(self, shows: str) -> str:
        """Say what is sent and what is not, in lines; ``shows`` is what a person calls to see a request."""
        return _SENT.format(ignored=self._not_sent, shows=shows)

    @property
    def question(self) -> str:
        """All of it on one line, as a question."""
        wish = f" ({self.source or 'a file of the project'} names that address; {_NOT_YOURS})" if self.wished else ""
        return (
            f"May source of {self.root.name} be sent to {self.place}{wish}, to {self.who}? For each function that "
            "exploring leaves gaps in: its module, what stands around it, the nearest tests, what exploring showed, "
            "and the model's tests that fail. What looks like a secret is taken out; files such as "
            f"{' and '.join(self._patterns[:_EXAMPLES])} stay here. {self.cost}."
        )

    def document(self, shows: str) -> str:
        """Return all of it as a text to be read at leisure."""
        wish = f"\nA file of the project names that address; {_NOT_YOURS}.\n" if self.wished else ""
        return (
            f"# Asking a model about {self.root.name}\n\nProject: {self.root}\n\nPlace: {self.place}\n{wish}\n"
            f"Models: {self.who}\n\n{self.sent(shows)}\n\n{self.cost}.\n"
        )

    @property
    def _patterns(self) -> list[str]:
        return [pattern for pattern in self.ignored if not pattern.startswith("!")]

    @property
    def _not_sent(self) -> str:
        shown = self._patterns
        more = f" and {len(shown) - _NAMED} more patterns of such files" if len(shown) > _NAMED else ""
        return f"{', '.join(shown[:_NAMED])}{more}"


def in_a_terminal(settings: Settings, place: str) -> str:
    """Return the command that asks about the place of these settings, of which no terminal knows."""
    provider = ["--provider", settings.model_provider] if settings.model_provider != "anthropic" else []
    address = ["--base-url", place] if settings.model_base_url else []
    return shlex.join(["greenline", "model", "allow", *provider, *address])


class AgreeToModel:
    """Looks at the terms, and keeps what a person said. Every method reads files."""

    def __init__(self, projects: ProjectFinder, terms: Callable[[Path], Terms], consent: Consent) -> None:
        self._projects = projects
        self._terms = terms
        self._consent = consent

    def terms(self, path: Path) -> Terms:
        """Return what somebody would agree to for the project of a file or folder."""
        project = self._projects.project_of(path / "any.py" if path.is_dir() else path)
        return self._terms(project.root)

    def allow(self, terms: Terms) -> str:
        """Remember a yes to these terms; return a sentence. Raises OSError where it cannot be kept."""
        self._consent.allow(terms.root, terms.place)
        off = "" if terms.switched_on else " No model is asked before greenline.model.enabled is switched on."
        return f"Source of {terms.root.name} may be sent to {terms.place}.{off}"

    def forbid(self, terms: Terms) -> str:
        """Take it back, for every place; return a sentence. Raises OSError where it cannot be written down."""
        was = self._consent.forbid(terms.root)
        return f"{'From now on nothing' if was else 'Nothing was allowed: nothing'} of {terms.root.name} is sent."

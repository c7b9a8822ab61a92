"""Why no call could be made, or none in time, as one session sees it."""

from __future__ import annotations

import inspect
import time
from typing import TYPE_CHECKING, Any

from greenline_probe.explore import obstacles, reasons
from greenline_probe.explore.template import Choice, described
from greenline_probe.explore.time_limit import TimeUp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from greenline_probe.explore.session import Session

SLOW_SECONDS = 2.0
"""For one call, to see how slow it is, once all have been cut off."""
_STARS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def how_slow(session: Session, choice: Choice) -> list[Any] | None:
    """Give a call more time, and return it with the seconds that it took, whether it ended, and the usual limit."""
    limit, session.observer.seconds = session.observer.seconds, SLOW_SECONDS
    began = time.monotonic()
    try:
        observation = session.observer.run(choice, trace=False)
    finally:
        session.observer.seconds = limit
    if observation.kind == "avoided":
        return None
    return [described(choice), time.monotonic() - began, observation.kind != "timeout", limit]


def bare(session: Session) -> list[str]:
    """Return the parameters whose types nothing tells."""
    return _bare(session.subject.signature.parameters.values())


def why_no_template(session: Session) -> str:
    """Say why the target cannot even be called."""
    subject = session.subject
    if subject.owner is not None and subject.kind in ("method", "property", "operator"):
        return _why_no_instance(session, subject.owner)
    unknown = [p.name for p in subject.signature.parameters.values() if p.default is p.empty]
    wanted = " and ".join(f"`{name}`" for name in unknown) or "its parameters"
    return f"no value could be made for {wanted}.{reasons.wanted_types(bare(session))}"


def _signature_of(owner: Any) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(owner).parameters.values())
    except (TypeError, ValueError):
        return []


def _why_no_instance(session: Session, owner: Any) -> str:
    name = owner.__name__
    if inspect.isabstract(owner):
        missing = ", ".join(f"`{method}`" for method in sorted(owner.__abstractmethods__)[:3])
        return (
            f"`{name}` is abstract (it leaves {missing} open): this can only be reached through a subclass, "
            "and no instance of one could be made"
        )
    if session.refused:
        what = session.refused[0]
        return reasons.needs(session.needed(what), what, f"making a `{name}`")
    for call, error in session.observer.failures:
        if call.startswith(f"{name}("):
            if isinstance(error, TimeUp):
                limit = f"{session.observer.seconds:g} s, and what takes longer is ended while exploring"
                return f"no instance of `{name}` could be made: `{reasons.short(call)}` had not ended after {limit}"
            if isinstance(error, MemoryError):
                return f"no instance of `{name}` could be made: {reasons.refused_to(call, obstacles.memory())}"
            kind = obstacles.of_error(error, call)
            raises = f"`{reasons.short(call)}` raises {reasons.error_words(error).rstrip('.')}"
            if kind:
                return reasons.fails(kind, raises, f"making a `{name}`")
            return (
                f"no instance of `{name}` could be made; {raises}.{reasons.wanted_types(_bare(_signature_of(owner)))}"
            )
    return f"no instance of `{name}` could be made by its constructor or class methods"


def _bare(parameters: Iterable[inspect.Parameter]) -> list[str]:
    return [p.name for p in parameters if p.default is p.empty and p.annotation is p.empty and p.kind not in _STARS]

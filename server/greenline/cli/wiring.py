"""How a command gets its services: through click's context, so that a test hands in its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from greenline.bootstrap import Services
    from greenline.services.rank_gaps import RankGaps
    from greenline.settings import Settings


def _real(settings: Settings) -> Services:
    from greenline.adapters.disk_documents import DiskDocuments  # noqa: PLC0415 - loads with the first real use
    from greenline.bootstrap import build, lasting_for_terminal  # noqa: PLC0415 - as above

    return build(settings, DiskDocuments(), lasting_for_terminal())


@dataclass(frozen=True)
class Wiring:
    """Pass one as click's ``obj`` to have the commands use other services."""

    build: Callable[[Settings], Services] = _real


def services_for(settings: Settings) -> Services:
    """Return the services for the command that runs now."""
    wiring = click.get_current_context().find_object(Wiring) or Wiring()
    return wiring.build(settings)


def ranking_for(settings: Settings) -> RankGaps:
    """Return what ranks files for the command that runs now, without the rest where nobody handed in services."""
    from greenline.bootstrap_ranking import ranking  # noqa: PLC0415 - as above

    wiring = click.get_current_context().find_object(Wiring)
    return wiring.build(settings).ranking if wiring else ranking(settings)

"""Settings from the client: with ``initialize``, by notification, or asked for where the client can be asked."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from greenline.lsp.arguments import plain
from greenline.lsp.session import Warning_
from greenline.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from greenline.lsp.session import Session

log = logging.getLogger(__name__)

SECTION = "greenline"
_KNOWN = {spec.metadata["key"] for spec in fields(Settings)}


class Configuration:
    """Keeps what ``initialize`` brought, and lays what comes later over it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._initial: Mapping[str, Any] = {}

    def initialize(self, options: object) -> None:
        """Take over ``initializationOptions``; nothing is said before the connection stands."""
        self._initial = _section(options)
        self._session.may_run = plain(options).get("trusted", True) is not False
        self._session.is_first_run = plain(options).get("firstRun") is True
        self._session.model_storage = _absolute(plain(options).get("modelStorage"))
        self._session.settings, _ = Settings.from_nested(self._initial)
        self._session.services.use(self._session.settings)

    def initialized(self) -> None:
        """Say what is wrong with the settings so far, and ask for newer ones."""
        self._take({})
        if self._session.client.registers_configuration:
            self._session.spawn(self._register(), "registration for settings")
        self.ask()

    def changed(self, params: types.DidChangeConfigurationParams) -> None:
        """Take over ``workspace/didChangeConfiguration``; some clients leave it empty and want to be asked."""
        if self._session.client.sends_configuration:
            self.ask()
        else:
            self._take(_section(params.settings))

    def ask(self) -> None:
        """Ask for the section, where the client answers."""
        if self._session.client.sends_configuration:
            self._session.spawn(self._pull(), "settings")

    async def _pull(self) -> None:
        params = types.ConfigurationParams(items=[types.ConfigurationItem(section=SECTION)])
        try:
            answer = await self._session.server.workspace_configuration_async(params)
        except Exception:
            log.exception("the client did not tell its settings")
            return
        self._take(plain(answer[0]) if answer else {})

    async def _register(self) -> None:
        registration = types.Registration(
            id="greenline-settings",
            method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            register_options={"section": SECTION},
        )
        try:
            await self._session.server.client_register_capability_async(types.RegistrationParams([registration]))
        except Exception:
            log.exception("the client refused to tell about settings")

    def _take(self, newer: Mapping[str, Any]) -> None:
        values = _merged(self._initial, newer)
        settings, problems = Settings.from_nested(values)
        for problem in problems:
            self._session.show_once(problem, Warning_)
        for key in _leaves(values):
            if not any(key == known or key.startswith(f"{known}.") for known in _KNOWN):
                # Only logged: the editor's own settings (a path, tracing) may live in the same section.
                self._session.log_once(f"{SECTION}.{key} is not a setting of the server; it is ignored")
        if settings != self._session.settings:
            self._session.settings = settings
            self._session.services.use(settings)
            self._session.refresh()


def _absolute(path: object) -> Path | None:
    """Return a path that means the same wherever this process is; None for anything else."""
    return Path(path) if isinstance(path, str) and Path(path).is_absolute() else None


def _section(options: object) -> Mapping[str, Any]:
    """Return the settings of either ``{"greenline": {...}}`` or ``{...}``."""
    values = plain(options)
    nested = values.get(SECTION)
    return plain(nested) if isinstance(nested, Mapping) or hasattr(nested, "_asdict") else values


def _merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(below, value) if both else value  # type: ignore[arg-type]
    return merged


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        elif value is not None:
            yield f"{prefix}{key}"

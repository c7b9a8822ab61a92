"""Joins what asks models. Imported when a model is switched on, or is asked about; nothing here is built before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path, user_data_path

from greenline.adapters.anthropic_batches import AnthropicBatches
from greenline.adapters.anthropic_client import AnthropicClient
from greenline.adapters.batch_store_sqlite import BatchStoreSqlite
from greenline.adapters.callers_on_disk import CallersOnDisk
from greenline.adapters.consent_file import consent_file
from greenline.adapters.model_access import key_place, place
from greenline.adapters.model_chain_files import model_chain
from greenline.adapters.prompt_files import read_prompt_files
from greenline.domain.asking.ceilings import Ceilings
from greenline.domain.asking.ignored import DEFAULT_PATTERNS, patterns_of
from greenline.domain.asking.thinking import thinking_of
from greenline.ports.model import Connection, EditorKey
from greenline.services.agree_to_model import AgreeToModel, Terms, in_a_terminal
from greenline.services.ask_in_batch import BatchWay
from greenline.services.ask_models import AskModels
from greenline.services.batch_means import BatchMeans
from greenline.services.diagnose_model import DiagnoseModel, KeyPlace
from greenline.services.fill_gaps import FillGaps, ModelAt
from greenline.services.generate_in_batches import GenerateInBatches
from greenline.services.model_context import ModelContext
from greenline.services.model_requests import ModelRequests
from greenline.services.noticed_changes import NoticedChanges
from greenline.services.show_prompt import ShowPrompt
from greenline.services.single_trials import SingleTrials
from greenline.services.try_answers import TryAnswers

if TYPE_CHECKING:
    from greenline.domain.asking.chain import Chain
    from greenline.ports.consent import Consent
    from greenline.ports.documents import Documents
    from greenline.ports.ledger import Ledger
    from greenline.ports.libraries import Libraries
    from greenline.ports.project import Project, ProjectFinder
    from greenline.ports.tests import TestRunner
    from greenline.services.generate_tests import GenerateTests
    from greenline.services.show_coverage import ShowCoverage
    from greenline.services.test_trial import TestTrial
    from greenline.settings import Settings


@dataclass(frozen=True, slots=True)
class Way:
    """How models are asked about one project. ``endpoint`` is what a person agrees to, without a password."""

    connection: Connection
    chain: Chain
    endpoint: str
    wished: str = ""
    """Another address that a file of the project names, and nobody has agreed to."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What a model's tests have to pass: the same as all others."""

    trial: TestTrial
    runner: TestRunner
    show: ShowCoverage


def ignore_patterns(settings: Settings) -> tuple[str, ...]:
    """Return the patterns of the setting; the usual ones come before them."""
    return patterns_of(settings.model_ignore)


def way_to(settings: Settings, root: Path, consent: Consent, editor_key: EditorKey = str) -> Way:
    """Return how models are asked about the project in ``root``. Reads files.

    An address that the project names counts only where a person agreed to that very address, and never before the
    person's own.
    """
    chain = model_chain(root, settings.model_name)
    own = Connection(settings.model_provider, settings.model_base_url, settings.model_key_command, editor_key)
    if not chain.base_url or own.base_url or own.provider != "anthropic":
        return Way(own, chain, place(own))
    theirs = replace(own, base_url=chain.base_url)
    if place(theirs) in consent.endpoints(root):
        return Way(theirs, chain, place(theirs))
    return Way(own, chain, place(own), wished=place(theirs))


def fill_gaps(
    settings: Settings,
    documents: Documents,
    gate: Gate,
    *,
    ledger: Ledger,
    libraries: Libraries,
    editor_key: EditorKey = str,
) -> FillGaps:
    """Build what asks models for what exploring leaves."""
    models = _Models(settings, consent_file(), ledger, editor_key)
    return _fills_gaps(settings, documents, gate, libraries)(models.at)


def generate_in_batches(
    settings: Settings,
    documents: Documents,
    gate: Gate,
    generator: Callable[[FillGaps], GenerateTests],
    *,
    ledger: Ledger,
    projects: ProjectFinder,
    libraries: Libraries,
    editor_key: EditorKey = str,
) -> GenerateInBatches:
    """Build what asks models in batches for what exploring leaves."""
    gaps = _fills_gaps(settings, documents, gate, libraries)
    ways = _BatchWays(settings, consent_file(), ledger, editor_key)
    means = BatchMeans(
        generator=generator,
        gaps=gaps,
        way=ways.at,
        store=BatchStoreSqlite(user_data_path("greenline", appauthor=False) / "batches.sqlite3"),
        ledger=ledger,
        ceilings=_ceilings(settings),
        thinking=thinking_of(settings.model_thinking),
        settings={f.name: value for f in fields(settings) if (value := getattr(settings, f.name)) != f.default},
    )
    asked_nobody = _Models(settings, consent_file(), ledger, editor_key)
    return GenerateInBatches(means, projects, gaps(asked_nobody.at).refusal)


def _fills_gaps(
    settings: Settings, documents: Documents, gate: Gate, libraries: Libraries
) -> Callable[[Callable[[Project], ModelAt]], FillGaps]:
    """Return what builds it for whoever is asked."""
    consent, texts = consent_file(), read_prompt_files()
    tries = _tries(gate.trial, gate.runner, gate.show, settings)

    def contexts() -> ModelContext:
        return ModelContext(texts, documents, CallersOnDisk(), ignore=ignore_patterns(settings))

    return lambda model: FillGaps(
        model=model, contexts=contexts, tries=tries, consent=consent, settings=settings, missing=libraries.missing
    )


def show_prompt(
    settings: Settings,
    documents: Documents,
    generator: Callable[[FillGaps], GenerateTests],
    *,
    trial: TestTrial,
    runner: TestRunner,
    show: ShowCoverage,
) -> ShowPrompt:
    """Build what shows what would be sent. It asks nobody, and knows no key."""
    texts = read_prompt_files()
    return ShowPrompt(
        generator=generator,
        context=lambda: ModelContext(texts, documents, CallersOnDisk(), ignore=ignore_patterns(settings)),
        tries=_tries(trial, runner, show, settings),
        settings=settings,
    )


def _tries(trial: TestTrial, runner: TestRunner, show: ShowCoverage, settings: Settings) -> TryAnswers:
    return TryAnswers(trial, SingleTrials(runner, show, settings), NoticedChanges(runner, settings))


def agree_to_model(settings: Settings, projects: ProjectFinder) -> AgreeToModel:
    """Build what says what is sent, and keeps what a person agreed to."""
    return AgreeToModel(projects, lambda root: terms_of(settings, root), consent_file())


def diagnose_model(
    settings: Settings, ledger: Ledger, model: FillGaps, keeps_key: Callable[[], bool], libraries: Libraries
) -> DiagnoseModel:
    """Build what the doctor says of asking models. ``keeps_key``: the editor may keep one, which is not asked for."""

    def key(root: Path) -> KeyPlace:
        words, found = key_place(way_to(settings, root, consent_file()).connection)
        to_do = "Set that variable, store a key in the editor, or name a command in greenline.model.keyCommand."
        if found is False and keeps_key():  # only asking the editor would tell
            return KeyPlace(words, None)
        return KeyPlace(words, found, to_do if found is False else "")

    return DiagnoseModel(
        terms=lambda root: terms_of(settings, root),
        states=model.states,
        key=key,
        libraries=libraries,
        ceilings=_ceilings(settings),
        ledger=ledger,
    )


def terms_of(settings: Settings, root: Path) -> Terms:
    """Return what somebody agrees to for the project in ``root``. Reads files."""
    consent = consent_file()
    way = way_to(settings, root, consent)
    return Terms(
        root,
        way.endpoint,
        tuple(choice.name for choice in way.chain.models),
        source=way.chain.source,
        wished=way.wished,
        agreed=consent.endpoints(root),
        problems=way.chain.problems,
        ignored=(*DEFAULT_PATTERNS, *ignore_patterns(settings)),
        dollars=(settings.model_dollars_per_target, settings.model_dollars_per_day),
        switched_on=settings.model_enabled,
        in_a_terminal=in_a_terminal(settings, way.endpoint),
    )


class _Models:
    """Who is asked about each project: one for each way, so that what is known of models that fail stays known."""

    def __init__(self, settings: Settings, consent: Consent, ledger: Ledger, editor_key: EditorKey) -> None:
        self._settings = settings
        self._consent = consent
        self._ledger = ledger
        self._editor_key = editor_key
        self._known: dict[tuple[Connection, Chain], ModelAt] = {}
        self._lock = threading.Lock()

    def at(self, project: Project) -> ModelAt:
        settings = self._settings
        way = way_to(settings, project.root, self._consent, self._editor_key)
        with self._lock:
            key = way.connection, way.chain
            if key not in self._known:
                cache = user_cache_path("greenline", appauthor=False)
                client = AnthropicClient(way.connection, cache=cache / "models")
                asks = AskModels(
                    client, way.chain.models, self._ledger, _ceilings(settings), thinking_of(settings.model_thinking)
                )
                self._known[key] = ModelAt(asks, way.endpoint, way.chain.problems)
            return self._known[key]


class _BatchWays:
    """How batches are handed in for each project."""

    def __init__(self, settings: Settings, consent: Consent, ledger: Ledger, editor_key: EditorKey) -> None:
        self._settings = settings
        self._consent = consent
        self._ledger = ledger
        self._editor_key = editor_key

    def at(self, project: Project) -> BatchWay:
        way = way_to(self._settings, project.root, self._consent, self._editor_key)
        client = AnthropicClient(way.connection, cache=user_cache_path("greenline", appauthor=False) / "models")
        requests = ModelRequests(client, self._ledger, time.monotonic, time.time)
        return BatchWay(AnthropicBatches(client), requests, way.chain.models, way.endpoint)


def _ceilings(settings: Settings) -> Ceilings:
    return Ceilings(
        settings.model_tokens_per_target,
        settings.model_dollars_per_target,
        settings.model_dollars_per_day,
        settings.model_seconds_per_target,
    )

"""What the client on the other end can do: every question about its capabilities, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.capabilities import get_capability

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Client:
    """The answers. The defaults are a client that has nothing but the base protocol."""

    pulls_diagnostics: bool = False
    """Asks for diagnostics itself, and can be told to ask again: without that it would show old ones."""
    related_information: bool = False
    refreshes_lenses: bool = False
    refreshes_hints: bool = False
    hovers_markdown: bool = False
    follows_commands: bool = False
    """Runs the ``command:`` links of a hover."""
    picks_tests: bool = False
    """Shows by itself which tests ``greenline.goToCoveringTest`` answers with."""
    code_action_literals: bool = False
    shows_disabled_actions: bool = False
    """Shows an action that cannot be chosen with the reason."""
    shows_progress: bool = False
    shows_documents: bool = False
    sends_configuration: bool = False
    registers_configuration: bool = False
    watches_files: bool = False
    watches_folders: bool = False
    """Also those outside of the workspace."""
    applies_edits: bool = False
    document_changes: bool = False
    """Understands ``documentChanges``. Neovim announces only resource operations, which exist nowhere else."""
    confirms_changes: bool = False
    """Shows an edit that says so before it is made, and asks."""
    creates_files: bool = False
    deletes_files: bool = False
    draws_coverage: bool = False
    """Draws the states of lines by itself, as ``greenline/coverage`` tells them."""
    tells_interpreter: bool = False
    """Answers which Python is selected in the editor."""
    tells_model_key: bool = False
    """Answers with the key to models that the editor keeps."""
    types_model_key: bool = False
    """Has the person type another key to models, and keeps it, when it is asked to."""
    lists_gaps: bool = False
    """Shows the gaps of the workspace, and asks again when ``greenline/gapsChanged`` says so."""
    buttons_do_not_block: bool = False
    """A question with buttons stays on the side: nobody has to answer it before going on."""
    shows_pages: bool = False
    """Shows by itself the page that ``greenline/jobEnded`` names."""
    tells_results: bool = False
    """Shows by itself what ``greenline/jobEnded`` says of tests that were written, with a way to see them."""

    @classmethod
    def from_capabilities(cls, capabilities: types.ClientCapabilities) -> Client:
        """Read what ``initialize`` sent."""

        def has(path: str) -> bool:
            return bool(get_capability(capabilities, path, default=False))

        operations: Sequence[types.ResourceOperationKind] = (
            get_capability(capabilities, "workspace.workspace_edit.resource_operations", default=()) or ()
        )
        return cls(
            pulls_diagnostics=has("workspace.diagnostics.refresh_support")
            and get_capability(capabilities, "text_document.diagnostic", default=None) is not None,
            related_information=has("text_document.publish_diagnostics.related_information")
            or has("text_document.diagnostic.related_information"),
            refreshes_lenses=has("workspace.code_lens.refresh_support"),
            refreshes_hints=has("workspace.inlay_hint.refresh_support"),
            hovers_markdown=types.MarkupKind.Markdown
            in (get_capability(capabilities, "text_document.hover.content_format", default=()) or ()),
            follows_commands=_experimental(capabilities.experimental, "greenline", "followsCommands") is True,
            picks_tests=_experimental(capabilities.experimental, "greenline", "picksTests") is True,
            code_action_literals=get_capability(
                capabilities, "text_document.code_action.code_action_literal_support", default=None
            )
            is not None,
            shows_disabled_actions=has("text_document.code_action.disabled_support"),
            shows_progress=has("window.work_done_progress"),
            shows_documents=has("window.show_document.support"),
            sends_configuration=has("workspace.configuration"),
            registers_configuration=has("workspace.did_change_configuration.dynamic_registration"),
            watches_files=has("workspace.did_change_watched_files.dynamic_registration"),
            watches_folders=has("workspace.did_change_watched_files.relative_pattern_support"),
            applies_edits=has("workspace.apply_edit"),
            document_changes=has("workspace.workspace_edit.document_changes") or bool(operations),
            confirms_changes=get_capability(
                capabilities, "workspace.workspace_edit.change_annotation_support", default=None
            )
            is not None
            and (has("workspace.workspace_edit.document_changes") or bool(operations)),
            creates_files=types.ResourceOperationKind.Create in operations,
            deletes_files=types.ResourceOperationKind.Delete in operations,
            draws_coverage=_experimental(capabilities.experimental, "greenline", "drawsCoverage") is True,
            tells_interpreter=_experimental(capabilities.experimental, "greenline", "tellsInterpreter") is True,
            tells_model_key=_experimental(capabilities.experimental, "greenline", "tellsModelKey") is True,
            types_model_key=_experimental(capabilities.experimental, "greenline", "typesModelKey") is True,
            lists_gaps=_experimental(capabilities.experimental, "greenline", "listsGaps") is True,
            buttons_do_not_block=_experimental(capabilities.experimental, "greenline", "quietButtons") is True,
            shows_pages=_experimental(capabilities.experimental, "greenline", "showsPages") is True,
            tells_results=_experimental(capabilities.experimental, "greenline", "tellsResults") is True,
        )


def _experimental(value: object, *names: str) -> object:
    """Return what stands below the names in JSON that no type describes: pygls makes tuples with names of objects."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
    return value

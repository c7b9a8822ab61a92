"""What the server says of models."""

from __future__ import annotations

from typing import Any, Literal

Thinks = Literal["adaptive", "budget", "both", "never"]
EFFORTS = ("low", "medium", "high", "xhigh", "max")


def model_info(
    name: str,
    *,
    thinks: Thinks = "adaptive",
    can_stop_thinking: bool = True,
    efforts: tuple[str, ...] = EFFORTS,
    structured: bool = True,
    batch: bool = True,
    max_input: int = 1_000_000,
    max_output: int = 64_000,
    retired: bool = False,
) -> dict[str, Any]:
    """Return a model as ``/v1/models/NAME`` describes it."""

    def support(supported: bool) -> dict[str, bool]:
        return {"supported": supported}

    types = {
        "adaptive": support(thinks in {"adaptive", "both"}),
        "enabled": support(thinks in {"budget", "both"}),
        "disabled": support(can_stop_thinking),
        "between_tools": support(False),
    }
    capabilities = {
        **dict.fromkeys(("citations", "code_execution", "image_input", "pdf_input"), support(False)),
        "batch": support(batch),
        "context_management": support(False),
        "effort": {**support(bool(efforts)), **{effort: support(effort in efforts) for effort in EFFORTS}},
        "server_tools": {**support(False), "code_execution": support(False)},
        "structured_outputs": support(structured),
        "thinking": {**support(thinks != "never"), "types": types},
    }
    return {
        "type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z",
        "lifecycle": "retired" if retired else "active", "capabilities": capabilities,
        "max_input_tokens": max_input, "max_tokens": max_output,
    }  # fmt: skip

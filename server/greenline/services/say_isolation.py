"""How code is held back that nobody has accepted, and how its processes start, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenline.ports.isolation import InForce, Warmth

_LEVELS = {
    "guard": "guard: what could do harm is refused, in Python: to write outside of a scratch folder, the network, "
    "other programs, signals",
    "sandbox": "sandbox: in bubblewrap, on a read-only machine without network, other processes and your own files; "
    "inside, the guard says what it refuses",
    "command": "command: as the setting greenline.isolation.command says; there, the guard says what it refuses",
}


def isolation_in_words(in_force: InForce, warmth: Warmth | None) -> str:
    """Say which level holds back what is explored and tried, and why not a stronger one."""
    said = _LEVELS[in_force.level]
    if in_force.why:
        said = f"{in_force.level} ({in_force.why}){said.removeprefix(in_force.level)}"
    if in_force.tried:
        said += f". It was tried: {in_force.tried}"
    if warmth is not None and warmth.kernel:
        said += f". Behind the guard the kernel refuses native code {_listed(warmth.kernel)}"
    if in_force.why_not:
        said += f". No sandbox: {in_force.why_not}"
    return said


def confinement_in_words(warmth: Warmth) -> str:
    """Say in one line what keeps tests that a model wrote from reading what is not theirs."""
    kept = "they read only the project, without what is never sent, and Python's own files"
    if warmth.confines:
        return f"{kept}: the kernel holds them, and what they say goes back to the model"
    if warmth.confines is None:
        return (
            f"{kept}; whether the kernel holds them where they run, each run finds out. Else the model is not told "
            "what they say"
        )
    return (
        f"{kept}: Greenline's guard alone holds them, which native code gets around, so the model is not told what "
        "they say. Linux 5.13 or newer with Landlock, on x86-64 or ARM64, would hold them"
    )


def warmth_in_words(warmth: Warmth) -> str:
    """Say whether short runs are forks of a warm process, and why not."""
    if warmth.why_not:
        return f"none: each run is a fresh process, because {warmth.why_not}"
    if warmth.left_out:
        return f"short runs are forks of one; each imports {_listed(warmth.left_out)} itself"
    return "short runs are forks of one that has imported pytest and the installed plugins"


def _listed(words: tuple[str, ...]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last

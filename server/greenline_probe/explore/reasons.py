"""Why no call became a test, in one or two sentences for a person: what was in the way, and what would help."""

from __future__ import annotations

from typing import Any

from greenline_probe.explore import obstacles

NOT_AT_IMPORT = "Do that in a function, not while the module is imported."
LONGEST_CALL, LONGEST_ERROR = 160, 200

_NEEDS = {
    "network": "needs the network",
    "database": "needs a database",
    "display": "needs a display",
    "terminal": "needs input from a terminal",
    "process": "needs another program",
    "write": "changes files outside of a temporary folder",
    "file": "needs a file that is not there",
    "read": "needs a file of yours, outside of the project",
    "package": "needs a package that is not installed",
}
_HINDERS = {"network", "database", "terminal", "process", "read"}
"""What code asks for itself; where it writes may only be our invention."""
_ADVICE = {
    "network": "Take what connects as a parameter, and a test can pass something that answers by itself.",
    "database": "Take the connection as a parameter, and a test can pass one to a database of its own.",
    "display": "Move what it computes into a function that draws nothing, and that one can be tested.",
    "terminal": "Take what it asks for as a parameter, or ask in a function of its own.",
    "process": "Move what it does with the program's output into a function of its own, and that one can be tested.",
    "write": "Take the path as a parameter, and a test can pass one of its own.",
    "file": "Take the path as a parameter, and a test can pass one of its own.",
    "package": "Check that the name is not mistyped; if it is meant, install what provides it.",
    "read": "Take the path as a parameter, and a test can pass one of its own. What is hidden depends on the setting "
    "greenline.isolation.level.",
}


def why_nothing(found: dict[str, Any], ended: list[str]) -> tuple[str, bool]:
    """Return why no call could become a test, and whether something that is missing here was in the way."""
    kinds = found["kinds"]
    refused, failed, values = (kinds.get(kind, 0) for kind in ("refused", "raise", "value"))
    if found["refusals"] and refused and refused >= failed:
        what, kind, call = found["refusals"][0]
        return needs(kind, what) if has_advice(kind) else refused_to(call, what), True
    if ended and not refused and not values:
        return ended[0], bool(obstacles.of_words(ended[0]))
    if kinds.get("timeout", 0) and kinds["timeout"] >= sum(kinds.values()) * 0.5:
        return _too_slow(found.get("slow")), False
    for kind, (count, call, error) in found.get("obstacles", {}).items():
        if count * 2 >= failed:
            return fails(kind, f"`{short(call)}` raises {error}"), True
    if not found["accidents"] and not values and hindrance(found["refusals"]):
        return hindrance(found["refusals"]), True
    if found["accidents"]:
        first = found["accidents"][0]
        return (
            "no call that was tried ended as the code intends; "
            f"for example `{short(first['call'])}` raises {first['error']}.{wanted_types(found.get('bare', []))}"
        ), False
    if not sum(kinds.values()):
        return "no call could be made in the time given", False
    return "nothing that its calls return or change can be asserted", False


def hindrance(refusals: list[Any]) -> str:
    """Say what kept calls from going on, of ``[what, kind, call]``; empty where what was refused need not have."""
    return next((needs(kind, what) for what, kind, _ in refusals if is_hindrance(kind)), "")


def is_hindrance(kind: str) -> bool:
    """Tell whether code asks for this itself, whatever it is called with."""
    return kind in _HINDERS


def has_advice(kind: str) -> bool:
    """Tell whether ``needs`` knows more of this kind than that it was refused."""
    return kind in _ADVICE


def refused_to(call: str, what: str) -> str:
    """Say of one call what was refused: "the call `f(3)` wanted to send ..., which is refused while exploring"."""
    return f"the call `{short(call)}` wanted to {_refused(what)}"


def needs(kind: str, what: str, subject: str = "it", advice: str = "") -> str:
    """Say what was refused: "it needs the network: it wants to look up example.org:80, which is refused ..."."""
    if kind not in _ADVICE:
        return f"{subject} wants to {_refused(what)}"
    refused = "where nobody types while exploring" if kind == "terminal" else "which is refused while exploring"
    return f"{subject} {_NEEDS[kind]}: it wants to {what}, {refused}. {advice or _ADVICE[kind]}"


def fails(kind: str, what: str, subject: str = "it", advice: str = "") -> str:
    """Say what failed for want of something: "it needs a display: `show('a')` raises TclError: no display name"."""
    return f"{subject} {_NEEDS[kind]}: {what.rstrip('.')}. {advice or _ADVICE[kind]}"


def ending(call: str, how: str) -> str:
    """Say how a call ended its process; ``how`` may end with the last words that it printed."""
    what = f"the call `{short(call)}` {how}"
    kind = obstacles.of_words(how)
    return fails(kind, what) if kind else what


def ending_import(module: str, how: str) -> str:
    """Say how importing ended its process."""
    kind = obstacles.of_words(how)
    return fails(kind, f"it {how}", f"importing {module}", NOT_AT_IMPORT) if kind else f"importing {module} {how}"


def wanted_types(bare: list[str]) -> str:
    """Say which parameters' types would have to be known."""
    if not bare:
        return ""
    names = " and ".join(filter(None, [", ".join(f"`{name}`" for name in bare[:-1][:3]), f"`{bare[-1]}`"]))
    return f" {'Type annotations' if len(bare) > 1 else 'A type annotation'} on {names} would help."


def short(call: str) -> str:
    """Return a call as it fits a sentence."""
    one_line = " ".join(call.split())
    return one_line if len(one_line) <= LONGEST_CALL else f"{one_line[:LONGEST_CALL].rstrip()} ..."


def error_words(error: BaseException) -> str:
    """Return the exception's class and message on one line."""
    try:
        message = str(error)
    except Exception:
        message = ""
    words = " ".join(f"{type(error).__name__}: {message}".split()).rstrip(": ")
    return words if len(words) <= LONGEST_ERROR else f"{words[:LONGEST_ERROR].rstrip()} ..."


def not_in_time(slow: list[Any]) -> str:
    """Say how long a call took that was ended: ``slow`` is the call, seconds, whether it ended then, and the limit."""
    return f"{_how_slow(slow)}; what takes longer than {slow[3]:g} s is ended while exploring"


def _too_slow(slow: list[Any] | None) -> str:
    if not slow:
        return "it is too slow to explore"
    if _is_without_end(slow):
        return _how_slow(slow)
    return f"it is too slow to explore: each call takes longer than {slow[3]:g} s; {_how_slow(slow)}"


def _is_without_end(slow: list[Any]) -> bool:
    """Tell whether what a call yields was too much, before its time was up."""
    _, seconds, ended, limit = slow
    return not ended and seconds < limit


def _refused(what: str) -> str:
    is_said = "the system refuses" in what or what.endswith("than exploring allows")
    return what if is_said else f"{what}, which is refused while exploring"


def _how_slow(slow: list[Any]) -> str:
    call, seconds, ended, _ = slow
    if _is_without_end(slow):
        return f"what `{short(call)}` yields had no end"
    return f"`{short(call)}` {f'took {seconds:.1f} s' if ended else f'had not ended after {seconds:.0f} s'}"

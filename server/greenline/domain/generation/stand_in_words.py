"""What a stand-in answers, in the words of a test's name: ``on_timeout``, ``with_status_404``, ``at_9_30``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from greenline.domain.generation.value_words import snake

if TYPE_CHECKING:
    from greenline.domain.generation.case import Case

_RAISES = re.compile(r"(?:side_effect ?= ?|body=)(\[?)(?:\w+\.)*(\w+)\(")
_ANSWERS = ("Response", "Message", "model_construct")
_STATUS = re.compile(r"(?:\bstatus=|\bstatus_code = |\.Response\()(\d{3})\b")
_EXIT_CODE = re.compile(r"CompletedProcess\(\[\], ([1-9]\d*)")
_TIME = re.compile(r"return \w*\.?datetime\(\d+, \d+, \d+, (\d+), (\d+)")
_DAY = re.compile(r"return \w*\.?date\((\d+), (\d+), (\d+)\)")
_USUAL_STATUS = "200"


def stand_in_words(case: Case) -> str:
    """Return words for what the stand-ins of a case do, empty where it has none or that is nothing special."""
    text = "\n".join(case.arrange)
    raises = _RAISES.search(text)
    is_told = raises is not None and case.error.endswith(raises.group(2))  # the name says that it is raised
    if raises is not None and raises.group(2) not in _ANSWERS and not is_told:
        return f"{'after' if raises.group(1) else 'on'}_{snake(raises.group(2))}"
    status = _STATUS.search(text)
    if status is not None and status.group(1) != _USUAL_STATUS:
        return f"with_status_{status.group(1)}"
    code = _EXIT_CODE.search(text)
    if code is not None:
        return f"with_exit_code_{code.group(1)}"
    time = _TIME.search(text)
    if time is not None:
        return f"at_{int(time.group(1))}_{int(time.group(2)):02}"
    day = _DAY.search(text)
    if day is not None:
        return "on_" + "_".join(f"{int(part):02}" for part in day.groups())
    return "by_a_tool" if "ToolUseBlock(" in text else ""

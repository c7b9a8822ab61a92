"""How anything is written as JSON, for whoever reads it: text that any terminal and any encoding can take."""

from __future__ import annotations

import json
import re
from typing import Any

_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Characters that control or end lines, and bytes of names of files that are no text; JSON escapes those below them."""


def json_text(value: Any) -> str:
    """Return the JSON of a value. Whoever parses it gets each character back, also what no encoding could write."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

"""Whether a value looks like a secret, or like a word, a name or a stand-in for one."""

from __future__ import annotations

import base64
import math
import re
from collections import Counter
from itertools import pairwise

_WORDS_OF_STAND_INS = (
    "abc abcd account admin alice auth bad bar baz bearer blah bob change changeme client correct default demo "
    "dev dummy empty example expired fake fixme foo foobar good header hello here hidden insert invalid key "
    "localhost me mock my name new none null old pass passphrase passwd password placeholder pw pwd qwerty "
    "redacted refresh replace root sample secret some stub super supersecret test tester testing the thing this "
    "todo token unused user username value world wrong xxx xyz your "
)
_STAND_INS = frozenset(_WORDS_OF_STAND_INS.split())
_TEMPLATE = re.compile(r"\{\w*[^}]*\}|<[^>]*>|^\$\w|\$\{|\$\(|%\(|%[sdr]|\*{3}|\.{3}|^%|([a-zA-Z0-9])\1{4}")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_HEX = re.compile(r"(?:0x)?[0-9a-fA-F-]+")
_RUNS = ("abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba", "0123456789", "9876543210", "qwertyuiop")
_RUN = 5
_SURE_WORD = 5
"""Letters: chance does not make it between others."""
_SHORTEST = 6
_LONG = 8
_LONG_WORD = 9
_SEVERAL = 2
_BITS_OF_HEX = 2.8
_MIXED = 0.3
_WELL_MIXED = 0.45
"""Changes between kinds of characters; of words in camel case about 0.25."""
_FILLED = re.compile(r"([A-Za-z0-9*.])\1{7}|(?i:example|redacted|placeholder)|(?i:your[_-]?)(?=api|key|token|secret)")
_LONG_RUNS = ("abcdefgh", "12345678", "0123456")


def entropy(text: str) -> float:
    """Return bits per character, of the characters as they are spread in the text."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values()) if text else 0.0


def is_stand_in(value: str) -> bool:
    """Tell whether a value stands where a secret will be: a template, words like "your-key-here", "1234"."""
    if _TEMPLATE.search(value):
        return True
    plain = value.lower()
    if any(run[i : i + _RUN] in plain for run in _RUNS for i in range(len(run) - _RUN + 1)):
        return True
    words = [*re.split(r"[^a-z]+", plain), *(w.lower() for w in _WORDS.findall(value) if len(w) >= _SURE_WORD)]
    return any(word in _STAND_INS or word.endswith(("password", "secret")) for word in words)


def is_filled(value: str) -> bool:
    """Tell whether a key is none: one character many times, or a row of them, where a key would be."""
    return bool(_FILLED.search(value)) or any(run in value.lower() for run in _LONG_RUNS)


def is_very_random(value: str) -> bool:
    """Tell whether nothing but chance makes such a text: it is a secret, or data."""
    if _HEX.fullmatch(value) or not all(re.search(kind, value) for kind in (r"[a-z]", r"[A-Z]", r"\d+\D+\d")):
        return False
    return is_random(value) and _changes(value.rstrip("=")) > _WELL_MIXED and not _is_written_out(value)


def is_password_in_address(value: str) -> bool:
    """Tell whether what stands for a password in an address may be one: no short word, as documentation has it."""
    return not is_stand_in(value) and (len(value) > _LONG_WORD or not re.fullmatch(r"[a-z]+|[A-Z]+|\d+", value))


def is_random(value: str, shortest: int = 16) -> bool:
    """Tell whether a value looks as if chance had made it: letters and digits, in no order that words have."""
    body = value.rstrip("=")
    parts = re.split(r"[-_.:/]", body)
    if len(parts) > 1 and any(len(part) >= shortest and is_random(part) for part in parts):
        return True  # after words that tell what it is for
    if len(body) < shortest or is_stand_in(body) or not (re.search(r"\d", body) and re.search(r"[A-Za-z]", body)):
        return False
    if _HEX.fullmatch(body):
        return entropy(body) > _BITS_OF_HEX
    words = [part for part in parts if re.fullmatch(r"[A-Za-z]?[a-z]{2,}|[A-Z]{3,}", part)]
    return len(words) < _SEVERAL and _changes(body) > _MIXED and entropy(body) > min(4.2, 0.8 * math.log2(len(body)))


def is_password(value: str) -> bool:
    """Tell whether a value may be what a person types: of several kinds of characters, and no words of a program."""
    if len(value) < _SHORTEST or is_stand_in(value) or re.search(r"\s", value):
        return False
    kinds = sum(bool(re.search(kind, value)) for kind in (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9_.:/-]"))
    return kinds > _SEVERAL or (
        kinds == _SEVERAL and len(value) >= _LONG and not re.fullmatch(r"[A-Za-z_.:/-]+\d{0,2}|[A-Z0-9_]+", value)
    )


def _changes(text: str) -> float:
    """Return how often one kind of character follows another, 0 to 1: of random letters and digits about 0.6."""
    kinds = ["a" if c.islower() else "A" if c.isupper() else "0" if c.isdigit() else "-" for c in text]
    return sum(a != b for a, b in pairwise(kinds)) / max(1, len(text) - 1)


def _is_written_out(value: str) -> bool:
    """Tell whether a value is readable text in base64, as tests of what decodes it have it."""
    whole = value[: len(value) // 4 * 4]
    for start in range(4):  # a piece of a longer one may begin anywhere
        piece = whole[start : len(whole) - (4 - start) % 4 if start else None]
        try:
            if base64.urlsafe_b64decode(piece.replace("+", "-").replace("/", "_")).decode("ascii").isprintable():
                return True
        except ValueError:
            continue
    return False

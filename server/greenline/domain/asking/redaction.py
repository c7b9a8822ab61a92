"""Take out of a text what looks like a secret, before it leaves the machine.

By the forms of known keys, by the names that values have, and by how random a text is. Hashes without a name that
tells otherwise stay: they are what tests of hash functions are made of.
"""

from __future__ import annotations

import re
from bisect import bisect
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from greenline.domain.asking.secret_forms import IN_ADDRESS, IN_HEADER, KEY_LINE, KNOWN_FORMS, PRIVATE_KEY
from greenline.domain.asking.secret_values import (
    is_filled,
    is_password,
    is_password_in_address,
    is_random,
    is_very_random,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PLACEHOLDER = re.compile(r"<redacted-\d+>")
_WORD = re.compile(
    r"(?P<password>pass(?:word|wd|phrase)|(?<![a-z])pwd?(?![a-z])|secret)|key|token|credential|bearer|authorization|"
    r"connection[_-]?string|salt|webhook",
    re.IGNORECASE,
)
"""Within a name, at its end: what it names is a secret."""
_KEYS = (
    "api access account admin app auth crypt customer encryption fernet hmac jwt license master private secret service "
    "session shared signing storage web"
)
_KINDS_OF_KEYS = tuple(_KEYS.split())
_ENDING = r"(?:s|\d{1,2}|[_-](?:id|v?\d+|prod|production|live|dev|staging|default|value|hex|string))?"
_BETWEEN = (
    r"(?P<quote>\\?[\"'])?\]?\)?"
    r"(?:\s*:\s*[A-Za-z][\w\[\]., |]{0,60}(?==|\s=))?"  # an annotation
    r"(?P<sign>\s*(?:=>|[=!]=|:=|=|:|,|\bis\b|\bin\b)\s*)"
    r"(?:\(\s*)?(?:[\w.]{1,40}\((?:\w{1,20}=)?)?"  # what the value is wrapped in
)
_QUOTED = re.compile(
    rf"{_ENDING}{_BETWEEN}[rbuf]{{0,2}}(?P<open>\\?[\"'])(?P<value>[^\s\"'\\]{{6,300}})(?P=open)", re.IGNORECASE
)
_BARE = re.compile(
    rf"{_ENDING}[\"']?(?P<sign>[ \t]*[=:][ \t]*)(?P<value>[^\s\"'(),;&\[\]{{}}<>]{{8,300}})(?=\s|$|[\"',;&])",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-Za-z0-9_.-]{0,60}\Z")
"""What stands before the word in a name."""
_ALONE = re.compile(r"(?P<open>[\"'])(?P<value>[A-Za-z0-9+/_-]{32,128}={0,2})(?P=open)")
_NO_SECRET = re.compile(
    r"hash|digest|sha\d|md5|blake|crc|checksum|integrity|etag|fingerprint|signature|public|pub_?key|uuid|guid|commit|"
    r"revision|base64|b64|encoded|alphabet|charset",
    re.IGNORECASE,
)
_LOOSE = frozenset({",", "is", "in"})
"""Between a name and a text that may have nothing to do with it."""
_SHORTEST_ELSEWHERE = 8
_SHORTEST_RANDOM = 16
_SURE_LINE = 40
_MOST_PLACES = 10
_MOST_NAMED = 5
"""In one sentence."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """One value that was taken out. The value itself is not told."""

    placeholder: str
    """What stands in its place, wherever it was."""
    kind: str
    """What it looked like, in words: "a key of AWS", "the value of api_key"."""
    times: int = 1
    places: tuple[str, ...] = ()
    """Where, as far as it was told: "shop/settings.py:12"; the first ones, where there are many."""


def words_of(redacted: Sequence[Redacted]) -> str:
    """Say what was taken out, in a sentence; empty for nothing."""
    if not redacted:
        return ""
    said = [f"{each.kind} ({each.places[0]})" if each.places else each.kind for each in redacted[:_MOST_NAMED]]
    more = f", and {len(redacted) - _MOST_NAMED} more" if len(redacted) > _MOST_NAMED else ""
    what = "1 value that looks" if len(redacted) == 1 else f"{len(redacted)} values that look"
    return f"Not sent: {what} like a secret: {', '.join(said)}{more}."


class Redactor:
    """Replaces secrets; the same value has the same placeholder in all texts.

    Placeholders are numbered as they are met, and a text that was asked for before is answered as before: so what is
    sent first stays byte for byte the same, whatever is found later.
    """

    def __init__(self) -> None:
        self._placeholders: dict[str, str] = {}
        """By value; all lines of one private key have the same."""
        self._told: dict[str, Redacted] = {}
        self._done: dict[str, str] = {}

    def redact(self, text: str, where: str = "") -> str:
        """Return the text without what looks like a secret; lines stay lines.

        ``where`` names the file for the report. A value that was found once is taken out wherever it is. Redacting
        what is redacted changes nothing. Raises nothing.
        """
        known = self._done.get(text)
        if known is not None:
            return known
        done = text
        while spans := _apart(done, [*_secrets(done), *self._known(done)]):
            done = self._without(done, spans, where)
        self._done[text] = done
        return done

    def report(self) -> tuple[Redacted, ...]:
        """Return what was taken out so far, in the order in which it was found."""
        return tuple(self._told.values())

    def _known(self, text: str) -> Iterator[_Secret]:
        for value, placeholder in self._placeholders.items():
            if len(value) >= _SHORTEST_ELSEWHERE:
                for match in re.finditer(re.escape(value), text):
                    yield _Secret(match.start(), match.end(), self._told[placeholder].kind)

    def _without(self, text: str, spans: Sequence[_Secret], where: str) -> str:
        pieces: list[str] = []
        at = 0
        last = ""
        for span in spans:
            value = text[span.start : span.end]
            placeholder = self._placeholders.get(value) or self._placeholders.get(span.whole)
            if placeholder is None:
                placeholder = f"<redacted-{len(self._told) + 1}>"
                self._told[placeholder] = Redacted(placeholder, span.kind, 0)
            for each in (value, span.whole):
                self._placeholders.setdefault(each or value, placeholder)
            if not span.whole or placeholder != last:
                self._count(placeholder, f"{where}:{text.count(chr(10), 0, span.start) + 1}" if where else "")
            pieces += [text[at : span.start], placeholder]
            at, last = span.end, placeholder
        return "".join([*pieces, text[at:]])

    def _count(self, placeholder: str, place: str) -> None:
        told = self._told[placeholder]
        places = told.places if place in told.places or not place else (*told.places, place)
        self._told[placeholder] = replace(told, times=told.times + 1, places=places[:_MOST_PLACES])


@dataclass(frozen=True, slots=True)
class _Secret:
    start: int
    end: int
    kind: str
    whole: str = ""
    """What it is a line of."""


def _apart(text: str, found: Sequence[_Secret]) -> list[_Secret]:
    """Return them in their order, of those that overlap the longest; what is a placeholder already is none."""
    taken = [(match.start(), match.end()) for match in PLACEHOLDER.finditer(text)]
    chosen: list[_Secret] = []
    for span in sorted(found, key=lambda each: (each.start - each.end, each.start)):
        at = bisect(taken, (span.start, span.start))
        is_free = (at == 0 or taken[at - 1][1] <= span.start) and (at == len(taken) or taken[at][0] >= span.end)
        if is_free:
            taken.insert(at, (span.start, span.end))
            chosen.append(span)
    return sorted(chosen, key=lambda each: each.start)


def _secrets(text: str) -> Iterator[_Secret]:
    yield from _by_form(text)
    yield from _private_keys(text)
    for word in _WORD.finditer(text):
        if word.group().lower() == "key" and not _is_name_of_key(text, word.start()):
            continue
        for form in (_QUOTED, _BARE):
            match = form.match(text, word.end())
            if match and _is_secret(word, match):
                yield _Secret(*match.span("value"), f"the value of {_name_of(word)}")
    for match in _ALONE.finditer(text):
        if is_very_random(match["value"]) and not _NO_SECRET.search(_line_of(text, match.start())):
            yield _Secret(*match.span("value"), "a long random text")


def _by_form(text: str) -> Iterator[_Secret]:
    for form in KNOWN_FORMS:
        if any(mark in text for mark in form.marks):
            for match in form.pattern.finditer(text):
                if not is_filled(match.group()):
                    yield _Secret(*match.span(), form.kind)
    for match in IN_ADDRESS.finditer(text):
        if is_password_in_address(match["value"]):
            yield _Secret(*match.span("value"), "a password in an address")
    for match in IN_HEADER.finditer(text):
        if is_random(match["value"]):
            yield _Secret(*match.span("value"), "what a request is authorized by")


def _private_keys(text: str) -> Iterator[_Secret]:
    for match in PRIVATE_KEY.finditer(text):
        start = match.start("body")
        shortest = 0 if match["end"] else _SURE_LINE  # without an end, code may follow
        for line in KEY_LINE.finditer(match["body"]):
            if len(line.group()) >= shortest and not is_filled(line.group()):
                yield _Secret(start + line.start(), start + line.end(), "a private key", match["body"])


def _is_name_of_key(text: str, at: int) -> bool:
    """``key``, ``cache_key``, ``apiKey`` and ``apikey`` are names of keys, ``monkey`` is not."""
    before = text[max(0, at - 12) : at]
    return not before[-1:].isalpha() or before.lower().endswith(_KINDS_OF_KEYS)


def _is_secret(word: re.Match[str], match: re.Match[str]) -> bool:
    if _NO_SECRET.search(_name_of(word)) or PLACEHOLDER.search(match["value"]):
        return False
    surely = word["password"] and match.re is _QUOTED and match["sign"].strip() not in _LOOSE
    return is_random(match["value"], _SHORTEST_RANDOM) or bool(surely and is_password(match["value"]))


def _name_of(word: re.Match[str]) -> str:
    """Return the whole name that a word ends."""
    text = word.string
    before = _NAME.search(text, max(0, word.start() - 60), word.start())
    after = re.compile(r"[A-Za-z0-9_-]{0,20}").match(text, word.end())
    return f"{before.group() if before else ''}{word.group()}{after.group() if after else ''}".lstrip(".-")


def _line_of(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]

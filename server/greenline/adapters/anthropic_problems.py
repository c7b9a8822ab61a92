"""What went wrong while a model was asked, for a person: where, what it means, what to do. No key, no source text."""

from __future__ import annotations

import logging
import math
import re
import time
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from greenline.ports.model import ModelProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from greenline.adapters.model_access import Key
    from greenline.ports.model import ProblemKind

_LONG = 120.0
"""Seconds; what is longer is said in minutes."""
log = logging.getLogger(__name__)

_KINDS: dict[int, ProblemKind] = {
    400: "bad_request", 401: "unauthorized", 402: "unpaid", 403: "forbidden", 404: "not_found", 408: "timeout",
    413: "bad_request", 422: "bad_request", 425: "server", 429: "rate_limited", 503: "overloaded", 504: "timeout",
    529: "overloaded",
}  # fmt: skip
_KINDS_OF_TYPES: dict[str, ProblemKind] = {
    "authentication_error": "unauthorized",
    "billing_error": "unpaid",
    "permission_error": "forbidden",
    "not_found_error": "not_found",
    "rate_limit_error": "rate_limited",
    "overloaded_error": "overloaded",
    "timeout_error": "timeout",
    "invalid_request_error": "bad_request",
}
_SIGNING = {"boto3", "botocore", "google"}
_MOST_QUOTED = 200
"""Characters of what a provider says."""
_ECHO = 16
"""As many characters in a row that stand in the prompt as well are taken for a part of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked for what. ``prompt`` is not to be repeated to anybody."""

    where: str
    model: str
    silence: float
    key: Key | None = None
    prompt: str = field(default="", repr=False)


def problem_of(error: Exception, asked: Asked) -> ModelProblem:
    """Return what an exception of the SDK, or of the HTTP client below it, means."""
    if isinstance(error, ModelProblem):
        return error
    import anthropic  # noqa: PLC0415 - it is loaded already: the error comes from it

    if isinstance(error, anthropic.APIStatusError):
        return _of_status(error, asked)
    return _of_connection(error, asked) or _of_access(error, asked) or _of_answer(error, asked)


def problem_of_type(type_of_error: str, asked: Asked) -> ModelProblem:
    """Return what an error means of which the API tells only the type, as in a batch."""
    kind = _KINDS_OF_TYPES.get(type_of_error, "server")
    if kind == "bad_request":
        return ModelProblem(kind, f"{asked.where} does not take the request for {asked.model}.")
    return ModelProblem(kind, _sentence(kind, asked, "", None))


def cut(asked: Asked) -> ModelProblem:
    """Return that an answer ended before its end."""
    return ModelProblem("cut", f"The answer of {asked.model} broke off midway. Try again.")


def retired(asked: Asked) -> ModelProblem:
    """Return that there is no such model any more."""
    return ModelProblem(
        "not_found", f"{asked.model} was retired by {asked.where}. Choose another in the setting greenline.model.name."
    )


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that a provider asks to wait: ``retry-after-ms``, or ``retry-after`` as seconds or a date."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / unit
        except KeyError:
            continue
        except ValueError:
            try:
                seconds = parsedate_to_datetime(headers[name]).timestamp() - now
            except ValueError:
                continue
        if math.isfinite(seconds):
            return max(0.0, seconds)
    return None


def _of_status(error: Any, asked: Asked) -> ModelProblem:
    """``error``: an APIStatusError. With a status below 300 it came in the middle of a stream, and its type tells."""
    status, kind_of_error = error.status_code, str(error.type or "")
    in_stream = status < 300  # noqa: PLR2004 - as HTTP has it
    kind = _KINDS_OF_TYPES.get(kind_of_error, "server") if in_stream else _KINDS.get(status)
    if kind is None:
        kind = "server" if status >= 500 else "bad_request"  # noqa: PLR2004 - as HTTP has it
    wait = retry_after(error.response.headers, time.time())
    number = "" if in_stream else f" ({status})"
    if kind_of_error == "billing_error":  # under whichever number it comes
        kind = "unpaid"
    told = _sentence(kind, asked, number, wait)
    if kind == "unauthorized" and asked.key is None and asked.where.startswith("http"):
        told = f"{asked.where} wants a key{number}. Set the variable ANTHROPIC_API_KEY, or store one in the editor."
    if kind == "bad_request":
        told = _told_of_bad_request(status, error, asked)
    return ModelProblem(kind, told, wait)


def _sentence(kind: ProblemKind, asked: Asked, number: str, wait: float | None) -> str:
    return _SENTENCES[kind].format(
        where=asked.where,
        model=asked.model,
        number=number,
        key=f"the key {asked.key.source}" if asked.key else "the credentials",
        when="later" if wait is None else f"in {_span(wait)}",
    )


def _span(seconds: float) -> str:
    """Return a time to wait as a person says it."""
    return f"{math.ceil(seconds)} s" if seconds <= _LONG else f"{math.ceil(seconds / 60)} minutes"


_SENTENCES: dict[str, str] = {
    "unauthorized": "{where} refuses {key}{number}. Check that it is complete and still valid, or set another.",
    "forbidden": "{where} does not let {key} use {model}{number}. Ask whoever runs the account, or choose another.",
    "unpaid": "{where} wants to be paid first{number}. Add credit to the account, or choose another model.",
    "not_found": "{where} has no {model}{number}: it may be retired, or misspelt. Choose another in the setting "
    "greenline.model.name; with an address of your own, check greenline.model.baseUrl.",
    "rate_limited": "{where} takes no more requests for now{number}. Try again {when}.",
    "overloaded": "{where} is overloaded{number}. Try again {when}.",
    "server": "{where} has a problem of its own{number}. Try again {when}.",
    "timeout": "{where} did not answer in time{number}. Try again {when}.",
    "bad_request": "",
}


def _told_of_bad_request(status: int, error: Any, asked: Asked) -> str:
    if 300 <= status < 400:  # noqa: PLR2004 - as HTTP has it
        return f"{asked.where} sends requests on to another place ({status}); name that in greenline.model.baseUrl."
    words = _quotable(error.api_message, asked)
    if status == 413 or "too long" in words.lower():  # noqa: PLR2004 - "Content Too Large"
        return f"The request is too large for {asked.model}: the module and what goes with it do not fit in."
    quoted = f": {words}" if words else "."
    return f"{asked.where} does not take the request for {asked.model} ({status}){quoted} Another model may take it."


def _quotable(words: object, asked: Asked) -> str:
    """Return what a provider said, on one line, with a full stop; nothing where it repeats the prompt or the key."""
    text = _one_line(words) if isinstance(words, str) else ""
    if asked.key and asked.key.value in text:
        return ""
    if any(text[start : start + _ECHO] in asked.prompt for start in range(max(1, len(text) - _ECHO + 1)) if text):
        return ""
    return text if not text or text.endswith(".") else f"{text}."


def _one_line(text: str) -> str:
    return " ".join(text.split())[:_MOST_QUOTED]


def _of_connection(error: Exception, asked: Asked) -> ModelProblem | None:
    import anthropic  # noqa: PLC0415 - as above
    import httpx2  # noqa: PLC0415 - as above

    cause = error.__cause__
    if isinstance(cause, httpx2.ConnectTimeout):
        return _unreachable("it does not answer", asked)
    if isinstance(error, (anthropic.APITimeoutError, httpx2.TimeoutException)):
        return ModelProblem("timeout", f"{asked.where} said nothing for {asked.silence:g} s. Try again later.")
    if isinstance(error, anthropic.APIConnectionError):
        return _unreachable(_reason(cause or error), asked)
    return cut(asked) if isinstance(error, httpx2.TransportError) else None


def _unreachable(reason: str, asked: Asked) -> ModelProblem:
    return ModelProblem(
        "unreachable",
        f"{asked.where} cannot be reached: {reason}. Check the network, the proxy, and greenline.model.baseUrl.",
    )


def _reason(error: BaseException) -> str:
    """Return why there is no connection, without the password of a proxy."""
    text = re.sub(r"//[^/@\s]*@", "//", _one_line(str(error)))
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its certificate is not trusted here (the variable SSL_CERT_FILE can name the one of your network)"
    return text.rstrip(".") or type(error).__name__


def _of_access(error: Exception, asked: Asked) -> ModelProblem | None:
    """Tell what the SDK cannot do for a provider, and what is wrong with boto3, google-auth and their credentials."""
    import anthropic  # noqa: PLC0415 - as above

    told = f"{asked.where} cannot be asked: {_one_line(str(error))}"
    if isinstance(error, ImportError) or type(error).__name__ == "MissingDependencyError":
        return ModelProblem("no_sdk", told)
    if isinstance(error, anthropic.CredentialsError) or type(error).__module__.split(".")[0] in _SIGNING:
        return ModelProblem("no_key", told)
    if isinstance(error, RuntimeError) and asked.key is None and not asked.where.startswith("http"):
        return ModelProblem("no_key", told)
    if type(error) is anthropic.AnthropicError:
        return ModelProblem("bad_request", told)
    return None


def _of_answer(error: Exception, asked: Asked) -> ModelProblem:
    log.info("what %s sent could not be read (%s)", asked.where, type(error).__name__)
    return ModelProblem(
        "server",
        f"{asked.where} answered with something that is not the Messages API. "
        "Check the setting greenline.model.baseUrl, and whether a proxy is in between.",
    )

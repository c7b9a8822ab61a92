"""What was refused to calls, or ended them, is told in sentences, each thing once."""

from __future__ import annotations

from typing import Any

from greenline_probe.explore import interruptions


def told(*refusals: list[str], ended: tuple[list[str], ...] = (), slow: list[Any] | None = None) -> list[str]:
    return interruptions.told({"refusals": list(refusals), "slow": slow}, list(ended))


def test_writing_to_the_home_folder() -> None:
    (sentence,) = told(["write to /home/u/.config/x", "write", "save('a')"])
    assert sentence.startswith("it changes files outside of a temporary folder: it wants to write to /home/u/.config/x")


def test_a_path_of_the_calls_own_is_told_with_the_call_and_only_where_nothing_else_was_refused() -> None:
    invented = ["write to /here/abc", "write", "save('abc')"]
    assert told(invented) == ["the call `save('abc')` wanted to write to /here/abc, which is refused while exploring"]
    (sentence,) = told(invented, ["write to /home/u/x", "write", "save('abc')"])
    assert "/home/u/x" in sentence


def test_of_hosts_that_calls_invented_one_is_enough_and_each_that_the_code_names_is_told() -> None:
    invented = [[f"look up {host}:80", "network", f"ping('{host}')"] for host in ("a.b", "c.d")]
    assert len(told(*invented)) == 1
    named = [[f"connect to 10.0.0.{n}:443", "network", "ping('a')"] for n in (1, 2)]
    (sentence,) = told(*named)
    assert "it wants to connect to 10.0.0.1:443 and connect to 10.0.0.2:443, which is refused" in sentence


def test_what_has_one_advice_is_one_sentence() -> None:
    (sentence,) = told(*([f"create the folder ~/.{n}", "write", "f(3)"] for n in "abc"))
    acts = "create the folder ~/.a, create the folder ~/.b and create the folder ~/.c"
    assert sentence.startswith(f"it changes files outside of a temporary folder: it wants to {acts}, which is refused")


def test_what_calls_lacked_is_told_with_one_of_them() -> None:
    missing = {"package": [3, "load(11)", "ModuleNotFoundError: No module named 'no_such'"]}
    found = {"refusals": [["write to /home/u/x", "write", "load(3)"]], "obstacles": missing}
    lacked, refused = interruptions.told(found, [])
    assert lacked == (
        "it needs a package that is not installed: `load(11)` raises ModuleNotFoundError: No module named 'no_such'. "
        "Check that the name is not mistyped; if it is meant, install what provides it."
    )
    assert refused.startswith("it changes files")


def test_a_functions_own_name_is_no_invention() -> None:
    (sentence,) = told(["write to /home/u/settings", "write", "settings('a')"])
    assert sentence.startswith("it changes files")


def test_what_ended_the_process_is_told_once_whatever_the_exit_code_is() -> None:
    code = "ended the process with exit code {}, as os._exit does"
    assert told(
        ended=(["f(3)", code.format(3)], ["f(1)", code.format(1)], ["f(2)", "crashed the interpreter (SIGABRT)"])
    ) == [
        "the call `f(3)` ended the process with exit code 3, as os._exit does",
        "the call `f(2)` crashed the interpreter (SIGABRT)",
    ]


def test_what_is_more_than_is_allowed_is_said_without_a_word_too_many() -> None:
    assert told(["write or open more than exploring allows", "", "f(3)"]) == [
        "the call `f(3)` wanted to write or open more than exploring allows"
    ]


def test_what_took_too_long() -> None:
    limit = "what takes longer than 0.3 s is ended while exploring"
    assert told(slow=["f(3)", 2.02, False, 0.3]) == [f"`f(3)` had not ended after 2 s; {limit}"]
    assert told(slow=["f(3)", 1.24, True, 0.3]) == [f"`f(3)` took 1.2 s; {limit}"]
    assert told(slow=["f(3)", 0.2, True, 0.3]) == [], "the machine was busy"
    assert told(slow=["f(3)", 0.01, False, 0.3]) == [f"what `f(3)` yields had no end; {limit}"]


def test_what_no_call_gets_past_comes_first() -> None:
    sentences = told(
        ["use more than 4 GiB of memory", "memory", "f(3)"],
        ["read from standard input", "terminal", "f(0)"],
        ended=(["f(1)", "did not end within 3 s"],),
        slow=["f(2)", 2.0, False, 0.3],
    )
    assert [s.partition(":")[0] for s in sentences[:1]] == ["it needs input from a terminal"]
    assert sentences[1:] == [
        "the call `f(1)` did not end within 3 s",
        "`f(2)` had not ended after 2 s; what takes longer than 0.3 s is ended while exploring",
        "the call `f(3)` wanted to use more than 4 GiB of memory, which is refused while exploring",
    ]


def test_what_the_system_refuses_is_said_to_be_refused_once() -> None:
    what = "do something that the system refuses (Operation not permitted)"
    assert told([what, "", "f(3)"]) == [f"the call `f(3)` wanted to {what}"]

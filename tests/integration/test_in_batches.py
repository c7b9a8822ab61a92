"""``greenline generate --batch``: the real command line and SDK, a server on this machine, a real pytest."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from greenline.adapters.consent_file import consent_file
from greenline.adapters.ledger_sqlite import LedgerSqlite
from greenline.domain.asking.entries import Entry
from integration.batch_shop import FEES, GOOD, TARGETS, BatchShop, answered, asked_for, good, proposed, shop
from model_server.batches import errored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["shop"]  # a fixture

FEE, BONUS = "shop/fees.py", "shop/discounts.py::bonus"
"""Targets of one function."""
MODEL = ("--engine", "model")
"""Exploring takes its time, and is tried once."""
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")


def handed_in(shop: BatchShop, *targets: str) -> Any:
    """Hand in a batch, and return its entry in the JSON."""
    ran = shop.run("--batch", "--detach", *MODEL, *(targets or TARGETS))
    assert ran.code == 0, ran
    (batch,) = ran.json["batches"]
    assert batch["state"] == "handed_in"
    return batch


def until(true: Callable[[], object]) -> None:
    """Wait for a cause that another process sets."""
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def test_one_batch_for_all_that_exploring_leaves_of_two_modules(shop: BatchShop) -> None:
    shop.server.batches.answers = good
    ran = shop.run("--batch", *TARGETS)
    assert ran.code == 0, ran
    assert {"test_discount", "test_bonus", "test_summer_code", "test_staff_code"} <= {
        *shop.tests()["test_discounts.py"]
    }
    assert shop.tests()["test_fees.py"][-1] == "test_late_code"
    fee = ran.targets["fee"]
    assert (fee["status"], fee["engine"], fee["engines"]) == ("confirmed", "explore", {"test_late_code": "model"})
    assert fee["coverage"]["before"]["lines"][0] == 0
    assert fee["coverage"]["after"]["lines"] == [5, 5]
    assert "def test_late_code" in fee["code"]
    (batch,) = ran.json["batches"]
    assert (batch["batch"], batch["state"], batch["answered"]) == (shop.only_batch(), "collected", 3)
    (request,) = [p for p in shop.server.batches.requests(shop.only_batch()).values() if asked_for(p) == "discount"]
    assert request["model"] == "claude-sonnet-5-5"
    assert request["output_config"]["format"]["type"] == "json_schema"
    assert "sk-ant-api03" not in str(request)
    assert "raises ValueError" in str(request), "what exploring saw is told"
    assert shop.passes()


def test_another_process_collects_what_was_handed_in(shop: BatchShop) -> None:
    batch = handed_in(shop)
    assert batch["requests"] == 3
    assert {entry.outcome for entry in shop.spent.values()} == {"open"}
    assert sum(entry.dollars or 0 for entry in shop.spent.values()) == pytest.approx(batch["most_dollars"])
    assert shop.tests() == {}
    assert [each["state"] for each in shop.apart("--resume", "--detach").json["batches"]] == ["waiting"]
    shop.end()
    ran = shop.apart("--resume")
    assert (ran.code, ran.err) == (0, ""), ran
    assert shop.tests() == {
        "test_discounts.py": ["test_summer_code", "test_staff_code"], "test_fees.py": ["test_late_code"],
    }  # fmt: skip
    usual = (7 * 2 + 20 * 2 * 1.25 + 30 * 2 * 0.1) / 1e6
    fee = shop.spent["fee"]
    assert fee.dollars == pytest.approx((usual + fee.usage.output * 10 / 1e6) / 2)
    assert {(entry.outcome, entry.batch) for entry in shop.spent.values()} == {("answered", True)}
    assert ran.json["batches"][0]["dollars"] == pytest.approx(sum(e.dollars or 0 for e in shop.spent.values()))
    assert shop.passes()
    again = shop.run("--resume", form="text")
    assert (again.code, again.out) == (0, "No batch of this project waits to be collected.\n")
    assert len(shop.server.batches.names) == 1


@POSIX
def test_killed_before_the_name_came_back_it_is_found_and_paid_once(shop: BatchShop) -> None:
    gate = shop.server.slow_batches()
    process = shop.start("--batch", "--detach", *MODEL, FEE, BONUS)
    assert asyncio.run(gate.was_reached())
    process.kill()
    process.communicate()
    shop.server.batches.gate = None
    ours = shop.only_batch()
    shop.server.batches.create([{"custom_id": f"others-{n}", "params": {}} for n in range(2)])
    shop.server.batches.end(shop.server.batches.names[-1], {})
    shop.server.batches.create([{"custom_id": "of-others", "params": {}}])
    early = shop.run("--resume", "--detach").json["batches"]
    assert [(each["state"], each["batch"]) for each in early] == [("waiting", None)]
    found = {key: good(params) for key, params in shop.server.batches.requests(ours).items()}
    shop.server.batches.end(ours, {key: result for key, result in found.items() if result})
    ran = shop.run("--resume")
    assert (ran.code, ran.json["batches"][0]["batch"]) == (0, ours), ran
    assert sum(map(len, shop.tests().values())) == 2
    assert {entry.outcome for entry in shop.spent.values()} == {"answered"}


@POSIX
def test_killed_before_it_was_handed_in_nothing_stays_reserved(shop: BatchShop) -> None:
    gate = shop.server.slow_batches()
    process = shop.start("--batch", "--detach", *MODEL, *TARGETS)
    assert asyncio.run(gate.was_reached())
    process.kill()
    process.communicate()
    shop.server.batches.forget(shop.only_batch())  # as if it had not come that far
    (early,) = shop.run("--resume").json["batches"]
    assert early["state"] == "unknown"
    assert "not known yet" in early["message"]
    with sqlite3.connect(shop.store._file) as base:  # some minutes later
        base.execute("update batch_2 set made_at = made_at - 200")
    base.close()
    ran = shop.run("--resume")
    assert (ran.code, ran.json["batches"][0]["state"]) == (1, "refused")
    assert "cost nothing. Hand it in again" in ran.json["batches"][0]["message"]
    assert {(entry.outcome, entry.dollars) for entry in shop.spent.values()} == {("cancelled", 0.0)}
    assert shop.run("--resume").json["batches"] == []


@POSIX
@pytest.mark.parametrize("when", ["paid and not tried", "written and not noted"])
def test_killed_while_collecting_nothing_is_paid_or_written_twice(shop: BatchShop, when: str) -> None:
    handed_in(shop, FEE, BONUS)
    shop.end()
    process = shop.start("--resume")
    if when == "paid and not tried":
        until(lambda: {entry.outcome for entry in shop.spent.values()} == {"answered"})
    else:
        until(shop.tests)
    process.kill()
    process.communicate()
    paid = shop.spent
    ran = shop.run("--resume")
    assert [each["state"] for each in ran.json["batches"]] == ["collected"], "what was written is not sent back"
    assert shop.tests() == {"test_discounts.py": ["test_staff_code"], "test_fees.py": ["test_late_code"]}
    assert {name: (e.usage, e.dollars) for name, e in shop.spent.items()} == {
        name: (e.usage, e.dollars) for name, e in paid.items()
    }
    assert len(shop.server.batches.names) == 1
    assert shop.passes()


@POSIX
def test_two_terminals_one_waits_and_the_other_says_so(shop: BatchShop) -> None:
    name = handed_in(shop, FEE)["batch"]
    looks = len(shop.server.requests)
    waiting = shop.start("--resume", form="text")
    # It looks at all batches once, and leaves the turn; with the second look it waits.
    until(lambda: sum(each.path.endswith(name) for each in shop.server.requests[looks:]) == 2)
    other = shop.run("--resume")
    (batch,) = other.json["batches"]
    assert (other.code, batch["state"]) == (1, "elsewhere")
    assert "Another terminal works on this batch" in batch["message"]
    assert shop.waited == []
    waiting.send_signal(signal.SIGINT)
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert "goes on at the provider: `greenline generate --resume` collects it" in err, (out, err)
    shop.end()
    assert shop.run("--resume").code == 0
    assert sum(map(len, shop.tests().values())) == 1


def test_it_is_waited_for_also_when_the_provider_is_away_for_a_while(shop: BatchShop) -> None:
    handed_in(shop, FEE)
    shop.server.batches.overloaded = 4

    def ends() -> None:
        if len(shop.waited) == 6:
            shop.end()

    shop.while_waiting = ends
    ran = shop.run("--resume")
    assert ran.code == 0, ran
    assert len(shop.waited) == 6
    assert shop.tests() == {"test_fees.py": ["test_late_code"]}


def test_a_provider_that_stays_away_is_said_and_nothing_is_lost(shop: BatchShop) -> None:
    name = handed_in(shop, FEE)["batch"]
    shop.server.batches.overloaded = 100
    ran = shop.run("--resume")
    (batch,) = ran.json["batches"]
    assert (ran.code, batch["state"], batch["batch"]) == (1, "away", name)
    assert "`greenline generate --resume` tries again" in batch["message"]
    shop.server.batches.overloaded = 0
    shop.end()
    assert shop.run("--resume").code == 0


def test_called_off_what_is_answered_by_then_is_kept(shop: BatchShop) -> None:
    handed_in(shop)
    (batch,) = shop.run("--cancel-batch").json["batches"]
    assert batch["state"] == "cancelling"
    (early,) = shop.run("--resume", "--detach").json["batches"]
    assert early["state"] == "cancelling"
    shop.end(lambda params: good(params) if asked_for(params) == "fee" else None)
    ran = shop.run("--resume")
    (batch,) = ran.json["batches"]
    assert (ran.code, batch["answered"], batch["failed"]) == (1, 1, 2)
    assert {each["target"] for each in batch["problems"]} == {
        "shop/discounts.py::discount", "shop/discounts.py::bonus",
    }  # fmt: skip
    assert "cancelled" in ran.targets["bonus"]["reason"]
    assert shop.tests() == {"test_fees.py": ["test_late_code"]}
    assert (shop.spent["bonus"].outcome, shop.spent["bonus"].dollars) == ("cancelled", 0.0)
    assert shop.run("--resume").json["batches"] == []


def test_what_expired_or_failed_is_named_and_takes_no_other_along(shop: BatchShop) -> None:
    handed_in(shop)
    results = {"discount": None, "bonus": errored("overloaded_error"), "fee": answered(GOOD["fee"])}
    shop.end(lambda params: results[asked_for(params)])
    ran = shop.run("--resume", form="text")
    assert ran.code == 1
    assert "1 of 3 answered" in ran.out
    assert "shop/discounts.py::discount: " in ran.out
    assert "did not come to this question within a day" in ran.out
    assert "overloaded" in ran.out
    assert shop.tests() == {"test_fees.py": ["test_late_code"]}
    assert {shop.spent[name].outcome for name in ("discount", "bonus")} == {"failed"}


def test_a_batch_that_is_gone_stays_reserved_while_another_key_may_see_it_and_is_free_after_that(
    shop: BatchShop,
) -> None:
    shop.server.batches.forget(handed_in(shop)["batch"])
    ran = shop.run("--resume")
    (batch,) = ran.json["batches"]
    assert (ran.code, batch["state"]) == (1, "away")
    assert "may be one of another workspace" in batch["message"]
    assert all(entry.dollars for entry in shop.spent.values())
    shop.age(days=30)
    ran = shop.run("--resume")
    (batch,) = ran.json["batches"]
    assert (ran.code, batch["state"]) == (1, "lost")
    assert "Answers are kept for 29 days" in batch["message"]
    assert {entry.dollars for entry in shop.spent.values()} == {0.0}


def test_a_source_that_changed_meanwhile_is_tried_as_it_is_now_and_said(shop: BatchShop) -> None:
    handed_in(shop)
    changed = FEES.replace("return 3", "return 4")
    (shop.root / "shop" / "fees.py").write_text(changed)
    discounts = shop.root / "shop" / "discounts.py"
    discounts.write_text(discounts.read_text().partition("def bonus")[0])
    shop.end(
        lambda params: (
            answered(proposed("test_late_code", "fee", "fees", expected=4))
            if asked_for(params) == "fee"
            else good(params)
        )
    )
    ran = shop.run("--resume")
    assert shop.tests() == {"test_discounts.py": ["test_summer_code"], "test_fees.py": ["test_late_code"]}
    assert set(ran.json["batches"][0]["changed"]) >= {"shop/fees.py::fee", "shop/discounts.py::discount"}
    assert "fees.py has changed since it was asked" in " ".join(ran.targets["fee"]["model_notes"])
    assert ran.targets["bonus"]["reason"] == "discounts.py has no function `bonus` any more."
    assert shop.run("--resume").json["batches"] == [], "it will not come back"


def test_a_source_that_does_not_parse_now_keeps_its_answers_for_later(shop: BatchShop) -> None:
    handed_in(shop, FEE, BONUS)
    fees = shop.root / "shop" / "fees.py"
    fees.write_text(f"{FEES}\n(")
    shop.end()
    ran = shop.run("--resume")
    assert "The answer is kept" in " ".join(ran.targets["fee"]["model_notes"])
    assert set(shop.tests()) == {"test_discounts.py"}
    fees.write_text(FEES)
    shop.server.batches.forget(shop.only_batch())  # some weeks later
    again = shop.run("--resume")
    assert (again.code, set(again.targets)) == (0, {"fee"})
    assert shop.tests()["test_fees.py"] == ["test_late_code"]


def test_what_failed_is_sent_back_once_in_a_batch_of_its_own(shop: BatchShop) -> None:
    wrong = proposed("test_late_code", "fee", "fees")
    wrong["code"] = wrong["code"].replace('")', '", "EUR")')
    empty = proposed("test_no_code", "fee", "fees")
    empty["code"] = 'def test_no_code():\n    assert fee("EARLY") == 0\n'
    handed_in(shop, FEE)
    shop.end(lambda _: answered(empty, wrong))
    ran = shop.run("--resume", "--detach")
    assert [(each["state"], each["round"]) for each in ran.json["batches"]] == [("collected", 1), ("handed_in", 2)]
    assert shop.tests() == {"test_fees.py": ["test_no_code"]}
    first, second = shop.server.batches.names
    (request,) = shop.server.batches.requests(second).values()
    assert [turn["role"] for turn in request["messages"]] == ["user", "assistant", "user"]
    assert "takes 1 positional argument but 2 were given" in str(request["messages"][-1])
    shop.server.batches.forget(first)  # its answers are kept here, and it may be gone there
    shop.end(lambda _: answered(proposed("test_late_code", "fee", "fees")))
    ran = shop.run("--resume")
    assert ran.code == 0, ran
    assert shop.tests() == {"test_fees.py": ["test_no_code", "test_late_code"]}
    assert shop.server.batches.names == [second]
    asked = [each.path.rpartition("/batches/")[2] for each in shop.server.requests]
    assert [asked.count(f"{name}/results") for name in (first, second)] == [1, 1]
    assert shop.server.asked == [], "nobody is asked at the full price"
    entries = LedgerSqlite(shop._data / "ledger.sqlite3").entries(0.0)
    assert [(entry.outcome, entry.batch) for entry in entries] == [("answered", True)] * 2


def test_what_comes_back_asserting_what_the_code_just_gave_is_refused(shop: BatchShop) -> None:
    handed_in(shop, FEE)
    shop.end(lambda _: answered(proposed("test_late_code", "fee", "fees", expected=5)))
    shop.run("--resume", "--detach")
    shop.end(lambda _: answered(GOOD["fee"]))
    ran = shop.run("--resume")
    assert "it expected 5, and expects 3 now" in ran.targets["fee"]["reason"]
    assert shop.tests() == {}


def test_what_never_passes_ends_after_that(shop: BatchShop) -> None:
    handed_in(shop, FEE)
    for _ in range(2):
        shop.end(lambda _: answered(proposed("test_late_code", "fee", "fees", expected=5)))
        ran = shop.run("--resume", "--detach")
    assert ran.code == 1
    assert "`test_late_code` was not kept" in ran.targets["fee"]["reason"]
    assert len(shop.server.batches.names) == 2
    assert shop.run("--resume").json["batches"] == []


def test_what_could_not_be_sent_back_is_sent_with_the_next_resume(shop: BatchShop) -> None:
    handed_in(shop, FEE)
    shop.end(lambda _: answered(proposed("test_late_code", "fee", "fees", expected=5)))
    shop.server.batches.fails = 429
    ran = shop.run("--resume", "--detach")
    assert [(each["state"], each["round"]) for each in ran.json["batches"]] == [("collected", 1), ("refused", 2)]
    shop.server.batches.fails = 0
    ran = shop.run("--resume", "--detach")
    assert [(each["state"], each["round"]) for each in ran.json["batches"]] == [("collected", 1), ("handed_in", 2)]


def test_what_waits_in_a_batch_is_not_asked_for_again(shop: BatchShop) -> None:
    first = handed_in(shop, FEE)
    ran = shop.run("--batch", "--detach", *MODEL, FEE, form="text")
    assert ran.code == 0, ran
    assert f"{FEE}::fee: already asked for in it, and not again" in ran.out
    assert shop.server.batches.names == [first["batch"]]


def test_without_refinement_nothing_is_sent_back(shop: BatchShop) -> None:
    ran = shop.run("--batch", "--detach", "--no-refinement", *MODEL, FEE)
    assert ran.code == 0
    shop.end(lambda _: answered(proposed("test_late_code", "fee", "fees", expected=5)))
    ran = shop.apart("--resume")
    assert [each["state"] for each in ran.json["batches"]] == ["collected"]
    assert len(shop.server.batches.names) == 1


def test_without_consent_nothing_is_done_and_it_is_said_at_once(shop: BatchShop) -> None:
    consent_file().forbid(shop.root)
    ran = shop.run("--batch", *TARGETS, form="text")
    assert (ran.code, ran.out) == (1, "")
    assert "`greenline model allow`" in ran.err
    assert "Without --batch" in ran.err
    assert shop.server.requests == []
    assert shop.tests() == {}


def test_consent_that_was_taken_back_leaves_the_batch_where_it_is(shop: BatchShop) -> None:
    handed_in(shop, FEE)
    shop.end()
    consent_file().forbid(shop.root)
    ran = shop.run("--resume")
    assert (ran.code, ran.json["batches"][0]["state"]) == (1, "away")
    assert shop.tests() == {}
    consent_file().allow(shop.root, shop.server.url)
    assert shop.run("--resume").code == 0


def test_models_that_take_no_batches_are_passed_over_and_with_none_it_is_said(shop: BatchShop) -> None:
    shop.server.has_model("claude-sonnet-5-5", batch=False)
    ran = shop.run("--batch", *TARGETS, form="text")
    assert (ran.code, ran.out) == (1, "")
    assert "claude-sonnet-5-5 cannot be asked in batches" in ran.err
    assert "Without --batch" in ran.err
    assert shop.tests() == {}
    (shop.root / "greenline.toml").write_text('models = ["claude-sonnet-5-5", "claude-opus-5-5"]\n')
    assert handed_in(shop, FEE)["model"] == "claude-opus-5-5"


def test_what_a_day_may_cost_ends_handing_in(shop: BatchShop) -> None:
    one = handed_in(shop, FEE)["most_dollars"]
    LedgerSqlite(shop._data / "ledger.sqlite3").begin(
        Entry(time.time(), "claude", "/elsewhere", "a.py::other", dollars=10 - 2.1 * one), 10.0
    )
    ran = shop.run("--batch", "--detach", *MODEL, "shop/discounts.py")
    (batch,) = ran.json["batches"]
    assert batch["requests"] == 1
    assert ran.code == 1
    assert "model.dollarsPerDay" in str(ran.json)


def test_what_the_provider_refuses_costs_nothing(shop: BatchShop) -> None:
    shop.server.batches.fails = 400
    ran = shop.run("--batch", "--detach", *MODEL, *TARGETS)
    assert (ran.code, ran.json["batches"][0]["state"]) == (1, "refused")
    assert {entry.dollars for entry in shop.spent.values()} == {0.0}
    assert shop.run("--resume").json["batches"] == []


def test_where_it_is_not_known_whether_the_provider_took_it_it_is_found_out(shop: BatchShop) -> None:
    shop.server.batches.fails = 500
    ran = shop.run("--batch", "--detach", *MODEL, FEE)
    assert (ran.code, ran.json["batches"][0]["state"]) == (1, "unknown")
    shop.end()
    ran = shop.run("--resume")
    assert (ran.code, ran.json["batches"][0]["state"]) == (0, "collected"), ran
    assert len(shop.server.batches.names) == 1


def test_where_nothing_is_left_nothing_is_handed_in(shop: BatchShop, tmp_path: Path) -> None:
    (shop.root / "shop" / "fees.py").write_text("def fee(late: bool) -> int:\n    return 3 if late else 0\n")
    ran = shop.run("--batch", FEE, form="text")
    assert ran.code == 0, ran
    assert shop.server.batches.names == []
    assert "Nothing is left to ask for" in ran.out


def test_a_batch_for_the_worthiest_file_of_a_folder(shop: BatchShop) -> None:
    """Nothing is measured there before: the tests run once, and what has least is chosen."""
    ran = shop.run("--batch", "--detach", *MODEL, "shop", "--top", "1")

    assert ran.code == 0, ran
    (batch,) = ran.json["batches"]
    assert (batch["state"], batch["requests"]) == ("handed_in", 2)
    assert sorted(ran.targets) == ["bonus", "discount"]
    assert "behind the first 1" in ran.err

from __future__ import annotations

from dataclasses import replace

import pytest

from greenline.cli import console
from greenline.cli.batch_view import is_good, print_report, report_json
from greenline.domain.asking.batches import BatchRecord, BatchRequest
from greenline.services.batch_report import BatchReport

FIRST = BatchRequest("k1", "shop/fees.py::fee", "abc", 0.25)
AGAIN = replace(FIRST, earlier=(("msgbatch_1", "k0"),))
TO = ".. 1 request handed in to claude-m at https://here"
RECORD = BatchRecord("r1", "/home/me/shop", "https://here", "claude-m", 100.0, (FIRST,), name="msgbatch_2")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            BatchReport(RECORD, "handed_in", usual=0.05),
            f"{TO}: batch msgbatch_2, about $0.05, at most $0.25, which is half the usual price.\n",
        ),
        (
            BatchReport(replace(RECORD, requests=(replace(AGAIN, dollars=None),)), "handed_in"),
            f"{TO}, with what failed: batch msgbatch_2, at a price that is not known.\n",
        ),
        (
            BatchReport(RECORD, "collected", failed=1, dollars=0.0, problems=(("shop/fees.py::fee", "It expired."),)),
            "ok Batch msgbatch_2: 0 of 1 answered, $0.00.\n    shop/fees.py::fee: It expired.\n",
        ),
        (BatchReport(replace(RECORD, name=""), "unknown", "Nobody knows."), "! A batch of 1 request: Nobody knows.\n"),
        (
            BatchReport(replace(RECORD, requests=(), name=""), "refused", "The day is spent."),
            "X No batch was handed in: The day is spent.\n",
        ),
    ],
)
def test_what_became_of_a_batch_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, report: BatchReport, said: str
) -> None:
    monkeypatch.setattr("rich.console.Console.encoding", "ascii")
    print_report(console.out(), report)
    assert capsys.readouterr().out == said


def test_what_got_no_answer_is_not_good() -> None:
    assert is_good(BatchReport(RECORD, "collected"))
    assert is_good(BatchReport(RECORD, "waiting"))
    assert not is_good(BatchReport(RECORD, "collected", problems=(("f", "It expired."),)))
    assert not is_good(BatchReport(RECORD, "elsewhere"))


def test_programs_get_names_numbers_and_the_round() -> None:
    told = report_json(BatchReport(replace(RECORD, requests=(AGAIN,), name=""), "unknown", "Nobody knows."))
    assert (told["batch"], told["state"], told["round"]) == (None, "unknown", 2)
    assert (told["requests"], told["most_dollars"], told["targets"]) == (1, 0.25, ["shop/fees.py::fee"])

from __future__ import annotations

from pathlib import Path

from greenline.domain.code.call_sites import Caller, Seen
from greenline.domain.code.model import Target
from greenline.domain.code.read_module import read_module
from greenline.ports.tests import CallsSeen, TestReport, TestRun
from greenline.services.find_seeds import Seeds, join_seeds
from unit.services.generation_world import World

MODULE, _ = read_module("def f(a, b: int, c=None): ...\n\n@deco\ndef g(): ...\n")


def test_what_is_written_comes_before_what_ran() -> None:
    written = {"f": Seen(["f('x', 1)"], {"a": ["str"]})}
    ran = [
        CallsSeen(1, ("f('y', 2)", "f('x', 1)"), {"a": ("bytes", "str"), "b": ("bool",), "c": ("list[int]",)}),
        CallsSeen(3, ("g()",)),
        CallsSeen(99, ("gone()",)),
    ]
    assert join_seeds(MODULE, written, ran) == {
        "f": Seeds(("f('x', 1)", "f('y', 2)"), {"a": "str | bytes", "c": "list[int]"}),
        "g": Seeds(("g()",), {}),
    }


async def test_seeds_of_call_sites_and_of_the_tests_reach_the_engine(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.tests.write_text("from shop import sign\ndef test_sign_minus():\n    sign(-77)\n")
    world.callers = [Caller("from shop import sign\nsign(40)\n", "use")]

    def first(run: TestRun, number: int) -> TestReport | None:
        if number:
            return None
        assert run.record_calls
        return TestReport(calls={world.source: (CallsSeen(1, ("sign(-77)",), {"number": ("int",)}),)})

    world.during = first
    await world.generate(Target(world.source))

    seeds = {a.function.qualname: (a.examples, a.hints) for a in world.explored}
    assert seeds == {"sign": (("sign(40)", "sign(-77)"), {"number": "int"}), "twice": ((), {})}
    assert [run.record_calls for run in world.runs] == [True]

from __future__ import annotations

from greenline.ports.progress import Share


class Steps:
    def __init__(self) -> None:
        self.seen: list[tuple[str, float | None]] = []

    def step(self, message: str, fraction: float | None = None) -> None:
        self.seen.append((message, fraction))


def test_a_share_counts_within_its_part_of_the_job() -> None:
    steps = Steps()
    share = Share(steps, 0.5, 0.75)
    share.step("a")
    share.step("b", 0.0)
    share.step("c", 0.5)
    share.step("d", 2.0)

    assert steps.seen == [("a", None), ("b", 0.5), ("c", 0.625), ("d", 0.75)]


def test_two_runs_that_share_a_part_never_go_back() -> None:
    steps = Steps()
    share = Share(Share(steps, 0.5, 1.0), 0.0, 0.5)
    for fraction in (0.0, 0.8, 0.2, 1.0, 0.4):
        share.step("running", fraction)

    assert [fraction for _, fraction in steps.seen] == [0.5, 0.7, 0.7, 0.75, 0.75]

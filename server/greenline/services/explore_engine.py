"""The explore engine: what is missing goes to the explorer, what it found becomes candidates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenline.domain.code.regions import tested_lines
from greenline.domain.generation.max_examples import Amounts
from greenline.domain.generation.model import Proposal, Strength
from greenline.domain.generation.properties import render_properties
from greenline.domain.generation.render import render_cases
from greenline.ports.explorer import Expedition

if TYPE_CHECKING:
    from greenline.ports.engine import Assignment
    from greenline.ports.explorer import Explorer
    from greenline.ports.progress import Progress


class ExploreEngine:
    """Proposes tests from observed calls; needs no key and no network."""

    name = "explore"

    def __init__(self, explorer: Explorer, amounts: Amounts = Amounts()) -> None:  # noqa: B008 - frozen
        self._explorer = explorer
        self._amounts = amounts

    async def propose(self, assignment: Assignment, progress: Progress) -> Proposal:
        """Return candidates for what is missing of the function, or the reason why there are none."""
        before, function = assignment.before, assignment.function
        own = tested_lines(function, assignment.module)
        progress.step(f"Exploring `{function.qualname}`")
        exploration = await self._explorer.explore(
            Expedition(
                project=assignment.project,
                interpreter=assignment.interpreter,
                path=assignment.path,
                module_name=assignment.module_name,
                qualname=function.qualname,
                lines=before.missing & own,
                branches=_missing_branches(assignment, own),
                first_line=before.statements.first_line,
                seconds=assignment.seconds,
                unsaved=assignment.unsaved,
                examples=assignment.examples,
                hints=assignment.hints,
                makers=assignment.lessons.makers,
            ),
            progress,
        )
        candidates = render_cases(
            exploration.cases, function, assignment.text, before.statements.first_line, assignment.taken_names
        )
        taken = assignment.taken_names | {candidate.name for candidate in candidates}
        candidates += render_properties(exploration.properties, taken, self._amounts, assignment.lessons.profile)
        return Proposal(
            engine=self.name,
            candidates=candidates,
            reason=exploration.reason,
            not_testable=not candidates and not exploration.failed,
            observations=exploration.calls,
            suspected_bugs=exploration.suspected_bugs,
            strength=Strength(exploration.mutants, exploration.killed) if exploration.mutants else None,
            cases=exploration.cases,
            hindered=exploration.hindered,
            refused=exploration.refused,
            survivors=exploration.survivors,
            unnoticed=exploration.unnoticed,
            reach=exploration.reach,
        )


def _missing_branches(assignment: Assignment, own: frozenset[int]) -> frozenset[tuple[int, int]]:
    """Return branches that no test takes: those that the map names, and all of lines that never ran."""
    before = assignment.before
    unseen = frozenset(
        (line, end)
        for line, ends in before.statements.branches.items()
        if line in before.missing or not before.branches_known
        for end in ends
    )
    return frozenset(arc for arc in before.missing_branches | unseen if arc[0] in own)

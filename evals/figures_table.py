"""The figures as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from target_figures import About, Figures, Reached, Total, total_of

from greenline.domain.asking.prices import in_dollars

_HEAD = (
    "| target | proposed | passed | kept | not kept | lines | branches | mutants | requests | tokens in "
    "| of them cached | tokens out | cost | s |\n"
    "| --- | --: | --: | --: | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |"
)


def table(about: About, figures: Sequence[Figures], asides: Sequence[str] = ()) -> str:
    """Return the whole report; ``asides`` are further sentences."""
    whole = total_of(figures)
    parts = [
        f"# {about.model}, {about.date}",
        _how(about, figures),
        "\n".join([_HEAD, *map(_row, figures), _sum_row(whole)]),
        _said(about, whole),
        *asides,
        _notes(figures),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _how(about: About, figures: Sequence[Figures]) -> str:
    prompts = sorted({version for each in figures for version in each.prompts}) or ["none"]
    answered = sorted({name for each in figures for name in each.models} - {about.model})
    also = f" {', '.join(answered)} answered as well." if answered else ""
    return (
        f"Greenline {about.greenline}, engine `{about.engine}`, prompts {', '.join(prompts)}, {about.python}, load "
        f"{about.load:.1f}.{also}"
    )


def _row(each: Figures) -> str:
    reasons = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in each.not_kept.items())
    cost = "?" if each.dollars is None else in_dollars(each.dollars)
    sent = each.usage.total - each.usage.output
    cells = (
        f"`{each.name}`", each.proposed, each.passed, each.kept, reasons, _of(each.lines), _of(each.branches),
        _of(each.mutants), each.requests, f"{sent:,}", f"{each.usage.cache_read:,}", f"{each.usage.output:,}", cost,
        f"{each.seconds:.0f}",
    )  # fmt: skip
    return _line(cells)


def _sum_row(whole: Total) -> str:
    reasons = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in whole.not_kept.items())
    sent = whole.usage.total - whole.usage.output
    name = f"**{whole.targets} target{'s' if whole.targets != 1 else ''}**"
    cells = (
        name, whole.proposed, whole.passed, whole.kept, reasons, _of(whole.lines),
        _of(whole.branches), _of(whole.mutants), whole.requests, f"{sent:,}", f"{whole.usage.cache_read:,}",
        f"{whole.usage.output:,}", _money(whole), f"{whole.seconds:.0f}",
    )  # fmt: skip
    return _line(cells)


def _line(cells: Sequence[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _money(whole: Total) -> str:
    if whole.unpriced == whole.targets and whole.targets:
        return "not known"
    return in_dollars(whole.dollars) + (f" + {whole.unpriced} of unknown price" if whole.unpriced else "")


def _of(reached: Reached) -> str:
    return f"{reached.before} -> {reached.after} of {reached.all}" if reached.all else ""


def _said(about: About, whole: Total) -> str:
    before = "nothing" if about.engine == "model" else "exploring alone"
    passed, kept = _percent(whole.passed, whole.proposed), _percent(whole.kept, whole.proposed)
    reached = ", ".join(
        f"{what} {_points(of)}"
        for what, of in (("lines", whole.lines), ("branches", whole.branches), ("mutants noticed", whole.mutants))
    )
    sentences = [
        f"Of the tests that were proposed, {passed} passed and {kept} were kept.",
        f"{whole.confirmed} of {whole.targets} targets got one.",
        f"Of the targets' own code, before ({before}) and after: {reached}.",
    ]
    if whole.targets and not whole.unpriced:
        each = f"; {in_dollars(whole.dollars / whole.kept)} for each test that was kept" if whole.kept else ""
        sentences.append(
            f"A target took {whole.requests / whole.targets:.1f} requests, {in_dollars(whole.dollars / whole.targets)} "
            f"and {whole.seconds / whole.targets:.0f} s in the mean{each}."
        )
    if whole.unsteady:
        sentences.append(f"{whole.unsteady} tests failed in a rerun, in another order or under another hash seed.")
    return " ".join(sentences)


def _points(reached: Reached) -> str:
    return f"{_percent(reached.before, reached.all)} -> {_percent(reached.after, reached.all)}"


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "none"


def _notes(figures: Sequence[Figures]) -> str:
    lines = [f"- `{each.name}`: {' '.join(each.notes)}" for each in figures if each.notes]
    return "\n".join(["What was said:\n", *lines]) if lines else ""

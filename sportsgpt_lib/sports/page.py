"""The page of a movement in ``docs/movements``, generated from its folder.

``python -m sportsgpt_lib.sports.page`` in the checkout writes the pages anew; a test
keeps the committed pages equal to the generated ones.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from sportsgpt_lib.sports.definition import (
    OWN_RECORDS,
    Indicator,
    Issue,
    LimitingCondition,
    LimitSource,
    Movement,
    Source,
    Target,
    View,
)
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.number_format import format_quantity, format_range
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY, compute_view_reach
from sportsgpt_lib.sports.rule_wording import describe_rule

PAGES_FOLDER = Path("docs") / "movements"


def build_page(movement: Movement) -> str:
    """Build a movement's Markdown page: what is measured, from where, and why."""
    parts = [
        f"# {movement.title}",
        f"Generated from `sportsgpt_lib/sports/{movement.name}` by "
        "`python -m sportsgpt_lib.sports.page`; do not edit. How to read and change "
        "the folder: [sports.md](../sports.md).",
        movement.summary,
        *_list_instants(movement),
        "## Indicators",
        *(_describe_indicator(movement, part) for part in movement.indicators),
        *_list_conditions(movement),
        "## Issues",
        *(_describe_issue(movement, issue) for issue in movement.issues),
        "## Dimensions",
        _build_table(
            ["dimension", "assessed"],
            ([part.title, part.not_assessed or "yes"] for part in movement.dimensions),
        ),
        "## Target models",
        ", ".join(f"`{name}`" for name in movement.references)
        or _word_no_reference(movement),
        "## Sources",
        _list_sources(movement),
    ]
    return "\n\n".join(parts) + "\n"


def _word_no_reference(movement: Movement) -> str:
    """Say how keyframes are found without a target model, or that they are not."""
    unfound = [part.name for part in movement.keyframes if "event" not in part.methods]
    if not unfound:
        return "None: keyframes are found as events."
    names = ", ".join(f"`{name}`" for name in unfound)
    if len(unfound) == len(movement.keyframes):
        return (
            "None yet. No keyframe is found without one: until a target model is "
            "added ([references.md](../references.md)), every indicator is not "
            "measurable, and says so."
        )
    return f"None yet. Without one these keyframes are not found: {names}."


def write_pages(folder: Path) -> list[Path]:
    """Write the page of every movement into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in movement_names():
        path = folder / f"{name}.md"
        path.write_text(build_page(load_movement(name)), encoding="utf-8")
        paths.append(path)
    return paths


def _list_instants(movement: Movement) -> list[str]:
    return [
        "## Keyframes",
        _build_table(
            ["keyframe", "meaning", "side", "found by"],
            (
                [
                    f"{k.title} (`{k.name}`)",
                    k.meaning,
                    ", ".join(k.sides),
                    ", ".join(k.methods),
                ]
                for k in movement.keyframes
            ),
        ),
        "## Phases",
        _build_table(
            ["phase", "meaning", "from", "to"],
            (
                [f"`{p.name}`", p.meaning, f"`{p.start}`", f"`{p.end}`"]
                for p in movement.phases
            ),
        ),
    ]


def _list_sources(movement: Movement) -> str:
    return "\n".join(
        [
            *(f"- `{name}`: {_cite(item)}" for name, item in movement.sources.items()),
            *(
                f"- `{name}`: chosen by this project, see "
                f"[ADR {name.removeprefix('adr_')}](../adr/{file})"
                for name, file in OWN_RECORDS.items()
                if name in _list_own_records(movement)
            ),
        ]
    )


def _list_own_records(movement: Movement) -> set[str]:
    """List the records of ours that the movement's numbers come from."""
    targets = [part.target for part in movement.indicators if part.target is not None]
    shown = [part.not_judged for part in movement.indicators if part.not_judged]
    return {
        movement.own_record,
        *(end.source for target in targets for end in target.limit_sources().values()),
        *(target.tolerance_source for target in targets if target.tolerance_source),
        *(part.source for part in shown),
        *(condition.source for condition in movement.limited_when),
    }


def _build_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _describe_indicator(movement: Movement, indicator: Indicator) -> str:
    views = [*indicator.valid_views] + [
        f"{view} (limited: {reason})"
        for view, reason in indicator.limited_views.items()
    ]
    lines = [
        f"### {indicator.title} (`{indicator.name}`)",
        indicator.meaning,
        f"- Unit: {indicator.unit}",
        f"- Rule: {describe_rule(indicator.rule)}",
        f"- Views: {', '.join(views)}",
    ]
    if indicator.limited_far_leg is not None:
        lines.append(f"- Far leg: limited ({indicator.limited_far_leg})")
    targets = _list_target(movement, indicator)
    return "\n".join([lines[0], "", lines[1], "", *lines[2:], *targets])


def _list_conditions(movement: Movement) -> list[str]:
    if not movement.limited_when:
        return []
    units = {indicator.name: indicator.unit for indicator in movement.indicators}
    rows = []
    for condition in movement.limited_when:
        where = _word_condition(condition, units)
        names = ", ".join(f"`{name}`" for name in condition.limits)
        sources = (condition.source, *condition.support)
        cited = ", ".join(f"`{name}`" for name in sources)
        effect = condition.effect.replace("_", " ")
        rows.append([where, effect, names, condition.reason, cited])
    table = _build_table(["where", "are", "what", "because", "rests on"], rows)
    return ["## When numbers are worth less", table]


def _word_condition(condition: LimitingCondition, units: Mapping[str, str]) -> str:
    if condition.groups:
        return f"the athlete is one of: {', '.join(condition.groups)}"
    if condition.indicator is None:
        return f"fewer than {condition.frame_rate_below_hz:g} frames per second"
    unit = units[condition.indicator]
    limits = (("above", condition.above), ("below", condition.below))
    where = " or ".join(
        f"{word} {format_quantity(limit, unit)}"
        for word, limit in limits
        if limit is not None
    )
    return f"`{condition.indicator}` {where}"


def _list_target(movement: Movement, indicator: Indicator) -> list[str]:
    target = indicator.target
    if target is None:
        return [
            "- Target: none; shown for context, never judged",
            *_list_why(indicator),
        ]
    tolerance = format_quantity(target.tolerance, indicator.unit)
    tolerance_source = target.tolerance_source or movement.own_record
    return [
        f"- Target: {format_range(target.low, target.high, indicator.unit)} "
        f"({_cite_ends(target)})",
        f"- Tolerance: {tolerance} (`{tolerance_source}`)",
        *_list_support(target.support),
        f"- Holds for: {target.holds_for}",
    ]


def _list_why(indicator: Indicator) -> list[str]:
    """Say why an indicator is not judged."""
    shown = indicator.not_judged
    if shown is None:
        return []
    cited = _cite_place(LimitSource(shown.source, shown.locator))
    return [f"- Why: {shown.reason} ({cited})", *_list_support(shown.support)]


def _list_support(support: Sequence[str]) -> list[str]:
    names = ", ".join(f"`{name}`" for name in support)
    return [f"- Rests on: {names}"] if names else []


def _cite_ends(target: Target) -> str:
    """Cite the source of the range, or of each end where they differ."""
    ends = {name: _cite_place(end) for name, end in target.limit_sources().items()}
    if len(set(ends.values())) == 1:
        return next(iter(ends.values()))
    words = {"low": "lower end", "high": "upper end"}
    return "; ".join(f"{words[name]}: {cited}" for name, cited in ends.items())


def _cite_place(end: LimitSource) -> str:
    return f"`{end.source}`" + (f", {end.locator}" if end.locator else "")


def _describe_issue(movement: Movement, issue: Issue) -> str:
    column = movement.issues.index(issue)
    signs = [
        f"{indicator.title} {'above' if weights[column] > 0 else 'below'} target "
        f"({abs(weights[column]):g})"
        for indicator, weights in zip(
            movement.indicators, movement.issue_map, strict=True
        )
        if weights[column] != 0
    ]
    support = ", ".join(f"`{name}`" for name in issue.support)
    lines = [
        f"### {issue.title} (`{issue.name}`)",
        "",
        f"- Shown by: {'; '.join(signs)}",
        f"- Can be reported from: {_list_reporting_views(movement, issue)}",
        f"- Cause: {issue.cause}",
        f"- Consequence: {issue.consequence}",
        f"- Cue: {issue.cue}",
    ]
    return "\n".join([*lines, *([f"- Rests on: {support}"] if support else [])])


def _list_reporting_views(movement: Movement, issue: Issue) -> str:
    """List the views from which an issue can become a finding, or say that none is."""
    reaches = [
        compute_view_reach(movement, issue, view)
        for view in get_args(View)
        if view != "unknown"
    ]
    words = [
        reach.view + (" (several signs together)" if reach.needs_several else "")
        for reach in reaches
        if reach.is_reportable
    ]
    if words:
        return ", ".join(words)
    largest = max(reach.probability for reach in reaches)
    return (
        f"no view; it is listed only. All its signs together reach a probability of "
        f"{largest:.2g}, and a finding needs {REPORTED_PROBABILITY:g}."
    )


def _cite(source: Source) -> str:
    place = ":".join(part for part in (source.published_in, source.pages) if part)
    identity = f", doi:{source.doi}" if source.doi else ""
    identity += f", ISBN {source.isbn}" if source.isbn else ""
    return f"{source.authors} ({source.year}) {source.title}. {place}{identity}."


if __name__ == "__main__":
    write_pages(PAGES_FOLDER)

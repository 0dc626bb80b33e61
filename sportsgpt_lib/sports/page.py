"""The page of a movement in ``docs/movements``, generated from its folder.

``python -m sportsgpt_lib.sports.page`` in the checkout writes the pages anew; a test
keeps the committed pages equal to the generated ones.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from sportsgpt_lib.sports.definition import (
    OWN_CHOICE,
    Indicator,
    Issue,
    Keyframe,
    Movement,
    Source,
)
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.number_format import format_quantity, format_range
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    ChangeBetween,
    Duration,
    DurationShare,
    InPhase,
    Interval,
    Rule,
)

PAGES_FOLDER = Path("docs") / "movements"
_OWN_CHOICE_LINK = "[ADR 0005](../adr/0005-kismam-first-rules.md)"
_SIDES = {"own": "", "mean": ", mean of both sides", "difference": ", left minus right"}


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
        *(_describe_indicator(indicator) for indicator in movement.indicators),
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
        or "None: keyframes are found as events.",
        "## Sources",
        _list_sources(movement),
    ]
    return "\n\n".join(parts) + "\n"


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


def _describe_keyframe(keyframe: Keyframe) -> list[str]:
    title = f"{keyframe.title} (`{keyframe.name}`)"
    sides, methods = ", ".join(keyframe.sides), ", ".join(keyframe.methods)
    return [title, keyframe.meaning, sides, methods]


def _list_sources(movement: Movement) -> str:
    return "\n".join(
        [
            *(f"- `{name}`: {_cite(item)}" for name, item in movement.sources.items()),
            f"- `{OWN_CHOICE}`: chosen by this project, see {_OWN_CHOICE_LINK}",
        ]
    )


def _build_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _describe_indicator(indicator: Indicator) -> str:
    views = [*indicator.valid_views] + [
        f"{view} (limited: {reason})"
        for view, reason in indicator.limited_views.items()
    ]
    lines = [
        f"### {indicator.title} (`{indicator.name}`)",
        indicator.meaning,
        f"- Unit: {indicator.unit}",
        f"- Rule: {_describe_rule(indicator.rule)}",
        f"- Views: {', '.join(views)}",
    ]
    if indicator.limited_far_leg is not None:
        lines.append(f"- Far leg: limited ({indicator.limited_far_leg})")
    return "\n".join([lines[0], "", lines[1], "", *lines[2:], *_list_target(indicator)])


def _list_conditions(movement: Movement) -> list[str]:
    if not movement.limited_when:
        return []
    units = {indicator.name: indicator.unit for indicator in movement.indicators}
    rows = []
    for condition in movement.limited_when:
        unit = units[condition.indicator]
        limits = (("above", condition.above), ("below", condition.below))
        where = " or ".join(
            f"{word} {format_quantity(limit, unit)}"
            for word, limit in limits
            if limit is not None
        )
        names = ", ".join(f"`{name}`" for name in condition.limits)
        sources = (condition.source, *condition.support)
        cited = ", ".join(f"`{name}`" for name in sources)
        rows.append(
            [f"`{condition.indicator}` {where}", names, condition.reason, cited]
        )
    table = _build_table(["where", "limited are", "because", "rests on"], rows)
    return ["## When numbers are worth less", table]


def _list_target(indicator: Indicator) -> list[str]:
    target = indicator.target
    if target is None:
        return ["- Target: none; shown for context, never judged"]
    tolerance = format_quantity(target.tolerance, indicator.unit)
    locator = f", {target.locator}" if target.locator else ""
    support = ", ".join(f"`{name}`" for name in target.support)
    return [
        f"- Target: {format_range(target.low, target.high, indicator.unit)} "
        f"(`{target.source}`{locator})",
        f"- Tolerance: {tolerance} (`{target.tolerance_source}`)",
        *([f"- Rests on: {support}"] if support else []),
        f"- Holds for: {target.holds_for}",
    ]


def _describe_rule(rule: Rule) -> str:
    if isinstance(rule, AtKeyframe):
        return f"`{rule.quantity}` at `{rule.keyframe}`{_SIDES[rule.sides]}"
    if isinstance(rule, ChangeBetween):
        span = f"`{rule.start}` to `{rule.end}`"
        return f"change of `{rule.quantity}` from {span}{_SIDES[rule.sides]}"
    if isinstance(rule, InPhase):
        kind = rule.measure.removesuffix("_in_phase")
        return f"{kind} of `{rule.quantity}` over `{rule.phase}`{_SIDES[rule.sides]}"
    if isinstance(rule, Duration):
        return f"time from {_describe_interval((rule.start, rule.end))}"
    if isinstance(rule, DurationShare):
        parts = " plus ".join(_describe_interval(part) for part in rule.parts)
        return f"{parts}, as a share of {_describe_interval(rule.whole)}"
    first, second = _describe_interval(rule.first), _describe_interval(rule.second)
    return f"symmetry index of {first} and {second}"


def _describe_interval(interval: Interval) -> str:
    return f"`{interval[0]}` to `{interval[1]}`"


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
        f"- Cause: {issue.cause}",
        f"- Consequence: {issue.consequence}",
        f"- Cue: {issue.cue}",
    ]
    return "\n".join([*lines, *([f"- Rests on: {support}"] if support else [])])


def _cite(source: Source) -> str:
    place = ":".join(part for part in (source.published_in, source.pages) if part)
    identity = f", doi:{source.doi}" if source.doi else ""
    identity += f", ISBN {source.isbn}" if source.isbn else ""
    return f"{source.authors} ({source.year}) {source.title}. {place}{identity}."


if __name__ == "__main__":
    write_pages(PAGES_FOLDER)

"""The season of one team as an HTML page, as of one training day.

A first and a latest session are set side by side only where view, frame rate, pose
model and movement definition stayed the same; elsewhere the page says what changed,
draws no trend, and tells the change since then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from sportsgpt_lib.reporting.anchors import build_anchor
from sportsgpt_lib.reporting.page_rows import PageRows, Row, group_rows
from sportsgpt_lib.reporting.page_templates import render_page
from sportsgpt_lib.reporting.target_bar import draw_change
from sportsgpt_lib.reporting.wording import write_day, write_name, write_quantity
from sportsgpt_lib.sports.definition import Movement

_TEMPLATE = "season.html.j2"
_TABLE = "season_reports"
# One session has no course over time.
_FEWEST_SESSIONS = 2


@dataclass(frozen=True)
class SeasonLine:
    """One indicator over the season; ``change`` None = not to be compared.

    ``judgement`` says whether it is more than error; None = the error is not known.
    ``trend_break`` says that view, rate, network or definition changed in between,
    and which sessions are measured alike; None = they never changed.
    """

    title: str
    median: str
    first: str
    latest: str
    change: str | None
    judgement: str | None
    picture: Markup | None
    sessions: int
    repetitions: int
    note: str | None
    trend_break: str | None


@dataclass(frozen=True)
class SeasonGroup:
    """One athlete's, or the whole team's, movement.

    ``trend_break`` and ``note`` hold what all lines say; None = they differ.
    """

    anchor: str
    title: str
    movement: str
    lines: tuple[SeasonLine, ...]
    trend_break: str | None
    note: str | None


def render_season_page(
    team_id: str, rows: pl.DataFrame, movements: Mapping[str, Movement] | None = None
) -> str:
    """Render the season page of a team.

    Parameters
    ----------
    team_id
        The team's pseudonym.
    rows
        Rows of ``season_reports`` of one day.
    movements
        Movement definitions by name, for the indicators' titles.

    Returns
    -------
    A whole HTML document.
    """
    all_rows = PageRows({_TABLE: rows}).select(_TABLE, team_id=team_id)
    groups = [
        _build_group(group, movements or {})
        for _, group in sorted(
            group_rows(all_rows, _order_of_group).items(), key=lambda item: item[0]
        )
    ]
    days = sorted({row["session_day"] for row in all_rows})
    return render_page(
        _TEMPLATE,
        team_id=team_id,
        seasons=sorted({row["season"] for row in all_rows}),
        day=write_day(days[-1]) if days else None,
        groups=groups,
        broken_count=sum(not row["is_comparable"] for row in all_rows),
        line_count=len(all_rows),
        course_count=sum(row["session_count"] >= _FEWEST_SESSIONS for row in all_rows),
    )


def _order_of_group(row: Row) -> tuple[bool, str, str, str]:
    """Put the team before its athletes."""
    return row["scope"] != "team", row["season"], row["athlete_id"], row["movement"]


def _build_group(rows: Sequence[Row], movements: Mapping[str, Movement]) -> SeasonGroup:
    first = rows[0]
    whole_team = first["scope"] == "team"
    title = "Whole team" if whole_team else first["athlete_id"]
    definition = movements.get(first["movement"])
    titles = (
        {part.name: part.title for part in definition.indicators} if definition else {}
    )
    order = {name: place for place, name in enumerate(titles)}
    lines = tuple(
        _build_line(row, titles.get(row["indicator"], write_name(row["indicator"])))
        for row in sorted(rows, key=lambda row: order.get(row["indicator"], len(order)))
    )
    breaks = {(line.trend_break, line.note) for line in lines}
    trend_break, note = breaks.pop() if len(breaks) == 1 else (None, None)
    return SeasonGroup(
        build_anchor("season", first["season"], title, first["movement"]),
        title,
        definition.title if definition else write_name(first["movement"]),
        lines,
        trend_break,
        note,
    )


def _build_line(row: Row, title: str) -> SeasonLine:
    unit = row["unit"]
    first, latest = row["first_session_median"], row["latest_session_median"]
    is_course = (
        row["is_comparable"]
        and row["session_count"] >= _FEWEST_SESSIONS
        and first is not None
        and latest is not None
    )
    return SeasonLine(
        title=title,
        median=_write(row["median"], unit),
        first=_write(first, unit),
        latest=_write(latest, unit),
        change=_write_change(latest - first, unit) if is_course else None,
        judgement=_judge(row) if is_course else None,
        picture=draw_change(first, latest, unit) if is_course else None,
        sessions=row["session_count"],
        repetitions=row["repetition_count"],
        note=_explain(row, is_course=is_course),
        trend_break=_describe_break(row),
    )


def _describe_break(row: Row) -> str | None:
    if row["is_comparable"]:
        return None
    alike, since = row["comparable_session_count"], row["comparable_since_day"]
    if not alike or since is None:
        return "Trend broken"
    if alike == 1:
        return (
            "Trend broken: no earlier session is measured like the latest, "
            f"of {write_day(since)}"
        )
    return (
        f"Trend broken: {alike} of {row['session_count']} sessions are measured like "
        f"the latest, the first on {write_day(since)}"
    )


def _explain(row: Row, *, is_course: bool) -> str | None:
    if is_course:
        return None
    if not row["is_comparable"]:
        why = row["comparability_note"] or "something changed between the sessions"
        return "; ".join(filter(None, [why, _describe_new_trend(row)]))
    if row["session_count"] < _FEWEST_SESSIONS:
        return "one session has no course over time"
    return "a session has no measured value"


def _describe_new_trend(row: Row) -> str | None:
    """Describe the change since the trend started anew; None = one session since."""
    if row["change"] is None:
        return None
    since = write_day(row["comparable_since_day"])
    change = _write_change(row["change"], row["unit"])
    words = filter(None, [f"since {since}, measured alike: {change}", _judge(row)])
    return ", ".join(words)


def _judge(row: Row) -> str | None:
    """Say whether the change is more than its error, from which size on it would be."""
    words = {
        "beyond_error": "more than its error",
        "within_error": "may be error",
    }.get(row["change_verdict"])
    if words is None:
        return None
    detectable = write_quantity(row["minimal_detectable_change"], row["unit"])
    return f"{words}: detectable from {detectable} on"


def _write(value: float | None, unit: str) -> str:
    return "–" if value is None else write_quantity(value, unit)


def _write_change(change: float, unit: str) -> str:
    sign = "+" if change > 0 else ""
    return f"{sign}{write_quantity(change, unit)}"

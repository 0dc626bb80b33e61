"""The session report as one HTML page: one team, one training day.

It reads without scripts and without a network. What was found lies in the rows; this
module only puts it in order, the failures first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath

import polars as pl

from sportsgpt_lib.athlete_groups import describe_unknown_groups
from sportsgpt_lib.reporting.alignment_views import AlignmentView
from sportsgpt_lib.reporting.athlete_view import AthleteView, build_athlete
from sportsgpt_lib.reporting.figures import FigureShelf, PagePicture, quote_file
from sportsgpt_lib.reporting.page_rows import PageRows, Row, group_rows
from sportsgpt_lib.reporting.page_templates import render_page
from sportsgpt_lib.reporting.pose_trust import (
    PoseTrustView,
    TrustMaterial,
    build_pose_trust,
)
from sportsgpt_lib.reporting.wording import write_day, write_name
from sportsgpt_lib.sports.definition import Movement

_TEMPLATE = "session.html.j2"
_WORST_FIRST = ("REJECT", "QUARANTINE", "WARN", "PASS")
_STOPPING = ("REJECT", "QUARANTINE")


@dataclass(frozen=True)
class SessionPageData:
    """All that the session page shows.

    Parameters
    ----------
    team_id, session_day
        The partition.
    tables
        Rows by table name: ``recordings``, ``quality_verdicts``, ``keyframes``,
        ``kismam_metrics``, ``findings``, ``technique_scores``, ``guidance_reports``.
        A table that is missing counts as empty.
    completed_count, handed_in_count
        How many recordings came through, of how many.
    pictures
        Keyframe pictures, inside the page or as files beside it.
    overlays
        Paths of the overlay videos relative to the page, by the clip's SHA-256.
    movements
        Movement definitions by name, for titles, meanings and the sources of targets.
    trust
        What says how far each recording's pose can be trusted; None = nothing does.
    alignments
        Pictures of how the keyframes were found, by recording.
    plan_sheets
        Files beside the page with an athlete's plan to print, by athlete.
    """

    team_id: str
    session_day: date
    tables: Mapping[str, pl.DataFrame]
    completed_count: int
    handed_in_count: int
    pictures: Sequence[PagePicture] = ()
    overlays: Mapping[str, str] = field(default_factory=dict)
    movements: Mapping[str, Movement] = field(default_factory=dict)
    trust: TrustMaterial | None = None
    alignments: Mapping[str, AlignmentView] = field(default_factory=dict)
    plan_sheets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class VerdictView:
    """One judgement on a clip or recording; ``fix`` says what to do."""

    word: str
    clip_file: str
    athlete_id: str | None
    stage: str
    reason: str
    fix: str


def render_session_page(data: SessionPageData) -> str:
    """Render the session report.

    Parameters
    ----------
    data
        Rows, pictures and definitions of one team and day.

    Returns
    -------
    A whole HTML document. Names, file names and retrieved text appear as text, whatever
    they hold.
    """
    rows = PageRows(data.tables)
    shelf = FigureShelf(data.pictures)
    athletes = [
        replace(
            build_athlete(name, rows, shelf, data.movements, data.overlays),
            plan_sheet=_link_sheet(data.plan_sheets.get(name)),
        )
        for name in rows.list_athletes()
    ]
    verdicts = rows.select("quality_verdicts")
    problems = [_view_verdict(row) for row in verdicts if row["verdict"] != "PASS"]
    problems.sort(key=lambda view: _WORST_FIRST.index(view.word))
    trust = _build_trust(rows, data.trust)
    return render_page(
        _TEMPLATE,
        team_id=data.team_id,
        day=write_day(data.session_day),
        iso_day=data.session_day.isoformat(),
        completed_count=data.completed_count,
        handed_in_count=data.handed_in_count,
        counts=_count_processed(rows),
        stopped=[view for view in problems if view.word in _STOPPING],
        warned=[view for view in problems if view.word not in _STOPPING],
        passed_files=_list_passed(verdicts),
        athletes=athletes,
        trust=trust,
        alignments=data.alignments,
        unjudged=_list_unjudged(trust, athletes),
        group_note=describe_unknown_groups(_list_ungrouped(rows)),
    )


def _link_sheet(file_name: str | None) -> str | None:
    return None if file_name is None else quote_file(PurePosixPath(file_name))


def _list_ungrouped(rows: PageRows) -> list[str]:
    """List the athletes under study of whom no group is known."""
    recordings = rows.select("recordings", role="athlete")
    known = {row["athlete_id"] for row in recordings if row["athlete_groups"]}
    return sorted({row["athlete_id"] for row in recordings} - known)


def _build_trust(
    rows: PageRows, material: TrustMaterial | None
) -> dict[str, PoseTrustView]:
    """Answer for every recording whose clip could be opened."""
    if material is None:
        return {}
    return {
        row["recording_id"]: build_pose_trust(row, material)
        for row in rows.select("recordings")
        if row["verdict"] not in _STOPPING
    }


def _list_unjudged(
    trust: Mapping[str, PoseTrustView], athletes: Sequence[AthleteView]
) -> list[PoseTrustView]:
    """List the answers that no athlete's section shows."""
    shown = {
        recording.recording_id
        for athlete in athletes
        for movement in athlete.movements
        for recording in movement.recordings
    }
    return [view for name, view in trust.items() if name not in shown]


def _view_verdict(row: Row) -> VerdictView:
    return VerdictView(
        word=row["verdict"],
        clip_file=row["clip_file"],
        athlete_id=row["athlete_id"],
        stage=write_name(row["stage"]),
        reason=row["reason"] or write_name(row["reason_code"] or "no reason given"),
        fix=row["fix"] or "–",
    )


def _list_passed(verdicts: list[Row]) -> list[str]:
    """List the files on which every stage said PASS."""
    by_file = group_rows(verdicts, lambda row: row["clip_file"])
    return sorted(
        clip_file
        for clip_file, rows in by_file.items()
        if all(row["verdict"] == "PASS" for row in rows)
    )


def _count_processed(rows: PageRows) -> list[tuple[int, str]]:
    """Count what the page reports on, each with its word in the right number."""
    recordings = rows.select("recordings")
    repetitions = {
        (row["recording_id"], row["repetition_idx"])
        for row in rows.select("technique_scores")
    }
    reported = [row for row in rows.select("findings") if row["is_reported"]]
    issues = {(row["athlete_id"], row["movement"], row["issue"]) for row in reported}
    counts = (
        (len({row["clip_file"] for row in recordings}), "clip", "clips"),
        (len(rows.list_athletes()), "athlete", "athletes"),
        (len(repetitions), "repetition judged", "repetitions judged"),
        (len(issues), "finding", "findings"),
    )
    return [(count, one if count == 1 else many) for count, one, many in counts]

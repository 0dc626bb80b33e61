"""Can this pose be trusted? What the pose stages said of one recording, for the page.

Verdicts, measures with their limits, repairs, scale, and who was taken for the athlete:
all of it from rows, put into words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from sportsgpt_lib.reporting.anchors import build_anchor
from sportsgpt_lib.reporting.figures import quote_file
from sportsgpt_lib.reporting.measure_views import (
    MeasureView,
    view_measure,
    write_value,
)
from sportsgpt_lib.reporting.page_rows import PageRows, Row
from sportsgpt_lib.reporting.repair_views import (
    RepairView,
    describe_repaired,
    summarise_repairs,
)
from sportsgpt_lib.reporting.wording import write_name, write_percent

POSE_STAGES = ("pose_tracks", "athlete_poses")
_WORST_FIRST = ("REJECT", "QUARANTINE", "WARN", "PASS")
_SCALE_WORDS = {
    "calibration_object": "from the calibration object",
    "known_distance": "from a known distance",
    "athlete_height": "from the athlete's stated height",
}
_ROLL_WORDS = {
    "plumb_object": "from a plumb object",
    "floor_line": "from the floor line, taken as level",
}
_CAMERA_WORDS = {None: "could not be told whether it stood", False: "stood"}


@dataclass(frozen=True)
class AuditPicture:
    """A picture file beside the page; ``words`` say what is to be seen."""

    file: PurePosixPath
    words: str
    width_px: int
    height_px: int

    @property
    def address(self) -> str:
        """What the page's ``src`` holds."""
        return quote_file(self.file)


@dataclass(frozen=True)
class PoseAudit:
    """What a person can look at of one recording, besides the overlay."""

    sheet: AuditPicture | None = None
    plots: tuple[AuditPicture, ...] = ()
    no_sheet_reason: str | None = None


@dataclass(frozen=True)
class StageVerdictView:
    """What one pose stage said."""

    stage: str
    word: str
    reason: str
    fix: str | None


@dataclass(frozen=True)
class PoseTrustView:
    """One recording's answer; ``word`` is the worst verdict of its pose stages."""

    recording_id: str
    anchor: str
    title: str
    athlete_id: str
    is_exemplar: bool
    word: str
    verdicts: tuple[StageVerdictView, ...]
    measures: tuple[MeasureView, ...]
    repairs: tuple[RepairView, ...]
    repaired: str
    facts: tuple[tuple[str, str], ...]
    audit: PoseAudit


@dataclass(frozen=True)
class TrustMaterial:
    """What the views are built from.

    Parameters
    ----------
    rows
        ``quality_verdicts``, ``pose_quality``, ``pose_repairs`` and ``camera_geometry``
        of all recordings, stopped ones too.
    audits
        Pictures by recording.
    people
        How many persons were tracked in each clip, by its SHA-256.
    taken
        Tracks that were taken for the athlete, by recording.
    """

    rows: PageRows
    audits: Mapping[str, PoseAudit] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    taken: Mapping[str, Sequence[int]] = field(default_factory=dict)


def build_pose_trust(recording: Row, material: TrustMaterial) -> PoseTrustView:
    """Build the answer for one row of ``recordings``."""
    recording_id = recording["recording_id"]
    rows = material.rows
    verdicts = [
        row
        for stage in POSE_STAGES
        for row in rows.select("quality_verdicts", subject_id=recording_id, stage=stage)
    ]
    measures = sorted(
        rows.select("pose_quality", recording_id=recording_id),
        key=lambda row: _WORST_FIRST.index(row["verdict"]),
    )
    words = [row["verdict"] for row in verdicts] or ["PASS"]
    repairs = rows.select("pose_repairs", recording_id=recording_id)
    return PoseTrustView(
        recording_id=recording_id,
        anchor=build_anchor("pose", recording_id),
        title=recording["clip_file"],
        athlete_id=recording["athlete_id"],
        is_exemplar=recording["role"] == "reference",
        word=min(words, key=_WORST_FIRST.index),
        verdicts=tuple(_view_verdict(row) for row in verdicts),
        measures=tuple(view_measure(row) for row in measures),
        repairs=summarise_repairs(repairs),
        repaired=describe_repaired(repairs),
        facts=(
            ("Athlete", _describe_athlete(recording, measures, material)),
            *_describe_camera(
                rows.select("camera_geometry", recording_id=recording_id)
            ),
        ),
        audit=material.audits.get(recording_id, PoseAudit()),
    )


def _view_verdict(row: Row) -> StageVerdictView:
    reason = row["reason"] or write_name(row["reason_code"] or "nothing to remark")
    return StageVerdictView(
        write_name(row["stage"]), row["verdict"], reason, row["fix"]
    )


def _describe_athlete(
    recording: Row, measures: Sequence[Row], material: TrustMaterial
) -> str:
    people = material.people.get(recording["clip_sha256"], 0)
    crowd = f"{people} {'person' if people == 1 else 'people'} tracked in the clip"
    tracks = material.taken.get(recording["recording_id"], ())
    if not tracks:
        return f"nobody could be taken for the athlete; {crowd}"
    named = " and ".join(f"person {track}" for track in tracks)
    margin = next((row for row in measures if row["measure"] == "athlete_margin"), None)
    if margin is None or margin["value"] is None:
        return f"{named} of {crowd}; nobody else came into question"
    return f"{named} of {crowd}; lead over the next {write_value(margin)}"


def _describe_camera(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    if not rows:
        return ()
    (row,) = rows
    return (
        ("Scale", _describe_scale(row)),
        ("Camera", _describe_motion(row)),
        ("Camera roll", _describe_roll(row)),
        ("Floor line", _describe_floor(row)),
    )


def _describe_scale(row: Row) -> str:
    reason = row["scale_reason"]
    if row["scale_m_per_px"] is None:
        return f"not known: {reason or 'nothing of known length'}; no value in metres"
    error = row["scale_error_ratio"]
    parts = [
        f"{1000 * row['scale_m_per_px']:.2f} mm/px",
        f"± {write_percent(error)}" if error is not None else "error not known",
        _SCALE_WORDS.get(row["scale_method"], write_name(row["scale_method"])),
    ]
    words = " ".join(parts)
    return f"{words}; {reason}" if reason else words


def _describe_motion(row: Row) -> str:
    words = _CAMERA_WORDS.get(row["is_camera_moving"])
    if words is not None:
        return words
    speed = abs(row["camera_speed_body_heights_s"])
    return f"moved: standing feet moved at {speed:.2f} body heights a second"


def _describe_roll(row: Row) -> str:
    if row["camera_roll_deg"] is None:
        return "not known"
    method = _ROLL_WORDS.get(row["roll_method"], write_name(row["roll_method"]))
    return (
        f"{_with_error(row, 'camera_roll_deg', 'camera_roll_error_deg', '°')} {method}"
    )


def _describe_floor(row: Row) -> str:
    if row["floor_level_px"] is None:
        return "no foot was seen standing"
    level = _with_error(row, "floor_level_px", "floor_error_px", " px")
    slope = row["floor_slope_deg"] or 0.0
    return f"{level} down at the left edge, slope {slope:.1f}°".replace("-", "−")


def _with_error(row: Row, value: str, error: str, sign: str) -> str:
    known = row[error]
    spread = f" ± {known:.1f}" if known is not None else ""
    return f"{row[value]:.1f}{spread}{sign}".replace("-", "−")

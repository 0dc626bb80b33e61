"""Writes what people look at for one partition: page, overlay videos, contact sheets.

The page appears last, whole, and names only files that are there. What is unchanged
since the last time is not made again.
"""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.errors import ReportVersionError
from sportsgpt_lib.guidance.report_versions import read_report
from sportsgpt_lib.reporting.alignment_views import AlignmentView
from sportsgpt_lib.reporting.face_finder import FaceFinder, MediapipeFaceFinder
from sportsgpt_lib.reporting.figures import PagePicture
from sportsgpt_lib.reporting.plan_sheet import name_plan_sheet, render_plan_sheet
from sportsgpt_lib.reporting.pose_trust import PoseAudit, TrustMaterial
from sportsgpt_lib.reporting.season_page import render_season_page
from sportsgpt_lib.reporting.session_page import SessionPageData, render_session_page
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import find_unusable_movements, load_movement
from sportsgpt_lib.stages.alignment_pictures import PATTERNS as ALIGNMENT_PATTERNS
from sportsgpt_lib.stages.alignment_pictures import AlignmentFolder
from sportsgpt_lib.stages.clip_media_folder import PATTERNS as MEDIA_PATTERNS
from sportsgpt_lib.stages.clip_media_folder import (
    ClipMediaFolder,
    compute_clip_key,
)
from sportsgpt_lib.stages.evidence_pictures import list_wanted
from sportsgpt_lib.stages.publishing import (
    drop_recordings,
    find_stopped_recordings,
    measure_completeness,
    select_published,
)
from sportsgpt_lib.stages.runner import compute_rows_sha256
from sportsgpt_lib.stages.session_audit import PATTERNS as AUDIT_PATTERNS
from sportsgpt_lib.stages.session_audit import (
    AuditFolder,
    build_trust_material,
    load_audit_tables,
)
from sportsgpt_lib.stages.session_media import (
    ClipWork,
    SessionClipMedia,
    list_evidence,
)
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import (
    COACH_FEEDBACK,
    JOINT_KINEMATICS,
    POSE_TRACKS,
)
from sportsgpt_lib.target_models.library import (
    PACKAGED_REFERENCES,
    ReferenceLibrary,
)

CODE_VERSION = "9"
SESSION_PAGE = "index.html"
SEASON_PAGE = "season.html"
_MADE_FROM = ".made-from"
_KEY_DIGITS = 12
_OVERLAY_PATTERNS = ("overlay-*.mp4", ".overlay-*")
_SHEET_PATTERNS = ("plan.*.html",)
_STOPPING = ("QUARANTINE", "REJECT")
_FRAME_BY_FRAME = (
    *("pose_tracks", "athlete_poses", "pose_repairs", "joint_kinematics"),
    *("alignment_costs", "alignment_paths"),
)


@dataclass(frozen=True)
class WrittenPages:
    """What was written; ``was_reused`` = nothing had changed."""

    report: Path
    overlays: tuple[Path, ...]
    picture_count: int
    was_reused: bool


@dataclass(frozen=True)
class SessionPages:
    """Writes the pages of partitions.

    Parameters
    ----------
    lake
        Where the tables are.
    session_folder, report_folder
        Find the folder of the clips and the folder to write to.
    face_finder
        What finds the faces of persons who were not tracked.
    references
        Where the target models are.
    load_feedback
        Loads what coaches answered to a partition's reports; None = nobody is asked.
    """

    lake: Lake
    session_folder: Callable[[PartitionKey], Path]
    report_folder: Callable[[PartitionKey], Path]
    face_finder: FaceFinder = field(default_factory=MediapipeFaceFinder)
    references: ReferenceLibrary = PACKAGED_REFERENCES
    load_feedback: Callable[[PartitionKey], pl.DataFrame] | None = None

    def write(self, partition: PartitionKey) -> WrittenPages:
        """Write the session page, the season page and all that lies beside them."""
        folder = self.report_folder(partition)
        folder.mkdir(parents=True, exist_ok=True)
        tables = self._load_tables(partition)
        key = _compute_key(tables)
        work = self._list_clips(partition, tables["recordings"])
        keys = {clip.sha256: compute_clip_key(clip, tables) for clip in work}
        overlays = {
            clip.sha256: folder / f"overlay-{clip.sha256[:8]}-{keys[clip.sha256]}.mp4"
            for clip in work
            if clip.recordings
        }
        page = folder / SESSION_PAGE
        stamp = folder / _MADE_FROM
        season = folder / SEASON_PAGE
        if _is_made(stamp, key):
            return WrittenPages(page, tuple(overlays.values()), 0, was_reused=True)
        stamp.unlink(missing_ok=True)
        media = ClipMediaFolder(folder, self.face_finder, self.references)
        audit = AuditFolder(folder)
        pictures: list[PagePicture] = []
        audits: dict[str, PoseAudit] = {}
        for clip in work:
            clip_key, overlay = keys[clip.sha256], overlays.get(clip.sha256)
            made = media.make(clip, tables, overlay, clip_key)
            pictures += self._build_pictures(clip, tables, made)
            audits |= {
                row["recording_id"]: audit.write_recording(
                    row, tables, made.sheets.get(row["recording_id"]), clip_key
                )
                for row in clip.every_recording
            }
        drawn = AlignmentFolder(folder)
        alignments = _draw_alignments(work, tables, drawn)
        sheets = _write_sheets(folder, tables["guidance_reports"], pictures)
        material = _PageMaterial(
            pictures, overlays, build_trust_material(tables, audits), alignments, sheets
        )
        _write_whole(page, _render(partition, tables, material))
        _write_whole(
            season,
            render_season_page(
                partition.team_id,
                tables["season_reports"],
                _load_movements(tables["season_reports"]),
            ),
        )
        beside = [*overlays.values(), *audit.files, *drawn.files, *media.files]
        beside += [folder / name for name in sheets.values()]
        written = [page, season, *beside]
        _write_whole(stamp, "\n".join([key, *(path.name for path in written)]))
        _remove_outdated(folder, set(written))
        return WrittenPages(
            page, tuple(overlays.values()), len(pictures), was_reused=False
        )

    def _build_pictures(
        self, clip: ClipWork, tables: dict[str, pl.DataFrame], made: SessionClipMedia
    ) -> list[PagePicture]:
        wanted = list_evidence(clip, tables, list_wanted(tables), self.references)
        built = (picture.build(made.pictures) for picture in wanted)
        return [picture for picture in built if picture is not None]

    def _load_tables(self, partition: PartitionKey) -> dict[str, pl.DataFrame]:
        tables = select_published(self.lake, partition)
        stopped = find_stopped_recordings(self.lake, partition)
        angles = self.lake.read(JOINT_KINEMATICS, partition)
        tables[JOINT_KINEMATICS.name] = drop_recordings(angles, stopped)
        tables[POSE_TRACKS.name] = self.lake.read(POSE_TRACKS, partition)
        if self.load_feedback is not None:
            tables[COACH_FEEDBACK.name] = self.load_feedback(partition)
        return {**tables, **load_audit_tables(self.lake, partition)}

    def _list_clips(
        self, partition: PartitionKey, recordings: pl.DataFrame
    ) -> list[ClipWork]:
        """List the clips that could be opened, with what came through and what not."""
        stopped = find_stopped_recordings(self.lake, partition)
        opened = recordings.filter(~pl.col("verdict").is_in(_STOPPING))
        folder = self.session_folder(partition)
        return [
            ClipWork(
                folder / rows["clip_file"][0],
                drop_recordings(rows, stopped).sort("recording_id").to_dicts(),
                rows.filter(pl.col("recording_id").is_in(sorted(stopped)))
                .sort("recording_id")
                .to_dicts(),
            )
            for _, rows in opened.group_by("clip_sha256", maintain_order=True)
        ]


@dataclass(frozen=True)
class _PageMaterial:
    """What lies beside the rows on a page."""

    pictures: list[PagePicture]
    overlays: dict[str, Path]
    trust: TrustMaterial
    alignments: dict[str, AlignmentView]
    sheets: dict[str, str]


def _write_sheets(
    folder: Path, reports: pl.DataFrame, pictures: list[PagePicture]
) -> dict[str, str]:
    """Write every athlete's plan sheet; returns the files' names by athlete.

    A report of a version that cannot be read has none; the session page says so.
    """
    by_metric = {picture.key: picture for picture in pictures}
    sheets = {}
    for row in reports.iter_rows(named=True):
        name = name_plan_sheet(row["athlete_id"])
        with contextlib.suppress(ReportVersionError):
            report = read_report(row["report"])
            sheet = render_plan_sheet(report, row["report_id"], by_metric)
            _write_whole(folder / name, sheet)
            sheets[row["athlete_id"]] = name
    return sheets


def _draw_alignments(
    work: list[ClipWork], tables: dict[str, pl.DataFrame], drawn: AlignmentFolder
) -> dict[str, AlignmentView]:
    views = {
        row["recording_id"]: drawn.write_recording(row, tables)
        for clip in work
        for row in clip.every_recording
    }
    return {name: view for name, view in views.items() if view is not None}


def _render(
    partition: PartitionKey, tables: dict[str, pl.DataFrame], material: _PageMaterial
) -> str:
    figure = measure_completeness(tables["quality_verdicts"])
    return render_session_page(
        SessionPageData(
            team_id=partition.team_id,
            session_day=partition.session_day,
            tables={n: rows for n, rows in tables.items() if n not in _FRAME_BY_FRAME},
            completed_count=figure.published_count,
            handed_in_count=figure.total_count,
            pictures=material.pictures,
            overlays={sha256: path.name for sha256, path in material.overlays.items()},
            movements=_load_movements(tables["kismam_metrics"]),
            trust=material.trust,
            alignments=material.alignments,
            plan_sheets=material.sheets,
        )
    )


def _load_movements(rows: pl.DataFrame) -> dict[str, Movement]:
    """Load the movements of some rows; one whose files are wrong by now is left out."""
    names = set(rows["movement"])
    usable = names - find_unusable_movements(names).keys()
    return {name: load_movement(name) for name in sorted(usable)}


def _compute_key(tables: dict[str, pl.DataFrame]) -> str:
    parts = [f"{n}={compute_rows_sha256(rows)}" for n, rows in sorted(tables.items())]
    digest = hashlib.sha256("\n".join([CODE_VERSION, *parts]).encode())
    return digest.hexdigest()[:_KEY_DIGITS]


def _is_made(stamp: Path, key: str) -> bool:
    """Whether the stamp is of this key, and every file that it names is there."""
    if not stamp.is_file():
        return False
    made_from, *names = stamp.read_text(encoding="utf-8").splitlines()
    return made_from == key and all((stamp.parent / name).is_file() for name in names)


def _write_whole(path: Path, text: str) -> None:
    write_atomically(UPath(path), text.encode("utf-8"))


def _remove_outdated(folder: Path, current: set[Path]) -> None:
    patterns = (
        *(*_OVERLAY_PATTERNS, *AUDIT_PATTERNS, *_SHEET_PATTERNS),
        *(*ALIGNMENT_PATTERNS, *MEDIA_PATTERNS),
    )
    for pattern in patterns:
        for path in folder.glob(pattern):
            if path not in current:
                path.unlink()

"""Writes what people look at for one partition: report page and overlay videos.

The page appears last, whole, and names only files that are there. What is unchanged
since the last time is not made again.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.reporting.figures import PagePicture
from sportsgpt_lib.reporting.season_page import render_season_page
from sportsgpt_lib.reporting.session_page import SessionPageData, render_session_page
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.publishing import (
    drop_recordings,
    find_stopped_recordings,
    keep_published,
    measure_completeness,
    select_published,
)
from sportsgpt_lib.stages.runner import compute_rows_sha256
from sportsgpt_lib.stages.session_media import ClipWork, render_session_clip
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import (
    ATHLETE_POSES,
    JOINT_KINEMATICS,
    POSE_TRACKS,
)

CODE_VERSION = "2"
SESSION_PAGE = "index.html"
SEASON_PAGE = "season.html"
_MADE_FROM = ".made-from"
_KEY_DIGITS = 12


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
    """

    lake: Lake
    session_folder: Callable[[PartitionKey], Path]
    report_folder: Callable[[PartitionKey], Path]

    def write(self, partition: PartitionKey) -> WrittenPages:
        """Write the session page, the season page and the overlay videos."""
        folder = self.report_folder(partition)
        folder.mkdir(parents=True, exist_ok=True)
        tables = self._load_tables(partition)
        key = _compute_key(tables)
        work = self._list_clips(partition, tables["recordings"])
        overlays = {
            clip.sha256: folder / f"overlay-{clip.sha256[:8]}-{key}.mp4"
            for clip in work
        }
        page = folder / SESSION_PAGE
        stamp = folder / _MADE_FROM
        season = folder / SEASON_PAGE
        if _is_made(stamp, key, (page, season, *overlays.values())):
            return WrittenPages(page, tuple(overlays.values()), 0, was_reused=True)
        stamp.unlink(missing_ok=True)
        pictures = [
            picture
            for clip in work
            for picture in render_session_clip(clip, tables, overlays[clip.sha256])
        ]
        _write_whole(page, _render(partition, tables, pictures, overlays))
        _write_whole(
            season,
            render_season_page(
                partition.team_id,
                tables["season_reports"],
                _load_movements(tables["season_reports"]),
            ),
        )
        _write_whole(stamp, key)
        _remove_outdated(folder, set(overlays.values()))
        return WrittenPages(
            page, tuple(overlays.values()), len(pictures), was_reused=False
        )

    def _load_tables(self, partition: PartitionKey) -> dict[str, pl.DataFrame]:
        tables = select_published(self.lake, partition)
        stopped = find_stopped_recordings(self.lake, partition)
        for table in (ATHLETE_POSES, JOINT_KINEMATICS):
            rows = self.lake.read(table, partition)
            tables[table.name] = drop_recordings(rows, stopped)
        tables[POSE_TRACKS.name] = self.lake.read(POSE_TRACKS, partition)
        return tables

    def _list_clips(
        self, partition: PartitionKey, recordings: pl.DataFrame
    ) -> list[ClipWork]:
        through = keep_published(self.lake, partition, recordings)
        folder = self.session_folder(partition)
        return [
            ClipWork(
                folder / rows["clip_file"][0],
                rows.sort("recording_id").to_dicts(),
            )
            for _, rows in through.group_by("clip_sha256", maintain_order=True)
        ]


def _render(
    partition: PartitionKey,
    tables: dict[str, pl.DataFrame],
    pictures: list[PagePicture],
    overlays: dict[str, Path],
) -> str:
    figure = measure_completeness(tables["quality_verdicts"])
    return render_session_page(
        SessionPageData(
            team_id=partition.team_id,
            session_day=partition.session_day,
            tables=tables,
            completed_count=figure.published_count,
            handed_in_count=figure.total_count,
            pictures=pictures,
            overlays={sha256: path.name for sha256, path in overlays.items()},
            movements=_load_movements(tables["kismam_metrics"]),
        )
    )


def _load_movements(rows: pl.DataFrame) -> dict[str, Movement]:
    return {name: load_movement(name) for name in sorted(set(rows["movement"]))}


def _compute_key(tables: dict[str, pl.DataFrame]) -> str:
    parts = [f"{n}={compute_rows_sha256(rows)}" for n, rows in sorted(tables.items())]
    digest = hashlib.sha256("\n".join([CODE_VERSION, *parts]).encode())
    return digest.hexdigest()[:_KEY_DIGITS]


def _is_made(stamp: Path, key: str, files: tuple[Path, ...]) -> bool:
    return (
        stamp.is_file()
        and stamp.read_text(encoding="utf-8") == key
        and all(file.is_file() for file in files)
    )


def _write_whole(path: Path, text: str) -> None:
    write_atomically(UPath(path), text.encode("utf-8"))


def _remove_outdated(folder: Path, current: set[Path]) -> None:
    for path in (*folder.glob("overlay-*.mp4"), *folder.glob(".overlay-*")):
        if path not in current:
            path.unlink()

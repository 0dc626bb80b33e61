"""Files beside the session page with which a person judges the poses themselves.

Contact sheets and plots of every recording whose clip could be opened, stopped ones
too, and the material for the page's answers. The page is in ``session_pages.py``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import polars as pl
from upath import UPath

from sportsgpt_lib.reporting.page_rows import PageRows
from sportsgpt_lib.reporting.pose_trail import PoseTrail
from sportsgpt_lib.reporting.pose_trust import AuditPicture, PoseAudit, TrustMaterial
from sportsgpt_lib.reporting.repair_plots import (
    SIDES,
    RepairSpan,
    plot_knee_angles,
    plot_side,
)
from sportsgpt_lib.reporting.wording import write_name
from sportsgpt_lib.stages.pose_trails import (
    build_trail,
    list_spans,
    list_taken,
    select_recording,
)
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import empty_rows
from sportsgpt_lib.storage.tables import (
    ALIGNMENT_COSTS,
    ALIGNMENT_PATHS,
    ATHLETE_POSES,
    CAMERA_GEOMETRY,
    POSE_QUALITY,
    POSE_REPAIRS,
)

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]
PATTERNS = ("sheet-*.jpg", "plot-*.png")
_TABLES = (
    *(ATHLETE_POSES, POSE_REPAIRS, CAMERA_GEOMETRY, POSE_QUALITY),
    *(ALIGNMENT_COSTS, ALIGNMENT_PATHS),
)
_NO_CLIP = "the clip could not be decoded, or is not in the session folder any more"


@dataclass
class AuditFolder:
    """Writes the audit's files of a page, and knows which there are.

    Parameters
    ----------
    folder
        Where the page lies.
    """

    folder: Path
    files: list[Path] = field(default_factory=list)

    def write_recording(
        self, recording: Row, tables: Tables, sheet: bytes | None, key: str
    ) -> PoseAudit:
        """Write the contact sheet and the plots of one row of ``recordings``.

        ``key`` is part of every file's name, other for other content; a file that is
        there is not made again.
        """
        name = f"{write_name(recording['movement'])}, {recording['athlete_id']}"
        plots = _list_plots(recording, tables)
        return PoseAudit(
            sheet=None
            if sheet is None
            else self._write(
                f"sheet-{recording['recording_id']}-{key}.jpg",
                f"Contact sheet: {name}. Frames spread evenly over the recording, then "
                "close-ups at keyframes; repaired points are marked.",
                lambda: sheet,
            ),
            plots=tuple(
                self._write(
                    f"plot-{recording['recording_id']}-{what}-{key}.png",
                    f"{words}: {name}. Dots are raw, the line is filtered, shaded "
                    "ranges were repaired.",
                    draw,
                )
                for what, (words, draw) in plots.items()
            ),
            no_sheet_reason=None if sheet is not None else _NO_CLIP,
        )

    def _write(
        self, file_name: str, words: str, draw: Callable[[], bytes]
    ) -> AuditPicture:
        import cv2

        path = self.folder / file_name
        if not path.is_file():
            write_atomically(UPath(path), draw())
        encoded = np.frombuffer(path.read_bytes(), np.uint8)
        picture: Any = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
        height_px, width_px = picture.shape[:2]
        self.files.append(path)
        return AuditPicture(PurePosixPath(file_name), words, width_px, height_px)


def load_audit_tables(lake: Lake, partition: PartitionKey) -> dict[str, pl.DataFrame]:
    """Load what says how results came about, of stopped recordings too."""
    return {
        table.name: lake.read(table, partition)
        if lake.has(table, partition)
        else empty_rows(table)
        for table in _TABLES
    }


def build_trust_material(
    tables: Tables, audits: Mapping[str, PoseAudit]
) -> TrustMaterial:
    """Build the material for the page's answers.

    Parameters
    ----------
    tables
        ``quality_verdicts``, ``pose_tracks`` and what ``load_audit_tables`` loads.
    audits
        The files of each recording.
    """
    people = (
        tables["pose_tracks"]
        .group_by("clip_sha256")
        .agg(pl.col("person_idx").n_unique())
    )
    shown = ("quality_verdicts", "pose_quality", "pose_repairs", "camera_geometry")
    return TrustMaterial(
        rows=PageRows({name: tables[name] for name in shown if name in tables}),
        audits=audits,
        people=dict(people.iter_rows()),
        taken={
            str(recording_id): list_taken(rows)
            for (recording_id,), rows in tables["athlete_poses"].group_by(
                "recording_id"
            )
        },
    )


def _list_plots(
    recording: Row, tables: Tables
) -> dict[str, tuple[str, Callable[[], bytes]]]:
    """List the plots by name, each with its words and what draws it."""
    rows = select_recording(tables["athlete_poses"], recording)
    if rows.is_empty():
        return {}
    repairs = tables["pose_repairs"]
    spans = list_spans(repairs, recording)
    title = " · ".join(
        [
            recording["athlete_id"],
            write_name(recording["movement"]),
            recording["clip_file"],
        ]
    )

    @cache
    def trail() -> PoseTrail:
        is_clip = pl.col("clip_sha256") == recording["clip_sha256"]
        return build_trail(
            rows, tables["pose_tracks"].filter(is_clip), repairs, recording
        )

    plots: dict[str, tuple[str, Callable[[], bytes]]] = {
        side: (
            f"{write_name(side)} hip, knee and ankle over time",
            partial(_plot_side, trail, spans, side, title),
        )
        for side in SIDES
    }
    words = "Bend of both knees over time"
    return {
        "knees": (words, lambda: plot_knee_angles(trail(), spans, title)),
        **plots,
    }


def _plot_side(
    trail: Callable[[], PoseTrail], spans: list[RepairSpan], side: str, title: str
) -> bytes:
    return plot_side(trail(), spans, side, title)

"""What was made of each clip, kept beside the page by what it was made from.

A clip whose rows did not change is neither decoded nor encoded again when another clip
of its session is. Making is in ``session_media.py``.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.reporting.face_finder import FaceFinder
from sportsgpt_lib.reporting.pictures import KeyframePicture
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.evidence_pictures import list_wanted
from sportsgpt_lib.stages.runner import compute_rows_sha256
from sportsgpt_lib.stages.session_media import (
    ClipWork,
    SessionClipMedia,
    render_session_clip,
)
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.target_models.library import ReferenceLibrary

Tables = Mapping[str, pl.DataFrame]
PATTERNS = (".media-*.parquet",)
# Raise it when what is drawn on frames, videos or contact sheets changes.
_DRAWN_BY = "1"
_KEY_DIGITS = 12
_BY_RECORDING = (
    *("athlete_poses", "pose_repairs", "camera_geometry", "joint_kinematics"),
    "keyframes",
)
_FRAME, _SHEET = "frame", "sheet"


def compute_clip_key(work: ClipWork, tables: Tables) -> str:
    """Compute the key of all that frames, video and contact sheets are made from."""
    recordings = work.every_recording
    ids = sorted(row["recording_id"] for row in recordings)
    wanted = [key for key in sorted(list_wanted(tables)) if key[0] in ids]
    metrics = tables["kismam_metrics"].filter(
        pl.struct("recording_id", "repetition_idx", "indicator").is_in(
            [
                {"recording_id": name, "repetition_idx": idx, "indicator": indicator}
                for name, idx, indicator in wanted
            ]
        )
        if wanted
        else pl.lit(value=False)
    )
    is_own = pl.col("recording_id").is_in(ids)
    is_clip = pl.col("clip_sha256") == work.sha256
    movements = sorted({row["movement"] for row in recordings})
    parts = [
        _DRAWN_BY,
        *(f"came through {row['recording_id']}" for row in work.recordings),
        *(f"{name}={load_movement(name).sha256}" for name in movements),
        *(
            f"{name}={compute_rows_sha256(rows)}"
            for name, rows in (
                ("recordings", tables["recordings"].filter(is_clip)),
                ("pose_tracks", tables["pose_tracks"].filter(is_clip)),
                ("metrics", metrics),
                *((name, tables[name].filter(is_own)) for name in _BY_RECORDING),
            )
        ),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_KEY_DIGITS]


@dataclass
class ClipMediaFolder:
    """Makes what is wanted of clips, or takes what is there, and knows the files.

    Parameters
    ----------
    folder
        Where the page lies.
    face_finder
        What finds the faces of persons who were not tracked.
    references
        Where the target models are.
    """

    folder: Path
    face_finder: FaceFinder | None
    references: ReferenceLibrary
    files: list[Path] = field(default_factory=list)

    def make(
        self, work: ClipWork, tables: Tables, overlay: Path | None, key: str
    ) -> SessionClipMedia:
        """Make the video, the frames and the contact sheets of a clip, if need be.

        ``key`` is that of ``compute_clip_key``; the video is at ``overlay`` afterwards.
        """
        path = self.folder / f".media-{work.sha256[:8]}-{key}.parquet"
        is_whole = path.is_file() and (overlay is None or overlay.is_file())
        if is_whole:
            made = _read(path)
        else:
            made = render_session_clip(
                work, tables, overlay, self.face_finder, self.references
            )
            # A clip that broke off may be whole the next time.
            if len(made.sheets) < len(work.every_recording):
                return made
            write_atomically(UPath(path), _to_bytes(made))
        self.files.append(path)
        return made


def _to_bytes(media: SessionClipMedia) -> bytes:
    frames = [
        (_FRAME, key, one.jpeg, one.width_px, one.height_px, one.frame_time_s)
        for key, one in media.pictures.items()
    ]
    sheets = [(_SHEET, key, jpeg, 0, 0, 0.0) for key, jpeg in media.sheets.items()]
    schema = {
        "kind": pl.String,
        "key": pl.String,
        "jpeg": pl.Binary,
        "width_px": pl.Int64,
        "height_px": pl.Int64,
        "frame_time_s": pl.Float64,
    }
    buffer = io.BytesIO()
    rows = pl.DataFrame([*frames, *sheets], schema=schema, orient="row")
    rows.write_parquet(buffer, compression="uncompressed")
    return buffer.getvalue()


def _read(path: Path) -> SessionClipMedia:
    rows = pl.read_parquet(path)
    return SessionClipMedia(
        {
            row["key"]: KeyframePicture(
                *(row["key"], row["jpeg"]),
                *(row["width_px"], row["height_px"], row["frame_time_s"]),
            )
            for row in rows.filter(pl.col("kind") == _FRAME).iter_rows(named=True)
        },
        dict(rows.filter(pl.col("kind") == _SHEET).select("key", "jpeg").iter_rows()),
    )

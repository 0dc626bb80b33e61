"""What a stage is: rows of earlier tables in, rows of one table and verdicts out.

A stage works on one recording (or one clip) at a time and knows nothing of storage,
partitions or Dagster. ``sportsgpt_lib/stages/<table>.py`` holds one stage each;
``runner.py`` applies a stage to a partition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

import polars as pl

from sportsgpt_lib.session.calibration import Calibration

VerdictWord = Literal["PASS", "WARN", "QUARANTINE", "REJECT"]
Grain = Literal["clip", "recording"]


@dataclass(frozen=True)
class Verdict:
    """What a stage says of one subject; ``reason`` and ``fix`` are None for PASS.

    PASS and WARN let the subject go on. QUARANTINE stops it until somebody has looked;
    REJECT stops it because nothing can be made of it.
    """

    word: VerdictWord
    reason_code: str | None = None
    reason: str | None = None
    fix: str | None = None

    @property
    def lets_go_on(self) -> bool:
        """Whether later stages may use the subject."""
        return self.word in ("PASS", "WARN")


PASS = Verdict("PASS")


@dataclass(frozen=True)
class Subject:
    """One recording under work: a row of ``training.recordings``, typed.

    ``window_end_s`` None = to the end of the clip. ``athlete_height_m`` None = unknown.
    ``athlete_hint`` is the athlete's place when the window starts, as shares of width
    and height of the picture, or None. ``calibration`` is a known length in the
    picture, or None. ``athlete_groups`` empty = not said; they are no part of what
    names a result, so a stage that looks at them says so in its fingerprint.
    """

    team_id: str
    session_day: date
    recording_id: str
    clip_sha256: str
    clip_file: str
    athlete_id: str
    movement: str
    camera_view: str
    role: str
    frame_rate_hz: float
    capture_rate_hz: float | None
    duration_s: float
    width_px: int
    height_px: int
    athlete_height_m: float | None
    window_start_s: float
    window_end_s: float | None
    athlete_hint: tuple[float, float] | None
    calibration: Calibration | None = None
    athlete_groups: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass(frozen=True)
class StageInput:
    """All a stage may look at for one subject.

    ``clip_path`` is None for every stage after ``pose_tracks``. ``tables`` maps the
    names of earlier tables to this subject's rows, in the contract's column order.
    """

    subject: Subject
    clip_path: Path | None
    tables: Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class StageOutput:
    """Rows of the stage's tables for one subject, and the verdict on it.

    Rows need neither the partition columns nor ``code_version``: the runner adds them.
    ``rows`` is None where the verdict stops the subject. ``side_rows`` maps the names
    of the stage's side tables to their rows; they are kept even then, since they say
    why it was stopped.
    """

    rows: pl.DataFrame | None
    verdict: Verdict = field(default=PASS)
    side_rows: Mapping[str, pl.DataFrame] = field(default_factory=dict)


class Stage(Protocol):
    """One step from raw video to guidance, for one subject at a time.

    ``fingerprint`` names everything but the input rows that decides the result: code
    version, model and weights, configuration. Same input and fingerprint, same rows.
    A stage of grain ``clip`` runs once for a clip, with any one of its recordings as
    subject, and its rows hold no ``recording_id``. ``side_tables`` names the tables
    that it makes besides its own.
    """

    table_name: str
    side_tables: tuple[str, ...]
    grain: Grain
    reads: tuple[str, ...]
    code_version: str

    def fingerprint(self, subject: Subject) -> str:
        """Name what decides the result, besides the input rows."""
        ...

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute the table's rows; raises ClipError or PoseInputError to reject."""
        ...

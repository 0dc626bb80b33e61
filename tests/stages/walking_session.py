"""A session of two made-up walkers in one real clip, for work on whole sessions.

Only the pose network is made up: it answers with the walkers' true poses. Everything
after it is the real thing.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from sportsgpt_lib.guidance.report_text import Writer
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.stages.catalog import StageCatalog
from sportsgpt_lib.stages.contract import StageInput, StageOutput, Subject
from sportsgpt_lib.stages.publishing import collect_verdicts
from sportsgpt_lib.stages.runner import StageRunner
from sportsgpt_lib.stages.season_history import write_season_report
from sportsgpt_lib.stages.session_findings import write_session_findings
from sportsgpt_lib.stages.session_guidance import SessionGuidance
from sportsgpt_lib.stages.session_intake import SessionIntake
from sportsgpt_lib.stages.session_pages import SessionPages
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.stages.verdict_rows import verdict_table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import TABLES_BY_NAME
from tests.guidance.conftest import ShelfRetriever
from tests.oracles.walking import HEIGHT_PX, WIDTH_PX, build_walk

BLUE = PartitionKey("blue", date(2026, 1, 15))
ATHLETES = ("walker-01", "walker-02")
CLIP = "morning/walk.mp4"
RATE_HZ = 30.0
_SHRUNK = 0.2
_SIZE_PX = (int(WIDTH_PX * _SHRUNK), int(HEIGHT_PX * _SHRUNK))
_AHEAD_PX = 1500.0
_LEAN = 0.5  # only the second walker leans forward, which is a finding
MANIFEST = """\
team = "{team}"
day = {day}
lawful_basis = "consent"
athletes = [{{id = "walker-01"}}, {{id = "walker-02"}}]

[[recordings]]
file = "morning/walk.mp4"
athlete = "walker-01"
movement = "walking_stride"
view = "sagittal"
at = [0.075, 0.61]

[[recordings]]
file = "morning/walk.mp4"
athlete = "walker-02"
movement = "walking_stride"
view = "sagittal"
at = [0.45, 0.61]

[[recordings]]
file = "empty.mp4"
athlete = "walker-02"
movement = "walking_stride"
"""
TABLES_BY_STAGE = (
    *("pose_tracks", "athlete_poses", "joint_kinematics", "keyframes"),
    *("kismam_metrics", "findings", "technique_scores"),
)


PARTITION_AND_CODE = ("team_id", "session_day", "code_version")


class TruePoses:
    """Stands in for the pose network: it knows where the two walkers are."""

    table_name = "pose_tracks"
    side_tables = ("person_sights",)
    grain = "clip"
    reads = ()
    code_version = "1"

    def fingerprint(self, subject: Subject) -> str:
        return "true poses"

    def compute(self, stage_input: StageInput) -> StageOutput:
        walk = build_walk().sequence
        frame_count, joint_count = walk.confidence.shape
        people = []
        for person_idx in range(len(ATHLETES)):
            shift = np.array([person_idx * _AHEAD_PX, 0.0])
            bent_px = _bend(walk.positions_px, person_idx * _LEAN)
            places_px = (bent_px + shift) * _SHRUNK
            person = pl.DataFrame(
                {
                    "frame_idx": np.repeat(np.arange(frame_count), joint_count),
                    "time_s": np.repeat(walk.times_s, joint_count),
                    "keypoint": list(KEYPOINTS) * frame_count,
                    "x_px": places_px[:, :, 0].ravel(),
                    "y_px": places_px[:, :, 1].ravel(),
                    "confidence_ratio": np.ones(frame_count * joint_count),
                }
            )
            people.append(person.with_columns(person_idx=pl.lit(person_idx)))
        points = pl.concat(people).with_columns(
            clip_sha256=pl.lit(stage_input.subject.clip_sha256),
            pose_model=pl.lit("true poses"),
            pose_weights_sha256=pl.lit("0" * 64),
        )
        return StageOutput(points, side_rows={"person_sights": _build_sights(points)})


def _build_sights(points: pl.DataFrame) -> pl.DataFrame:
    """Sights of everybody in even light; the colours of the clothes are not known."""
    columns = TABLES_BY_NAME["person_sights"].columns
    sights = points.drop("keypoint", "x_px", "y_px", "confidence_ratio").unique()
    known = {"origin": "followed", "brightness_ratio": 0.5, "clipped_ratio": 0.0}
    unknown = {
        column.name: None if column.nullable else known.get(column.name, 1.0)
        for column in columns
        if column.name not in (*sights.columns, *PARTITION_AND_CODE)
    }
    return sights.with_columns(
        **{name: pl.lit(value) for name, value in unknown.items()}
    )


def _bend(positions_px: np.ndarray, lean: float) -> np.ndarray:
    """Move all that is above the hips forward, by a share of its height over them."""
    hip_y_px = positions_px[:, KEYPOINTS.index("hip"), 1][:, np.newaxis]
    above_px = np.maximum(hip_y_px - positions_px[..., 1], 0.0)
    bent_px = positions_px.copy()
    bent_px[..., 0] += lean * above_px
    return bent_px


def write_session(inbox: Path, partition: PartitionKey = BLUE) -> Path:
    """One clip with two athletes, an empty file, and a clip that nobody names."""
    day = partition.session_day.isoformat()
    folder = inbox / partition.team_id / day
    (folder / "morning").mkdir(parents=True)
    _write_clip(folder / CLIP)
    (folder / "empty.mp4").touch()
    (folder / "spare.mp4").touch()
    text = MANIFEST.format(team=partition.team_id, day=day)
    (folder / "session.toml").write_text(text, encoding="utf-8")
    return folder


def _write_clip(path: Path) -> None:
    width_px, height_px = _SIZE_PX
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (height_px, width_px, 3)).astype(np.uint8)
    with VideoWriter(
        path, width_px=width_px, height_px=height_px, frame_rate_hz=RATE_HZ
    ) as writer:
        for time_s in build_walk().sequence.times_s:
            writer.write(picture, float(time_s))


@dataclass(frozen=True)
class Workshop:
    """All that works on a session, over one lake in one folder."""

    root: Path

    @property
    def lake(self) -> Lake:
        return Lake(self.root / "lake")

    @property
    def cache(self) -> StageCache:
        return StageCache(self.root / "cache")

    @property
    def intake(self) -> SessionIntake:
        return SessionIntake(self.lake, self.session_folder)

    @property
    def runner(self) -> StageRunner:
        return StageRunner(self.lake, self.cache, self.session_folder)

    @property
    def catalog(self) -> StageCatalog:
        return StageCatalog(TruePoses)

    @property
    def pages(self) -> SessionPages:
        return SessionPages(self.lake, self.session_folder, self.report_folder)

    def guidance(
        self,
        retriever: ShelfRetriever | None = None,
        writer: Writer | None = None,
        fingerprint: str = "deterministic",
        workers: int = 1,
    ) -> SessionGuidance:
        return SessionGuidance(
            self.lake,
            self.cache,
            retriever or ShelfRetriever(),
            lambda: writer or DeterministicWriter(),
            fingerprint,
            workers=workers,
        )

    def session_folder(self, partition: PartitionKey) -> Path:
        return self._of(partition, "inbox")

    def report_folder(self, partition: PartitionKey) -> Path:
        return self._of(partition, "reports")

    def _of(self, partition: PartitionKey, kind: str) -> Path:
        day = partition.session_day.isoformat()
        return self.root / kind / partition.team_id / day


def build_workshop(root: Path) -> Workshop:
    """Take the session in and run it as far as its session findings."""
    workshop = Workshop(root)
    write_session(root / "inbox")
    workshop.intake.take_in(BLUE)
    for name in TABLES_BY_STAGE:
        workshop.runner.run(getattr(workshop.catalog, name), BLUE)
    write_session_findings(workshop.lake, BLUE)
    return workshop


def finish(workshop: Workshop) -> Workshop:
    """Write all that the pages are made of."""
    workshop.guidance().write(BLUE)
    write_season_report(workshop.lake, BLUE)
    collect_verdicts(workshop.lake, BLUE)
    return workshop


def find_recording(workshop: Workshop, athlete_id: str) -> str:
    """The athlete's recording that has a clip one can open."""
    rows = workshop.lake.read("recordings", BLUE).filter(
        (pl.col("athlete_id") == athlete_id) & (pl.col("clip_file") == CLIP)
    )
    return str(rows["recording_id"].item())


def stop_recording(workshop: Workshop, stage: str, recording_id: str) -> None:
    """Make a stage's verdict on one recording QUARANTINE."""
    table = verdict_table(stage)
    rows = workshop.lake.read(table, BLUE)
    is_it = pl.col("subject_id") == recording_id
    workshop.lake.write(
        table,
        BLUE,
        rows.with_columns(
            pl.when(is_it).then(pl.lit(word)).otherwise(pl.col(name)).alias(name)
            for name, word in (
                ("verdict", "QUARANTINE"),
                ("reason_code", "looked_odd"),
                ("reason", "it looked odd"),
                ("fix", "look at it"),
            )
        ),
    )

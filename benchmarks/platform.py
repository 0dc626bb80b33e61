"""What the platform costs beside the pose network, and how it grows with clips.

The whole job runs in a fresh data folder: on the demo clip, then on sessions of 1, 10
and 50 short clips cut from its landing, each with other content. Its own cost
is the job's wall time less the time inside the networks, imports included.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import dagster as dg
import numpy as np

from benchmarks.figures import Figure
from orchestration.demo_footage import CLIP_NAME, lay_out_demo_session
from orchestration.environment import prepare
from orchestration.resources import build_stage_catalog
from orchestration.runs import run_knowledge_base, run_training_day
from orchestration.settings import ENV_PREFIX, Settings, load_settings
from sportsgpt_lib.session.manifest import load_manifest
from sportsgpt_lib.stages.pose_tracks import PoseTracksStage
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.partition import PartitionKey

MUST_SHARE_PCT = 25.0
CLIP_COUNTS = (1, 10, 50)
_FIRST_FRAME, _FRAME_COUNT, _FRAME_RATE_HZ = 150, 60, 30
_CROP_STEP_PX = 2


@dataclass(frozen=True)
class JobCost:
    """Wall time of one job, by step, and the part spent inside the networks."""

    step_seconds: dict[str, float]
    network_s: float

    @property
    def wall_s(self) -> float:
        """Wall time of all steps."""
        return sum(self.step_seconds.values())

    @property
    def own_s(self) -> float:
        """Wall time of everything but the networks."""
        return self.wall_s - self.network_s


def measure() -> list[Figure]:
    """Measure the whole job on the demo clip and its growth with clips."""
    figures = []
    with _fresh_home() as settings:
        folder = lay_out_demo_session(Path(settings.inbox_root))
        demo_clip = folder / CLIP_NAME
        cost = _run(settings, folder)
        figures += [
            Figure(f"demo: {step.replace('__', '.')}", seconds, "s")
            for step, seconds in cost.step_seconds.items()
            if "contract" not in step
        ]
        checks_s = sum(s for step, s in cost.step_seconds.items() if "contract" in step)
        figures += [
            Figure("demo: contract checks, all tables", checks_s, "s"),
            Figure("demo: whole job", cost.wall_s, "s", must=180.0),
            Figure("demo: inside the pose networks", cost.network_s, "s"),
            Figure(
                "demo: platform's own share",
                100 * cost.own_s / cost.wall_s,
                "%",
                must=MUST_SHARE_PCT,
            ),
        ]
        costs = {}
        for count in CLIP_COUNTS:
            costs[count] = _run(settings, _cut_session(settings, demo_clip, count))
            figures.append(
                Figure(f"{count} clips of 2 s: own cost", costs[count].own_s, "s")
            )
    few, many = CLIP_COUNTS[0], CLIP_COUNTS[-1]
    own_s = (costs[many].own_s - costs[few].own_s) / (many - few)
    network_s = (costs[many].network_s - costs[few].network_s) / (many - few)
    figures += [
        Figure("one clip more: own cost", own_s, "s"),
        Figure(
            "one clip more: own share",
            100 * own_s / (own_s + network_s),
            "%",
            must=MUST_SHARE_PCT,
        ),
        Figure(
            "own cost a clip, 50 clips against 10",
            (costs[50].own_s / 50) / (costs[10].own_s / 10),
            "ratio",
            must=1.0,
        ),
    ]
    return figures


@contextmanager
def _fresh_home() -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
            del os.environ[name]
        os.environ[f"{ENV_PREFIX}HOME"] = folder
        settings = load_settings()
        prepare(settings)
        try:
            run_knowledge_base(settings, lambda _step, _word: None)
            yield settings
        finally:
            EmbeddedPostgres(settings.home).remove()


def _run(settings: Settings, folder: Path) -> JobCost:
    manifest = load_manifest(folder)
    catalog = build_stage_catalog(settings)
    outcome = run_training_day(
        settings,
        PartitionKey(manifest.team, manifest.day),
        lambda _step, _word: None,
        stage_catalog=catalog,
    )
    if not outcome.success:
        raise RuntimeError(str(dict(outcome.failures)))
    with dg.DagsterInstance.get() as instance:
        steps = instance.get_run_step_stats(outcome.run_id)
    pose = catalog.pose_tracks
    if not isinstance(pose, PoseTracksStage):
        raise TypeError(type(pose).__name__)
    return JobCost(
        {s.step_key: (s.end_time or 0.0) - (s.start_time or 0.0) for s in steps},
        pose.network_seconds,
    )


def _cut_session(settings: Settings, demo_clip: Path, count: int) -> Path:
    """Cut the landing out of the demo clip, ``count`` times with another left edge."""
    team = f"bench-{count}"
    folder = Path(settings.inbox_root) / team / "2026-01-15"
    folder.mkdir(parents=True)
    entries = []
    for number in range(count):
        name = f"clip-{number:02d}.mp4"
        _cut(demo_clip, folder / name, (number + count) * _CROP_STEP_PX)
        entries.append(
            f'[[recordings]]\nfile = "{name}"\nathlete = "jumper-01"\n'
            'movement = "drop_landing"\nview = "sagittal"\nat = [0.45, 0.26]\n'
        )
    (folder / "session.toml").write_text(
        f'team = "{team}"\nday = 2026-01-15\nlawful_basis = "legitimate_interests"\n'
        '[[athletes]]\nid = "jumper-01"\n' + "".join(entries),
        encoding="utf-8",
    )
    return folder


def _cut(source: Path, target: Path, left_px: int) -> None:
    import av

    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        shown = reader.streams.video[0]
        stream = writer.add_stream("libx264", rate=_FRAME_RATE_HZ)
        stream.options = {"preset": "ultrafast", "crf": "23"}
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = shown.width - left_px, shown.height
        for number, frame in enumerate(reader.decode(video=0)):
            if not 0 <= number - _FIRST_FRAME < _FRAME_COUNT:
                continue
            image = np.ascontiguousarray(frame.to_ndarray(format="rgb24")[:, left_px:])
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            picture.pts = number - _FIRST_FRAME
            picture.time_base = Fraction(1, _FRAME_RATE_HZ)
            writer.mux(stream.encode(picture))
        writer.mux(stream.encode(None))

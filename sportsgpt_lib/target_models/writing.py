"""Writes the TOML file of a target model that was made from a recording.

The text is not sealed; ``sealing.seal_reference`` does that.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sportsgpt_lib.alignment.motion import Leg
from sportsgpt_lib.target_models.annotation import Annotation
from sportsgpt_lib.target_models.annotation_checks import RecordedAngles
from sportsgpt_lib.target_models.digest import NOT_SEALED
from sportsgpt_lib.target_models.reference import FULL_PCT, SCHEMA_VERSION
from sportsgpt_lib.target_models.toml_problems import quote_toml

_SAID = (
    "title",
    "level",
    "body_size",
    "licence",
    "right_to_use",
    "origin",
    "recorded_by",
    "citation",
    "doi",
)


@dataclass(frozen=True)
class MarkedKeyframe:
    """A keyframe in seconds of the movement from its start."""

    name: str
    leg: Leg
    time_s: float
    spread_s: float


def write_once_toml(
    annotation: Annotation,
    recorded: RecordedAngles,
    columns: Sequence[str],
    end_s: float,
    keyframes: Sequence[MarkedKeyframe],
) -> str:
    """Write the file of a movement that was recorded once; it starts at 0 s."""
    lines = [
        *_write_head(annotation, columns),
        f'own_side = "{annotation.own_side}"',
        "start_s = 0.0",
        f"end_s = {end_s:.4f}",
        *_write_recording(recorded),
    ]
    for mark in keyframes:
        lines += [
            *_write_name(mark),
            f"time_s = {mark.time_s:.4f}",
            f"spread_s = {mark.spread_s:.4f}",
        ]
    return "\n".join(lines) + "\n"


def write_cyclic_toml(
    annotation: Annotation,
    recorded: RecordedAngles,
    columns: Sequence[str],
    cycle_duration_s: float,
    keyframes: Sequence[MarkedKeyframe],
) -> str:
    """Write the file of one cycle of a movement that repeats."""
    lines = [
        *_write_head(annotation, columns),
        f"cycle_duration_s = {cycle_duration_s:.4f}",
        *_write_recording(recorded),
    ]
    for mark in keyframes:
        lines += [
            *_write_name(mark),
            f"cycle_pct = {FULL_PCT * mark.time_s / cycle_duration_s:.3f}",
            f"spread_pct = {FULL_PCT * mark.spread_s / cycle_duration_s:.3f}",
        ]
    return "\n".join(lines) + "\n"


def _write_head(annotation: Annotation, columns: Sequence[str]) -> Iterator[str]:
    yield "# A target model, made by `sportsgpt reference add`; see docs/references.md."
    yield "# After a change, `sportsgpt reference seal` gives it its next version."
    yield f"schema_version = {SCHEMA_VERSION}"
    yield "version = 1"
    yield f'content_sha256 = "{NOT_SEALED}"'
    yield f"movement = {quote_toml(annotation.movement)}"
    yield f'kind = "{annotation.kind}"'
    for key in _SAID:
        value = getattr(annotation, key)
        if value is not None:
            yield f"{key} = {quote_toml(value)}"
    way = (
        "one cycle, sampled at every per cent, its open ends drawn together evenly"
        if annotation.kind == "cyclic"
        else "as measured, frame by frame"
    )
    yield "how_built = " + quote_toml(
        f"Angles of joint_kinematics of one recording, {way}. Keyframes by a person."
    )
    yield f"quantities = {json.dumps(list(columns))}"


def _write_recording(recorded: RecordedAngles) -> Iterator[str]:
    yield ""
    yield "[recording]"
    yield f'clip_sha256 = "{recorded.clip_sha256}"'
    yield f"frame_rate_hz = {recorded.frame_rate_hz:.6g}"
    yield 'camera_view = "sagittal"'
    yield f"pose_model = {quote_toml(recorded.pose_model)}"
    yield f"pose_weights_sha256 = {quote_toml(recorded.pose_weights_sha256)}"
    yield f"kinematics_version = {quote_toml(recorded.kinematics_version)}"


def _write_name(mark: MarkedKeyframe) -> Iterator[str]:
    yield ""
    yield "[[keyframes]]"
    yield f"name = {quote_toml(mark.name)}"
    yield f'leg = "{mark.leg}"'

"""How keyframes were found, and the rows behind the alignment's pictures: contracts.

``keyframes`` is a mart. The others are side tables of the same stage, instant by
instant, and stay in the lake.
"""

from sportsgpt_lib.storage.contract import boolean, integer, real, text
from sportsgpt_lib.storage.table_parts import (
    ATHLETE,
    DEFINITION,
    POSE_MODEL,
    RECORDING,
    REPETITION,
    SIDES,
    build_table,
)

KEYFRAMES = build_table(
    "keyframes",
    "repetition × keyframe of a recording",
    ("recording_id", "repetition_idx", "keyframe", "side"),
    (
        *RECORDING,
        *ATHLETE,
        *REPETITION,
        text("keyframe", "Named instant, from the movement definition."),
        text("side", "Body side the keyframe belongs to.", allowed=SIDES),
        real(
            "time_s",
            "Sub-frame time in the clip, as played: seconds of the movement times the "
            "slow motion.",
            "s",
            minimum=0,
        ),
        real(
            "time_error_s",
            "Standard uncertainty of time_s, in seconds of the clip as well; the true "
            "instant lies within 1.96 of it on both sides 95 times of 100.",
            "s",
            minimum=0,
        ),
        text("method", "How it was found.", allowed=("alignment", "event", "both")),
        real(
            "event_offset_s",
            "Event time minus alignment time, in seconds of the clip; with method "
            "alignment too large to be joined; null = only one of them exists.",
            "s",
            nullable=True,
        ),
        real(
            "event_offset_error_s",
            "Standard uncertainty of event_offset_s, from those of both methods; null "
            "= only one of them exists.",
            "s",
            nullable=True,
            minimum=0,
        ),
        real(
            "alignment_cost",
            "Mean cost of the repetition's alignment, 0 = identical, 1 = unrelated; "
            "null = by event only.",
            nullable=True,
            minimum=0,
        ),
        text(
            "reference_id",
            "Target model that fits the repetition best; null = by event only.",
            nullable=True,
        ),
        integer(
            "reference_version",
            "Version of that target model; null = by event only.",
            nullable=True,
            minimum=1,
        ),
        text(
            "reference_sha256",
            "SHA-256 of that target model's files; null = by event only.",
            nullable=True,
        ),
        integer(
            "vote_count",
            "Target models that took part in the vote on the keyframes; null = by "
            "event only.",
            nullable=True,
            minimum=1,
        ),
        boolean(
            "is_mirrored",
            "The target model was mirrored, left for right; null = by event only.",
            nullable=True,
        ),
        real(
            "speed_ratio",
            "Athlete's speed over the target model's, 2 = twice as fast; null = by "
            "event only.",
            nullable=True,
            minimum=0,
        ),
        *DEFINITION,
        *POSE_MODEL,
    ),
)

ALIGNMENT_COSTS = build_table(
    "alignment_costs",
    "searched side × instant of a recording",
    ("recording_id", "side", "sample_idx"),
    (
        *RECORDING,
        text(
            "side",
            "Leg whose repetitions were sought; both = sought on either side at once.",
            allowed=SIDES,
        ),
        integer("sample_idx", "Instant of the search, from 0.", minimum=0),
        real("time_s", "Time in the clip, as played.", "s", minimum=0),
        real(
            "cost",
            "Mean cost of the best repetition that ends here, 0 = identical to a "
            "target model, 1 = unrelated; null = none can end here.",
            nullable=True,
            minimum=0,
        ),
        real(
            "highest_cost", "What a repetition may cost in this recording.", minimum=0
        ),
        integer(
            "repetition_idx",
            "Repetition that was found to end here, at a low place of the cost; "
            "keyframes have its exact end; null = none.",
            nullable=True,
            minimum=0,
        ),
    ),
    is_mart=False,
)

ALIGNMENT_PATHS = build_table(
    "alignment_paths",
    "repetition × quantity × instant of the target model",
    ("recording_id", "repetition_idx", "quantity", "point_idx"),
    (
        *RECORDING,
        *REPETITION,
        text("quantity", "Quantity that was aligned, as joint_kinematics names it."),
        integer(
            "point_idx",
            "Instant of the target model, evenly from 0 at its start.",
            minimum=0,
        ),
        text("reference_id", "Target model that fits the repetition best."),
        real("reference_time_s", "Time in the target model.", "s"),
        real(
            "time_s",
            "Time in the clip, as played, that the alignment sets against it.",
            "s",
        ),
        real(
            "reference_value",
            "The target model's value there; null = not in the target model.",
            "see unit",
            nullable=True,
        ),
        real(
            "value",
            "The athlete's value there; null = not seen.",
            "see unit",
            nullable=True,
        ),
        text("unit", "Unit of both values."),
    ),
    is_mart=False,
)

"""A made-up throw: a movement folder that no code knows, and athletes who do it.

Once-only target models on the right side; the athletes throw at known times, at their
own speed, with either arm.
"""

import numpy as np
import polars as pl

from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS
from sportsgpt_lib.sports.loader import load_movement_folder
from sportsgpt_lib.target_models.library import ReferenceLibrary
from sportsgpt_lib.target_models.sealing import seal_reference

DURATION_S = 1.4
CONTEXT_S = 0.2
MARKS = {"cocked": ("own", 0.5), "plant": ("other", 0.75), "release": ("own", 1.0)}
QUANTITIES = (
    *("right_elbow_flexion", "right_shoulder_flexion", "left_elbow_flexion"),
    *("left_shoulder_flexion", "left_knee_flexion", "right_knee_flexion"),
    "trunk_lean",
)
_MOVEMENT = """\
name = "overhand_throw"
title = "Overhand throw"
summary = "One throw, from the first move to the end of the follow-through."
event_model = "none"
sources = {}
phases = [{ name = "pull", meaning = "Forward.", start = "cocked", end = "release" }]

[[keyframes]]
name = "cocked"
title = "Arm cocked"
meaning = "The arm is farthest back."
sides = ["left", "right"]
methods = ["alignment"]
is_own_leg_only = true

[[keyframes]]
name = "plant"
title = "Foot plant"
meaning = "The opposite foot stands."
sides = ["left", "right"]
methods = ["alignment"]

[[keyframes]]
name = "release"
title = "Release"
meaning = "The object leaves the hand."
sides = ["left", "right"]
methods = ["alignment"]
is_own_leg_only = true

[[indicators]]
name = "elbow_at_release"
title = "Elbow at release"
meaning = "How bent the elbow is."
dimension = "arms_elbows"
unit = "deg"
valid_views = ["sagittal"]
target = { high = 40.0, tolerance = 10.0, source = "adr_0005", holds_for = "All." }
[indicators.rule]
measure = "at_keyframe"
quantity = "{side}_elbow_flexion"
keyframe = "release"

[[issues]]
name = "bent_arm"
title = "Bent arm"
dimension = "arms_elbows"
cause = "Early release."
consequence = "Slower."
cue = "Reach."
"""
_REFERENCE = """\
schema_version = 2
version = 1
content_sha256 = "{not_sealed}"
movement = "overhand_throw"
kind = "once"
title = "Throw of {who}"
level = "made up"
body_size = "none"
licence = "ours"
right_to_use = "licence"
origin = "made up"
how_built = "tests/oracles/throwing.py"
recorded_by = "nobody"
own_side = "{own_side}"
start_s = 0.0
end_s = {end_s}
quantities = {quantities}
"""
_DIMENSIONS = ("head_eyes", "torso_core", "arms_elbows", "wrists_hands")
_DIMENSIONS += ("legs_knees", "feet_heels", "human_object")


def build_throw(times_s, *, own_side="right", style=1.0):
    """Angles of one throw, by name, at its own times ``(T,)``; still outside of it."""
    share = np.clip(times_s / DURATION_S, 0.0, 1.0)

    def bump(middle, width):
        return np.exp(-0.5 * ((share - middle) / width) ** 2)

    whip = 1.0 / (1.0 + np.exp(-(share - 0.68) / 0.03))
    own = {
        "elbow_flexion": 30.0 + style * (80.0 * bump(0.36, 0.12) - 20.0 * whip),
        "shoulder_flexion": 10.0 + style * (110.0 * bump(0.45, 0.13) + 60.0 * whip),
        "knee_flexion": 15.0 + style * 40.0 * bump(0.25, 0.08),
    }
    other = {
        "elbow_flexion": 25.0 + style * 50.0 * bump(0.2, 0.1),
        "shoulder_flexion": 20.0 + style * 70.0 * bump(0.3, 0.1),
        "knee_flexion": 12.0 + style * (50.0 * bump(0.1, 0.07) + 25.0 * bump(0.7, 0.1)),
    }
    opposite = "left" if own_side == "right" else "right"
    return {
        **{f"{own_side}_{name}": curve for name, curve in own.items()},
        **{f"{opposite}_{name}": curve for name, curve in other.items()},
        "trunk_lean": 5.0 + style * (35.0 * whip - 12.0 * bump(0.4, 0.1)),
    }


def film_throws(starts_s, *, own_side="right", speed=1.0, noise_deg=1.0, seed=0):
    """Quantities of a 60-Hz film of 8 s with a throw from each start on.

    Between throws the arms swing in a way that is no throw.
    """
    rng = np.random.default_rng(seed)
    times_s = np.arange(0.0, 8.0, 1.0 / 60.0)
    idle = {
        name: 8.0 * np.sin(2.0 * times_s + place)
        for place, name in enumerate(QUANTITIES)
    }
    rest = build_throw(np.array([-1.0]), own_side=own_side)
    values = {name: rest[name][0] + idle[name] for name in QUANTITIES}
    for start_s in starts_s:
        own_times_s = speed * (times_s - start_s)
        inside = (own_times_s >= 0.0) & (own_times_s <= DURATION_S)
        thrown = build_throw(own_times_s, own_side=own_side, style=0.95)
        for name in QUANTITIES:
            values[name] = np.where(inside, thrown[name], values[name])
    noise = {name: noise_deg * rng.standard_normal(times_s.size) for name in QUANTITIES}
    return times_s, {name: values[name] + noise[name] for name in QUANTITIES}


def build_kinematics_rows(times_s, values):
    """Rows of ``joint_kinematics``; quantities that were not filmed are absent."""
    frames = [
        pl.DataFrame(
            {
                "frame_idx": np.arange(times_s.size),
                "time_s": times_s,
                "quantity": name,
                "value": series,
                "unit": QUANTITY_UNITS[name],
                "rate_per_s": 0.0,
            }
        )
        for name, series in values.items()
    ]
    return pl.concat(frames).with_columns(
        pl.lit("synthetic").alias("pose_model"),
        pl.lit("f" * 64).alias("pose_weights_sha256"),
    )


def write_throw_folder(sports_folder, *, reference_count=2):
    """Write the movement and its target models; returns movement and target models."""
    folder = sports_folder / "overhand_throw"
    (folder / "references").mkdir(parents=True)
    dimensions = "".join(
        f'\n[[dimensions]]\nname = "{name}"\ntitle = "{name}"\n'
        + ("" if name == "arms_elbows" else 'not_assessed = "not here"\n')
        for name in _DIMENSIONS
    )
    (folder / "movement.toml").write_text(_MOVEMENT + dimensions, encoding="utf-8")
    weights = [
        *("{side}_elbow_flexion", "{side}_shoulder_flexion", "{side}_knee_flexion"),
        "trunk_lean",
    ]
    (folder / "joint_weights.csv").write_text(
        "quantity,weight\n" + "".join(f"{name},1.0\n" for name in weights)
    )
    (folder / "issue_map.csv").write_text(
        "indicator,bent_arm\nelbow_at_release,0.8\n", encoding="utf-8"
    )
    movement = load_movement_folder(folder)
    for index in range(reference_count):
        _write_reference(
            folder / "references" / f"thrower-{index}.toml", movement, index
        )
    return movement, ReferenceLibrary(packaged_folder=sports_folder).load(movement)


def _write_reference(path, movement, index):
    """Every second thrower is left-handed, and each has a style."""
    own_side = "right" if index % 2 == 0 else "left"
    times_s = np.arange(-CONTEXT_S, DURATION_S + CONTEXT_S, 0.01)
    curves = build_throw(times_s, own_side=own_side, style=1.0 + 0.06 * index)
    head = _REFERENCE.format(
        not_sealed="0" * 64,
        who=index,
        own_side=own_side,
        end_s=DURATION_S,
        quantities=[f"{name}_deg" for name in QUANTITIES],
    ).replace("'", '"')
    marks = "".join(
        f'\n[[keyframes]]\nname = "{name}"\nleg = "{leg}"\n'
        f"time_s = {time_s}\nspread_s = 0.01\n"
        for name, (leg, time_s) in MARKS.items()
    )
    path.write_text(head + marks, encoding="utf-8")
    header = ",".join(["time_s", *(f"{name}_deg" for name in QUANTITIES)])
    rows = np.stack([times_s, *(curves[name] for name in QUANTITIES)], axis=1)
    lines = [",".join(f"{value:.4f}" for value in row) for row in rows]
    path.with_suffix(".csv").write_text("\n".join([header, *lines]) + "\n")
    seal_reference(path, movement)

"""A repetition that lacks a keyframe gets what can be measured, and says what lacks."""

from functools import cache

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.kismam.missing_keyframes import describe_film_end
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.quantities import RULE_QUANTITY_UNITS
from sportsgpt_lib.sports.rules import parse_keyframe_ref
from sportsgpt_lib.stages.kismam_metrics import KismamMetricsStage
from tests.stages.assessment_rows import (
    build_subject,
    camera_rows,
    conform,
    keyframe_rows,
    kinematics_rows,
    pose_rows,
    run_stage,
)

RATE_HZ = 120.0
FIRST_S, STEP_S, LAG_S = 2.0, 0.2, 0.07
FILM_S = 8.0
LANDING = load_movement("drop_landing")


@cache
def build_repetition(name: str) -> Repetition:
    """Every quantity moves; keyframes follow each other, the right leg's later."""
    movement = load_movement(name)
    times_s = np.arange(0.0, FILM_S, 1.0 / RATE_HZ)
    rng = np.random.default_rng(11)
    signals = {}
    for quantity in RULE_QUANTITY_UNITS:
        for side in ("left", "right") if "{side}" in quantity else ("",):
            turns_hz, start = rng.uniform(0.4, 1.2), rng.uniform(0.0, 6.0)
            values = 30.0 + 20.0 * np.sin(2.0 * np.pi * turns_hz * times_s + start)
            signals[quantity.format(side=side)] = Signal(times_s, values)
    keyframes = {}
    for place, keyframe in enumerate(movement.keyframes):
        sides = ("left",) if keyframe.is_own_leg_only else keyframe.sides
        for side in sides:
            late_s = LAG_S if side == "right" else 0.0
            time = KeyframeTime(FIRST_S + STEP_S * place + late_s, 0.005)
            keyframes[keyframe.name, side] = time
    own_side = "both" if ("both" in movement.keyframes[0].sides) else "left"
    return Repetition(own_side=own_side, keyframes=keyframes, signals=signals)


def measure(name: str, *dropped: str) -> pl.DataFrame:
    """Run the real stage; ``dropped`` keyframes are not among its rows."""
    subject = build_subject(name)
    repetition = build_repetition(name)
    keyframes = keyframe_rows(subject, [repetition])
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframes.filter(~pl.col("keyframe").is_in(list(dropped))),
        "joint_kinematics": _kinematics(name),
    }
    output = run_stage(KismamMetricsStage(), subject, tables)
    assert output.rows is not None
    return conform("kismam_metrics", output.rows)


@cache
def _kinematics(name: str) -> pl.DataFrame:
    return kinematics_rows(build_subject(name), build_repetition(name))


@cache
def measure_whole(name: str) -> pl.DataFrame:
    return measure(name)


def find_dependent(movement: Movement, keyframe: str) -> set[str]:
    return {
        indicator.name
        for indicator in movement.indicators
        if keyframe
        in {
            parse_keyframe_ref(text).keyframe
            for text in list_needed_keyframes(indicator.rule, movement)
        }
    }


def tells_the_leg(movement: Movement, keyframe: str) -> bool:
    telling = [part.name for part in movement.keyframes if part.is_own_leg_only]
    return telling == [keyframe]


CASES = [
    (name, keyframe.name)
    for name in movement_names()
    for keyframe in load_movement(name).keyframes
]


@pytest.mark.parametrize(("name", "keyframe"), CASES)
def test_what_needs_the_keyframe_names_it_and_the_rest_is_measured(name, keyframe):
    movement = load_movement(name)
    whole, partial = measure_whole(name), measure(name, keyframe)
    if tells_the_leg(movement, keyframe):
        partial = partial.filter(~pl.col("reason").fill_null("").str.contains("leg of"))
        whole = whole.join(partial, on="indicator", how="semi")
    assert partial["indicator"].to_list() == whole["indicator"].to_list()
    dependent = pl.col("indicator").is_in(sorted(find_dependent(movement, keyframe)))
    lost = partial.filter(dependent)
    assert set(lost["validity"]) <= {"not_measurable"}
    title = movement.keyframe(keyframe).title
    named = title[:1].lower() + title[1:]
    for before, after in zip(
        whole.filter(dependent).to_dicts(), lost.to_dicts(), strict=True
    ):
        # What view or scale forbids is said first.
        assert named in after["reason"] or before["reason"] == after["reason"]
    conditions = {limit for one in movement.limited_when for limit in one.limits}
    free = ~dependent & ~pl.col("indicator").is_in(sorted(conditions))
    assert partial.filter(free).equals(whole.filter(free))
    kept = partial.filter(~dependent)["value"]
    assert kept.equals(whole.filter(~dependent)["value"])


def test_a_start_without_block_exit_says_that_its_leg_is_not_known():
    rows = measure("sprint_start", "block_exit")
    values = dict(rows.select("indicator", "value").iter_rows())
    reasons = dict(rows.select("indicator", "reason").iter_rows())
    assert values["trunk_lean_at_set"] is not None
    assert values["rear_knee_at_set"] is None
    assert reasons["rear_knee_at_set"] == (
        "the leg of this repetition is not known, for this was not found: block exit"
    )


@pytest.mark.parametrize("name", movement_names())
def test_the_whole_repetition_is_measured_in_most_indicators(name):
    values = measure_whole(name)["value"]
    assert values.count() >= 0.5 * values.len()


FILM = (0.0, 10.0)


@pytest.mark.parametrize(
    ("times_s", "missing", "words"),
    [
        (
            {"initial_contact": 0.05, "deepest_flexion": 0.3},
            {"take_off"},
            "perhaps cut off: the film begins 0.05 s before first contact",
        ),
        (
            {"take_off": 9.0, "initial_contact": 9.88},
            {"deepest_flexion"},
            "perhaps cut off: the film ends 0.12 s after first contact",
        ),
        ({"initial_contact": 4.0, "deepest_flexion": 4.3}, {"take_off"}, None),
        ({"take_off": 0.1, "deepest_flexion": 0.9}, {"initial_contact"}, None),
        ({"take_off": 0.1}, set(), None),
    ],
    ids=["begin", "end", "far from the ends", "in the middle", "nothing"],
)
def test_a_missing_keyframe_at_an_end_of_the_film_is_perhaps_cut_off(
    times_s, missing, words
):
    assert describe_film_end(LANDING, times_s, FILM, missing) == words


def test_a_landing_cut_off_by_the_film_says_so_in_its_indicators():
    subject = build_subject()
    landing = build_repetition("drop_landing")
    late_s = FIRST_S + STEP_S - 0.1
    kept = Repetition(
        own_side=landing.own_side,
        keyframes={k: t for k, t in landing.keyframes.items() if k[0] != "take_off"},
        signals={
            name: Signal(signal.times_s[is_filmed], signal.values[is_filmed])
            for name, signal in landing.signals.items()
            if (is_filmed := signal.times_s >= late_s).any()
        },
    )
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframe_rows(subject, [kept]),
        "joint_kinematics": kinematics_rows(subject, kept),
    }
    rows = conform(
        "kismam_metrics", run_stage(KismamMetricsStage(), subject, tables).rows
    )
    (reason,) = rows.filter(pl.col("indicator") == "fall_time")["reason"]
    assert reason == (
        "not found in this repetition: take-off; perhaps cut off: the film begins "
        "0.10 s before first contact"
    )
    assert rows["value"].count() > 0

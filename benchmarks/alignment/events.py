"""Events without a reference, against force plates and gravity.

Markers are filmed from the side at 30, 60 and 150 Hz, once as they are and ten times
with the jitter and the gaps of a network. What was chosen on which recording is in
docs/events.md: on the run, one height; on the walks, the heel's braking and the toe's
lead; on the first two jumps, one height.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.alignment.event_recordings import (
    FOOT_STRIKE,
    TOE_OFF,
    find_free_fall,
    load_annotated_walks,
    read_plate_events,
)
from benchmarks.alignment.event_scoring import (
    Deviation,
    Recording,
    compare_steps,
    compute_covered_share,
    compute_found_share,
    compute_rms_ms,
    find_steps,
    list_instants,
    list_views,
    pick_found_s,
)
from benchmarks.figures import Figure
from benchmarks.pose.motions import Motion, find_shared_data, load_motions
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.gait_events import TOE_OFF_LEAD_S
from sportsgpt_lib.kinematics.jump_events import Jump, find_jumps
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.pose.sequence import PoseSequence

RATES_HZ = (30.0, 60.0, 150.0)
SEEDS = tuple(range(10))
TUNED_JUMPS = ("cmu_train_jumping_jumping_1", "cmu_train_jumping_jumping_3")
_WORDS = {FOOT_STRIKE: "foot strike", TOE_OFF: "toe-off"}
_MUST_MS = {FOOT_STRIKE: 20.0, TOE_OFF: 30.0}
_AIM_MS = {FOOT_STRIKE: 10.0, TOE_OFF: 15.0}
_LEAST_COVERED, _MOST_COVERED = 0.90, 0.99


def measure() -> list[Figure]:
    """Compare strikes, toe-offs, take-offs and landings with what is known of them."""
    data = find_shared_data()
    motions = {motion.name: motion for motion in load_motions(data)}
    runs, walks = (
        [(motions[name], read_plate_events(data, name)) for name in names]
        for names in (("bmc_run",), ("bmc_walk1", "bmc_walk2"))
    )
    jumps = [motion for name, motion in motions.items() if "jump" in name]
    steps = [motion for name, motion in motions.items() if "jump" not in name]
    return [
        *_describe_gait("running", runs),
        *_describe_gait("walking", walks),
        *_describe_other_people(data, walks),
        *_describe_jumps(jumps),
        *_describe_mistakes(jumps, steps),
        *_describe_plausibility(
            [motion for motion in steps if motion.name.startswith("cmu_")]
        ),
    ]


def _describe_gait(gait: str, recordings: Sequence[Recording]) -> Iterator[Figure]:
    clean = {rate_hz: compare_steps(recordings, rate_hz) for rate_hz in RATES_HZ}
    noisy = [
        deviation
        for rate_hz in RATES_HZ
        for deviation in compare_steps(recordings, rate_hz, seeds=SEEDS)
    ]
    pooled = [deviation for found in clean.values() for deviation in found]
    for name, word in _WORDS.items():
        title = f"{gait}, {word}"
        for rate_hz, found in clean.items():
            yield _describe_rms(f"{title}, {rate_hz:g} Hz", found, name, with_aim=True)
        largest_s = np.abs(pick_found_s(pooled, name)).max()
        yield Figure(f"{title}, largest", 1000.0 * float(largest_s), "ms")
        yield Figure(f"{title}, found", compute_found_share(pooled, name), "share")
        yield _describe_rms(f"{title}, jitter and gaps", noisy, name)
        share = compute_found_share(noisy, name)
        yield Figure(f"{title}, jitter and gaps, found", share, "share")
    yield from _describe_coverage(gait, compute_covered_share(noisy))


def _describe_rms(
    title: str, deviations: Sequence[Deviation], name: str, *, with_aim: bool = False
) -> Figure:
    off_s = pick_found_s(deviations, name)
    return Figure(
        f"{title}, root mean square",
        compute_rms_ms(off_s),
        "ms",
        must=_MUST_MS[name] if with_aim else None,
        aim=_AIM_MS[name] if with_aim else None,
        note=f"{off_s.size} events, mean {1000.0 * float(off_s.mean()):+.0f} ms",
    )


def _describe_coverage(area: str, share: float) -> Iterator[Figure]:
    title = f"{area}, inside the stated 95 %, jitter and gaps"
    yield Figure(
        f"{title}, least", share, "share", must=_LEAST_COVERED, is_at_least=True
    )
    yield Figure(f"{title}, most", share, "share", must=_MOST_COVERED)


def _describe_other_people(data: Path, walks: Sequence[Recording]) -> Iterator[Figure]:
    """Describe two more people, and every recording with the others' toe lead."""
    try:
        others = load_annotated_walks(data)
    except ModuleNotFoundError:
        note = "ezc3d, of the extra 'bench', is not installed"
        yield Figure("walking, other people", None, "ms", note=note)
        return
    plates = [
        (motion, [event for event in events if event.is_measured])
        for motion, events in others
    ]
    for name, word in _WORDS.items():
        for title, recordings in (("force plates", plates), ("annotated", others)):
            found = [
                deviation
                for rate_hz in RATES_HZ
                for deviation in compare_steps(recordings, rate_hz)
            ]
            yield _describe_rms(f"walking, other people, {word}, {title}", found, name)
    left_out_s = _leave_one_out([*walks, *plates])
    yield Figure(
        "walking, toe-off, each recording with the lead of the others",
        compute_rms_ms(left_out_s),
        "ms",
        must=_MUST_MS[TOE_OFF],
        note="root mean square of the recordings' means",
    )


def _leave_one_out(recordings: Sequence[Recording]) -> FloatArray:
    """Find each recording's mean deviation with the median lead of all others."""
    leads_s = np.array(
        [
            pick_found_s(compare_steps([recording], RATES_HZ[-1]), TOE_OFF).mean()
            + TOE_OFF_LEAD_S
            for recording in recordings
        ]
    )
    others_s = [np.median(np.delete(leads_s, index)) for index in range(leads_s.size)]
    return np.asarray(leads_s - others_s)


def _find_all_jumps(view: PoseSequence) -> list[Jump]:
    quantities = compute_quantities(view)
    return find_jumps(quantities.times_s, quantities.values)


def _describe_jumps(motions: Sequence[Motion]) -> Iterator[Figure]:
    tuned = [motion for motion in motions if motion.name in TUNED_JUMPS]
    reported = [motion for motion in motions if motion.name not in TUNED_JUMPS]
    for title, part in (("as chosen on", tuned), ("reported on", reported)):
        for noise, seeds in (("clean", ()), ("jitter and gaps", SEEDS)):
            off_s, inside, found_share = _compare_jumps(part, seeds)
            for column, name in enumerate(("take-off", "landing", "flight time")):
                yield Figure(
                    f"jumps {title}, {name}, {noise}, root mean square",
                    compute_rms_ms(off_s[:, column]),
                    "ms",
                    note=f"{len(off_s)} jumps, mean "
                    f"{1000.0 * float(off_s[:, column].mean()):+.0f} ms",
                )
            yield Figure(f"jumps {title}, found, {noise}", found_share, "share")
            if seeds:
                yield from _describe_coverage(f"jumps {title}", inside)


def _compare_jumps(
    motions: Sequence[Motion], seeds: Sequence[int]
) -> tuple[FloatArray, float, float]:
    """Compare take-off, landing and flight ``(N, 3)``; shares inside and found."""
    off_s, inside, wanted = [], [], 0
    for motion in motions:
        take_off_s, landing_s = find_free_fall(motion)
        for rate_hz in RATES_HZ:
            for view in list_views(motion, rate_hz, seeds):
                wanted += 1
                for jump in _find_all_jumps(view)[:1]:
                    pairs = ((jump.take_off, take_off_s), (jump.landing, landing_s))
                    offs_s = [found.time_s - true_s for found, true_s in pairs]
                    off_s.append([*offs_s, offs_s[1] - offs_s[0]])
                    inside += [
                        abs(found.time_s - true_s) < 1.96 * found.error_s
                        for found, true_s in pairs
                    ]
    return np.array(off_s), float(np.mean(inside)), len(off_s) / wanted


def _describe_mistakes(
    jumps: Sequence[Motion], steps: Sequence[Motion]
) -> Iterator[Figure]:
    """Count jumps among steps, steps among jumps, and gaits told rightly."""
    views = [
        (motion, view)
        for motion in (*jumps, *steps)
        for rate_hz in RATES_HZ
        for view in list_views(motion, rate_hz, SEEDS)
    ]
    is_jump = {motion.name for motion in jumps}
    wrong_jumps = sum(
        len(_find_all_jumps(view))
        for motion, view in views
        if motion.name not in is_jump
    )
    found = [(motion.name, find_steps(view)) for motion, view in views]
    wrong_steps = sum(
        len(list_instants(foot, name))
        for motion_name, each in found
        if motion_name in is_jump
        for foot in (each.left, each.right)
        for name in _WORDS
    )
    is_right = [
        one.is_running == ("walk" not in motion_name)
        for motion_name, each in found
        if motion_name not in is_jump
        for one in each.midstances
    ]
    note = f"of {len(views)} views with jitter and gaps"
    yield Figure("jumps found in walks and runs", wrong_jumps, "jumps", note=note)
    yield Figure("step events found in jumps", wrong_steps, "events", note=note)
    yield Figure("gait told rightly", float(np.mean(is_right)), "share", note=note)


def _describe_plausibility(runs: Sequence[Motion]) -> Iterator[Figure]:
    """Describe runs without force plates: cadence, contact times, turns of the feet."""
    contacts_s: list[float] = []
    steps_s: list[float] = []
    turns: list[bool] = []
    for motion in runs:
        (view,) = list_views(motion, RATES_HZ[1], ())
        found = find_steps(view)
        feet = {"left": found.left, "right": found.right}
        strikes = sorted(
            (one.time_s, side)
            for side, foot in feet.items()
            for one in foot.foot_strikes
        )
        for (first_s, first), (last_s, last) in pairwise(strikes):
            steps_s.append(last_s - first_s)
            turns.append(first != last)
        for foot in feet.values():
            for strike in foot.foot_strikes:
                after_s = [
                    one.time_s - strike.time_s
                    for one in foot.toe_offs
                    if one.time_s > strike.time_s
                ]
                contacts_s += after_s[:1]
    values: Mapping[str, tuple[float, str]] = {
        "steps a minute, median": (60.0 / float(np.median(steps_s)), "1/min"),
        "contact, median": (1000.0 * float(np.median(contacts_s)), "ms"),
        "contact, shortest": (1000.0 * min(contacts_s), "ms"),
        "contact, longest": (1000.0 * max(contacts_s), "ms"),
        "feet take turns": (float(np.mean(turns)), "share"),
    }
    for name, (value, unit) in values.items():
        note = f"{len(runs)} runs without force plates"
        yield Figure(f"plausibility, {name}", value, unit, note=note)

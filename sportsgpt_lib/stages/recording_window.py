"""The athlete's time window in a clip, and for how long the athlete was seen in it."""

from collections.abc import Mapping

import numpy as np

from sportsgpt_lib.pose.persons import Person, cut_person
from sportsgpt_lib.stages.contract import Subject
from sportsgpt_lib.stages.pose_verdicts import Sight
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor


def cut_to_window(persons: Mapping[int, Person], subject: Subject) -> dict[int, Person]:
    """Cut everybody to the recording's window; who is not in it is left out."""
    end_s = np.inf if subject.window_end_s is None else subject.window_end_s
    cut = {
        idx: cut_person(person, subject.window_start_s, end_s)
        for idx, person in persons.items()
    }
    return {idx: person for idx, person in cut.items() if person is not None}


def measure_sight(person: Person, subject: Subject) -> Sight:
    """Measure for how long a person was seen, in seconds of the movement.

    It is compared with the stated window as far as the clip goes, or with first and
    last sight where none is stated. Every sight lasts until the next frame.
    """
    times_s, frame_idx = person.track.times_s, person.track.frame_idx
    usual_s = 1.0 / subject.frame_rate_hz
    intervals_s = np.append(np.diff(times_s), usual_s)
    is_next_frame = np.append(np.diff(frame_idx) == 1, False)
    seen_s = float(np.sum(np.where(is_next_frame, intervals_s, usual_s)))
    start_s, end_s = float(times_s[0]), float(times_s[-1]) + usual_s
    if subject.window_start_s > 0:
        start_s = subject.window_start_s
    if subject.window_end_s is not None:
        end_s = min(subject.window_end_s, subject.duration_s + usual_s)
    factor = compute_slow_motion_factor(subject)
    return Sight(seen_s / factor, (end_s - start_s) / factor)

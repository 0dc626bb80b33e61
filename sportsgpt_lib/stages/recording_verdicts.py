"""What is said of a recording from the manifest and its clip's facts, before any pose.

Rules only; which clip belongs to which recording is decided in ``recordings``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.media.clip import ClipFacts
from sportsgpt_lib.session.folder_files import Refusal
from sportsgpt_lib.session.manifest import MANIFEST_NAME
from sportsgpt_lib.session.recording_plan import (
    PlannedRecording,
    refuse_movement,
)
from sportsgpt_lib.stages.clip_probe import ProbedClip
from sportsgpt_lib.stages.contract import PASS, Verdict

# Chosen: people write windows in tenths of a second, and end one with the clip.
_WINDOW_ROUNDING_S = 0.1
# Chosen: containers and phones miss the stated rate by a few hundredths; slow motion
# begins at twice the rate.
_RATE_TOLERANCE_RATIO = 0.05
# Chosen: the fastest cameras that athletes are filmed with take 20,000 pictures a
# second, played at 24.
MAX_SLOW_MOTION_RATIO = 1000.0


@dataclass(frozen=True)
class KnownMovements:
    """Names of the movements that are defined, and what is wrong with some of them."""

    names: tuple[str, ...]
    unusable: Mapping[str, MovementFileError] = field(default_factory=dict)


def judge_recording(
    recording: PlannedRecording, clip: ProbedClip, movements: KnownMovements
) -> Verdict:
    """Say whether a recording may go on: the first stop, or all reservations."""
    if clip.facts is None:
        return clip.verdict
    stop = next(_find_stops(recording, clip.facts, movements), None)
    return stop or _join(list(_find_reservations(recording, clip.facts)))


def verdict_of(refusal: Refusal) -> Verdict:
    """Turn what the session's files say into a verdict."""
    return Verdict(refusal.word, refusal.reason_code, refusal.reason, refusal.fix)


def describe_repeated(file: str, first_file: str) -> Verdict:
    """Refuse a recording that is in the session already."""
    return Verdict(
        "REJECT",
        "duplicate_recording",
        f"{file} shows the same recording as {first_file}: equal content, "
        "athlete, movement and time window",
        f"keep one of the two entries in {MANIFEST_NAME}; where both files are meant, "
        "one was copied or sent wrongly",
    )


def describe_copy(file: str, first_file: str) -> Verdict:
    """Stop a second file of equal content, which goes by another name."""
    return Verdict(
        "QUARANTINE",
        "duplicate_clip",
        f"{file} holds the same pictures as {first_file}, byte for byte; {first_file} "
        "is the one that counts",
        f"take {file} away, or send the clip that was meant; several recordings of one "
        f"clip are several entries in {MANIFEST_NAME} with the same file",
    )


def _find_stops(
    recording: PlannedRecording, facts: ClipFacts, movements: KnownMovements
) -> Iterator[Verdict]:
    movement = str(recording.movement)
    if movement not in movements.names:
        yield verdict_of(refuse_movement(movement, movements.names))
    if movement in movements.unusable:
        yield _describe_unusable(movement, movements.unusable[movement])
    if recording.entry.start_s >= facts.duration_s:
        yield Verdict(
            "REJECT",
            "window_outside_clip",
            f"the recording starts at {recording.entry.start_s} s, the clip lasts "
            f"{facts.duration_s:.2f} s",
            f"correct start_s in {MANIFEST_NAME}",
        )
    if recording.capture_rate_hz is not None:
        yield from _judge_capture_rate(recording.capture_rate_hz, facts.frame_rate_hz)


def _describe_unusable(movement: str, error: MovementFileError) -> Verdict:
    first, *others = error.problems or (error.found,)
    more = f" (and {len(others)} more)" if others else ""
    return Verdict(
        "QUARANTINE",
        "movement_unusable",
        f"the files of the movement {movement} are wrong: {first}{more}",
        "correct them; `sportsgpt movements check` lists every problem. Then run the "
        "day again",
    )


def _judge_capture_rate(stated_hz: float, frame_rate_hz: float) -> Iterator[Verdict]:
    least_hz = frame_rate_hz * (1 - _RATE_TOLERANCE_RATIO)
    most_hz = frame_rate_hz * MAX_SLOW_MOTION_RATIO
    if not least_hz <= stated_hz <= most_hz:
        yield Verdict(
            "QUARANTINE",
            "capture_rate_implausible",
            f"capture_rate_hz = {stated_hz:g}, but the clip is played at "
            f"{frame_rate_hz:.2f} Hz; slow motion is captured at that rate or more, at "
            f"most {MAX_SLOW_MOTION_RATIO:g} times it",
            f"set capture_rate_hz in {MANIFEST_NAME} (or of its camera) to the rate "
            "that was set in the camera; leave it away where the clip runs at true "
            "speed",
        )


def _find_reservations(
    recording: PlannedRecording, facts: ClipFacts
) -> Iterator[Verdict]:
    if recording.disagreement:
        yield Verdict(
            "WARN",
            "file_name_disagrees",
            f"{recording.file}: {recording.disagreement}, which is what counts",
            f"correct {MANIFEST_NAME}, or rename the file",
        )
    end_s = recording.entry.end_s
    # The last picture is shown for one interval more.
    latest_s = facts.duration_s + 1 / facts.frame_rate_hz + _WINDOW_ROUNDING_S
    if end_s is not None and end_s > latest_s:
        yield Verdict(
            "WARN",
            "window_outside_clip",
            f"the recording is to end at {end_s:g} s, the clip lasts "
            f"{facts.duration_s:.2f} s; what is there counts",
            f"correct end_s in {MANIFEST_NAME}, or hand in the rest of the clip",
        )


def _join(reservations: list[Verdict]) -> Verdict:
    if not reservations:
        return PASS
    return Verdict(
        "WARN",
        reservations[0].reason_code,
        "; ".join(str(verdict.reason) for verdict in reservations),
        "; ".join(str(verdict.fix) for verdict in reservations),
    )

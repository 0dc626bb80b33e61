"""How many times slower a clip plays than the movement was."""

from sportsgpt_lib.stages.contract import Subject

# Chosen, see docs/adr/0006-pose.md: a stated capture rate this near to the clip's own
# is the same rate, rounded; dividing true time stamps by the quotient would spoil them.
SAME_RATE_RATIO = 1.05


def compute_slow_motion_factor(subject: Subject) -> float:
    """Compute seconds of the clip per second of the movement; 1 = true speed."""
    if subject.capture_rate_hz is None:
        return 1.0
    factor = subject.capture_rate_hz / subject.frame_rate_hz
    return factor if factor > SAME_RATE_RATIO else 1.0

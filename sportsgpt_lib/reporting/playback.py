"""Words on a picture that say when it was, and how fast the clip plays."""

_SECONDS_IN_MINUTE = 60
_MILLISECONDS = 1000
# Chosen: header rates such as 29.97 and 239.76 differ from the round ones by less.
_RATE_TOLERANCE = 0.02


def write_time_code(time_s: float, frame_idx: int) -> str:
    """Write a clip's own time and the index of its picture.

    Examples
    --------
    >>> write_time_code(62.5334, 1876)
    '01:02.533  frame 1876'
    """
    total_ms = round(time_s * _MILLISECONDS)
    minutes, rest_ms = divmod(total_ms, _SECONDS_IN_MINUTE * _MILLISECONDS)
    seconds, milliseconds = divmod(rest_ms, _MILLISECONDS)
    return f"{minutes:02d}:{seconds:02d}.{milliseconds:03d}  frame {frame_idx}"


def write_playback(frame_rate_hz: float, capture_rate_hz: float | None) -> str | None:
    """Write how slow the clip plays; None where it plays as the movement was.

    Examples
    --------
    >>> write_playback(29.97, 240.0)
    '1/8 speed'
    >>> write_playback(25.0, 240.0)
    '0.10 × speed'
    """
    if capture_rate_hz is None or capture_rate_hz <= 0 or frame_rate_hz <= 0:
        return None
    ratio = frame_rate_hz / capture_rate_hz
    if abs(ratio - 1) < _RATE_TOLERANCE:
        return None
    times_slower = round(1 / ratio)
    if times_slower > 1 and abs(ratio * times_slower - 1) < _RATE_TOLERANCE:
        return f"1/{times_slower} speed"
    return f"{ratio:#.2g} × speed"

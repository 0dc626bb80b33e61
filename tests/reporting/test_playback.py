import pytest

from sportsgpt_lib.reporting.playback import write_playback


@pytest.mark.parametrize(
    ("frame_rate_hz", "capture_rate_hz", "words"),
    [
        (30.0, 240.0, "1/8 speed"),
        (29.97, 239.76, "1/8 speed"),
        (30.0, 60.0, "1/2 speed"),
        (30.0, 1000.0, "1/33 speed"),
        (25.0, 240.0, "0.10 × speed"),
        (24.0, 100.0, "0.24 × speed"),
        (20.0, 190.0, "0.11 × speed"),
        (60.0, 30.0, "2.0 × speed"),
        (29.97, 30.0, None),
        (30.0, None, None),
    ],
)
def test_slowness_is_one_over_a_whole_number_or_a_decimal(
    frame_rate_hz, capture_rate_hz, words
):
    assert write_playback(frame_rate_hz, capture_rate_hz) == words

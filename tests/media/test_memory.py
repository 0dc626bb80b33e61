"""Memory while reading does not grow with the clip's length."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.media.encoded_clips import Encoding, draw_marked_frame, write_clip

SIZE_PX = (640, 480)
SHORT_COUNT = 60
# 240 more pictures of 0.9 MB would be 220 MB.
ALLOWED_GROWTH_BYTES = 25_000_000
MEASURE = """
import re, sys
from pathlib import Path
from sportsgpt_lib.media.clip import probe_clip, read_frames
clip = Path(sys.argv[1])
probe_clip(clip)
total = sum(int(frame.image_rgb[0, 0, 0]) for frame in read_frames(clip))
# Not ru_maxrss: it begins with the memory of the process that started this one.
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def measure_peak_bytes(clip: Path) -> int:
    """Peak memory of a process of its own that reads the whole clip."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(clip)],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    return int(done.stdout) * 1024


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="peak memory is read from /proc"
)
@pytest.mark.parametrize("first_field", ["", "tff"], ids=["progressive", "interlaced"])
def test_a_clip_five_times_as_long_takes_no_more_memory(
    tmp_path: Path, first_field: str
) -> None:
    options = {"preset": "ultrafast"}
    if first_field:
        options["flags"] = "+ildct+ilme"
    how = Encoding(options=options, first_field=first_field)
    peaks = []
    for count in (SHORT_COUNT, 5 * SHORT_COUNT):
        images = (draw_marked_frame(number % 250, SIZE_PX) for number in range(count))
        clip = write_clip(tmp_path / f"{count}.mp4", images, how)
        peaks.append(measure_peak_bytes(clip))
    assert peaks[1] - peaks[0] < ALLOWED_GROWTH_BYTES

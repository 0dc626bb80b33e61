"""Who is where in the clip ``video_sports2d_flip/demo.mp4``, labelled by looking.

Rule: every picture from 33 to 48, 160 to 206 and 221 to 229 was looked at enlarged, of
the others every tenth. A person is *visible* while at least half of the body, seen as
an area, is inside the picture and hidden by nothing but lens flare; *in sight* while
any part is. Hips are the middle between both hip joints, to within a hand's breadth
(20 px); between two labels they move evenly. A third person, 35 px high in a blue shop
entrance in the background, is not labelled.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray


@dataclass(frozen=True)
class LabelledPerson:
    """One person; ``hips_px`` maps picture indices to x and y."""

    name: str
    visible: range
    in_sight: range
    hips_px: dict[int, tuple[float, float]]

    def find_hips_px(self, frame_idx: int) -> FloatArray:
        """Interpolate where the hips are ``(2,)``; NaN outside the labelled frames."""
        frames = sorted(self.hips_px)
        columns = np.array([self.hips_px[frame] for frame in frames]).T
        return np.array(
            [
                np.interp(frame_idx, frames, column, left=np.nan, right=np.nan)
                for column in columns
            ]
        )


# He stands on a roof, dives off and turns over once (168 to 184), lands with the trunk
# level, and runs behind a tree on the right. In 169 to 174 the sun dazzles the camera.
JUMPER = LabelledPerson(
    "jumper",
    visible=range(226),
    in_sight=range(230),
    hips_px={
        0: (650, 270),
        20: (640, 270),
        40: (640, 270),
        60: (630, 290),
        80: (640, 280),
        100: (640, 260),
        120: (730, 260),
        140: (770, 250),
        160: (770, 300),
        168: (840, 220),
        172: (930, 180),
        176: (1000, 260),
        180: (990, 380),
        184: (1000, 470),
        188: (1050, 620),
        192: (1060, 760),
        196: (1060, 790),
        200: (1090, 780),
        204: (1150, 740),
        220: (1440, 710),
        225: (1530, 720),
        229: (1600, 720),
    },
)
FLIP = range(168, 185)
# She comes out from behind the tree, walks across below him, and out on the left.
WALKER = LabelledPerson(
    "walker",
    visible=range(40, 198),
    in_sight=range(34, 213),
    hips_px={
        34: (1580, 760),
        40: (1550, 760),
        60: (1410, 750),
        80: (1230, 730),
        100: (1030, 730),
        120: (820, 720),
        140: (620, 720),
        160: (410, 730),
        180: (210, 730),
        196: (30, 740),
        212: (-140, 740),
    },
)

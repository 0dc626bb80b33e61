"""Brings pictures of high dynamic range (HDR) to the range that networks know.

Phones record HDR as PQ or HLG. Shown as if they were ordinary, such pictures are pale:
a PQ clip keeps half of its contrast.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray

# Codes of transfer functions in ITU-T H.273, table 3.
_PQ, _HLG = 16, 18
_LEVELS = np.arange(256) / 255.0
# ITU-R BT.2408, table 1, HDR reference white: 203 cd/m² in PQ; 75 % of HLG's signal,
# which is this share of the scene's light.
_PQ_WHITE_CD_M2 = 203.0
_HLG_WHITE_RATIO = 0.265
# ITU-R BT.1886: what a standard display makes of the signal. BT.2100-2, table 5: the
# system gamma of 1.2, which HLG leaves to the display, is in it.
_DISPLAY_GAMMA = 2.4
_HLG_SYSTEM_GAMMA = 1.2
# Chosen, see docs/adr/0006-pose.md: up to here light stays as it is, above it is bent
# so that the brightest lamp becomes white.
_KNEE_RATIO = 0.8
# Inverse of matrix M2 of ITU-R BT.2087-0: linear RGB of BT.2020 to that of BT.709.
_TO_BT709 = np.array(
    [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]]
)


@dataclass(frozen=True)
class ToneCurve:
    """How HDR becomes standard range: ``levels`` ``(256,)`` of a colour's values."""

    levels: ByteImage

    def apply(self, image_rgb: ByteImage) -> ByteImage:
        """Convert a picture ``(H, W, 3)`` of BT.2020 colours.

        The colours' matrix is applied to the values as stored instead of to light,
        which costs a tenth of the time.
        """
        import cv2

        toned = cv2.LUT(image_rgb, self.levels)
        result: ByteImage = cv2.transform(toned, _TO_BT709)
        return result


def find_tone_curve(picture: Any) -> ToneCurve | None:
    """Find the curve of a decoded picture; None = it is of standard range."""
    build = {_PQ: _linearise_pq, _HLG: _linearise_hlg}.get(int(picture.color_trc))
    if build is None:
        return None
    light, gamma = build(_LEVELS)
    bent = 1 - np.exp(-np.maximum(light - _KNEE_RATIO, 0) / (1 - _KNEE_RATIO))
    light = np.where(
        light <= _KNEE_RATIO, light, _KNEE_RATIO + (1 - _KNEE_RATIO) * bent
    )
    return ToneCurve(np.round(255 * light ** (1 / gamma)).astype(np.uint8))


def _linearise_pq(signal: FloatArray) -> tuple[FloatArray, float]:
    """Light of PQ in shares of white, and the gamma that shows it (SMPTE ST 2084)."""
    m1, m2 = 2610 / 16384, 2523 / 4096 * 128
    c1, c2, c3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32
    power = signal ** (1 / m2)
    light_cd_m2 = 10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    return light_cd_m2 / _PQ_WHITE_CD_M2, _DISPLAY_GAMMA


def _linearise_hlg(signal: FloatArray) -> tuple[FloatArray, float]:
    """Light of HLG in shares of white, and the gamma to show it (BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(
        signal <= 1 / 2, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12
    )
    return scene / _HLG_WHITE_RATIO, _DISPLAY_GAMMA / _HLG_SYSTEM_GAMMA

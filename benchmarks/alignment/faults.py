"""What pose estimation does to joint angles: jitter, spikes, gaps and swapped sides.

Shares are met to a frame (swaps) or a cell (gaps, spikes), so that "8 % missing" says
what it means. Which sizes belong together is in ``Severity``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.alignment.movements import ANGLE_NAMES, MIRRORED_COLUMNS
from sportsgpt_lib.arrays import FloatArray

BoolArray = npt.NDArray[np.bool_]

_LIMBS: tuple[tuple[int, ...], ...] = tuple(
    tuple(ANGLE_NAMES.index(f"{side}_{joint}_deg") for joint in joints)
    for side in ("left", "right")
    for joints in (("hip", "knee", "ankle"), ("shoulder", "elbow"))
)
_BODY = tuple(range(len(ANGLE_NAMES)))
_BODY_GAP_SHARE = 0.3
_MEAN_GAP_S, _MEAN_SWAP_S = 0.2, 0.1
# Chosen as the network of the demo clip errs, see SightRules in pose/side_camera.py.
_WHITE_SHARE, _SLOW_S = 0.5, 0.07
_LEAST_SPIKE_DEG, _MOST_SPIKE_DEG = 20.0, 70.0


@dataclass(frozen=True)
class Severity:
    """How far an athlete is from the reference, and how badly the camera saw it.

    ``jitter_deg`` is the standard deviation of the error of every angle; the shares are
    of cells (spikes, gaps) and of frames (swaps).
    """

    name: str
    jitter_deg: float
    spike_share: float
    gap_share: float
    swap_share: float
    style_deg: float
    gain_sd: float


# Chosen: mild is a good network on a clear view; hard and brutal are poor views of
# athletes whose build and manner are far from the reference.
CLEAN = Severity("clean", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
MILD = Severity("mild", 2.0, 0.004, 0.02, 0.01, 5.0, 0.15)
HARD = Severity("hard", 6.0, 0.02, 0.08, 0.04, 10.0, 0.3)
BRUTAL = Severity("brutal", 10.0, 0.04, 0.15, 0.08, 14.0, 0.4)


def add_faults(
    chance: np.random.Generator,
    angles_deg: FloatArray,
    frame_rate_hz: float,
    severity: Severity,
) -> FloatArray:
    """Add the faults of a severity to angles ``(T, 12)``; NaN = gap."""
    shape = angles_deg.shape
    seen_deg = angles_deg + severity.jitter_deg * draw_jitter(
        chance, shape, frame_rate_hz
    )
    is_swapped = draw_bursts(
        chance, shape[0], severity.swap_share, _MEAN_SWAP_S * frame_rate_hz
    )
    seen_deg[is_swapped] = seen_deg[is_swapped][:, MIRRORED_COLUMNS]
    is_spike = draw_cells(chance, shape, severity.spike_share)
    size_deg = chance.uniform(_LEAST_SPIKE_DEG, _MOST_SPIKE_DEG, shape)
    sign = chance.choice([-1.0, 1.0], shape)
    seen_deg[is_spike] += (sign * size_deg)[is_spike]
    seen_deg[draw_gaps(chance, shape[0], frame_rate_hz, severity.gap_share)] = np.nan
    return seen_deg


def draw_jitter(
    chance: np.random.Generator, shape: tuple[int, ...], frame_rate_hz: float
) -> FloatArray:
    """Draw errors of unit variance along axis 0, half new in each frame, half slow."""
    from scipy.signal import lfilter

    kept = np.exp(-1.0 / (_SLOW_S * frame_rate_hz))
    drive = chance.standard_normal(shape)
    drive[1:] *= np.sqrt(1.0 - kept**2)
    slow = lfilter([1.0], [1.0, -kept], drive, axis=0)
    white = chance.standard_normal(shape)
    return np.asarray(np.sqrt(_WHITE_SHARE) * white + np.sqrt(1 - _WHITE_SHARE) * slow)


def draw_bursts(
    chance: np.random.Generator, frame_count: int, share: float, mean_frames: float
) -> BoolArray:
    """Draw bursts until exactly ``share`` of the frames (rounded) lie in one."""
    is_in = np.zeros(frame_count, dtype=bool)
    wanted = round(share * frame_count)
    while (missing := wanted - int(is_in.sum())) > 0:
        start = int(chance.integers(frame_count))
        length = 1 + int(chance.exponential(mean_frames))
        fresh = np.flatnonzero(~is_in[start : start + length])[:missing]
        is_in[start + fresh] = True
    return is_in


def draw_gaps(
    chance: np.random.Generator, frame_count: int, frame_rate_hz: float, share: float
) -> BoolArray:
    """Draw bursts in which a limb or the body is lost, to ``share`` of all cells."""
    is_gone = np.zeros((frame_count, len(ANGLE_NAMES)), dtype=bool)
    wanted = round(share * is_gone.size)
    while (missing := wanted - int(is_gone.sum())) > 0:
        is_body = chance.random() < _BODY_GAP_SHARE
        columns = np.array(_BODY if is_body else _LIMBS[chance.integers(len(_LIMBS))])
        start = int(chance.integers(frame_count))
        length = 1 + int(chance.exponential(_MEAN_GAP_S * frame_rate_hz))
        window = is_gone[start : start + length]
        block = window[:, columns]
        fresh = np.flatnonzero(~block)[:missing]
        block.flat[fresh] = True
        window[:, columns] = block
    return is_gone


def draw_cells(
    chance: np.random.Generator, shape: tuple[int, ...], share: float
) -> BoolArray:
    """Draw single cells, exactly ``share`` of them (rounded)."""
    count = int(np.prod(shape))
    is_in = np.zeros(count, dtype=bool)
    is_in[chance.choice(count, round(share * count), replace=False)] = True
    return is_in.reshape(shape)

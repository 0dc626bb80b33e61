"""The regions of the body that an exercise loads and that an athlete may have to spare.

Coarse on purpose: a coach says which region to spare, never why. Said by technique
cards (``[card.limits]``) and by the session manifest (``spare``); no diagnosis.
"""

from collections.abc import Collection
from typing import Literal, get_args

BodyRegion = Literal[
    "neck",
    "shoulder",
    "elbow",
    "wrist",
    "upper_back",
    "lower_back",
    "hip",
    "thigh",
    "knee",
    "calf",
    "ankle",
    "foot",
]
BODY_REGIONS: tuple[BodyRegion, ...] = get_args(BodyRegion)


def order_regions(regions: Collection[str]) -> tuple[BodyRegion, ...]:
    """Put regions in order from head to foot, each once; unknown ones are left out.

    Examples
    --------
    >>> order_regions(["knee", "neck", "knee"])
    ('neck', 'knee')
    """
    return tuple(region for region in BODY_REGIONS if region in regions)

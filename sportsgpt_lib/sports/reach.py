"""From which camera views an issue can be reported, as W and the views allow.

What a repetition really shows is in ``sportsgpt_lib/kismam/aggregation.py``, which uses
the same limits.
"""

import math
from typing import NamedTuple

from sportsgpt_lib.sports.definition import Issue, Movement, View

# All chosen, with reasons, in docs/adr/0005-kismam-first-rules.md.
VALID_TRUST = 1.0
LIMITED_TRUST = 0.5
REPORTED_PROBABILITY = 0.5


class ViewReach(NamedTuple):
    """What all indicators of an issue can say at most from one camera view.

    ``probability`` is that of the noisy-OR where everything is measured and deviates
    without limit; ``strongest`` that of the strongest indicator alone.
    """

    view: View
    probability: float
    strongest: float

    @property
    def is_reportable(self) -> bool:
        """Whether the issue can become a finding from this view."""
        return self.probability >= REPORTED_PROBABILITY

    @property
    def needs_several(self) -> bool:
        """Whether no indicator alone makes it a finding, however far it lies."""
        return self.strongest <= REPORTED_PROBABILITY


def compute_view_reach(movement: Movement, issue: Issue, view: View) -> ViewReach:
    """Compute how surely an issue can be told from one view; 0 where nothing is seen.

    The leg away from the camera, the frame rate and the athlete may lower it further.
    """
    column = movement.issues.index(issue)
    links = [
        abs(weights[column])
        * (VALID_TRUST if view in indicator.valid_views else LIMITED_TRUST)
        for indicator, weights in zip(
            movement.indicators, movement.issue_map, strict=True
        )
        if view in (*indicator.valid_views, *indicator.limited_views)
    ]
    absent = math.prod(1.0 - link for link in links)
    return ViewReach(view, 1.0 - absent, max(links, default=0.0))

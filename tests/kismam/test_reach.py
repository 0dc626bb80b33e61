from typing import get_args

import numpy as np
import pytest

from sportsgpt_lib.kismam.aggregation import assess_issues, compute_reach
from sportsgpt_lib.sports.definition import View
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.reach import (
    LIMITED_TRUST,
    VALID_TRUST,
    compute_view_reach,
)

# No deviation is larger: 2 ** -((50 / half width) ** 2) is 0 in floating point.
FARTHEST = 50.0


@pytest.mark.parametrize("name", movement_names())
def test_what_a_page_calls_reportable_is_what_the_rules_can_report(name: str) -> None:
    movement = load_movement(name)
    issue_map = np.array(movement.issue_map)
    for view in get_args(View):
        trust = np.array(
            [
                VALID_TRUST if view in part.valid_views else LIMITED_TRUST
                for part in movement.indicators
            ]
        )
        is_seen = np.array(
            [
                view in (*part.valid_views, *part.limited_views)
                for part in movement.indicators
            ]
        )
        reach = compute_reach(is_seen, trust, issue_map)
        for column, issue in enumerate(movement.issues):
            stated = compute_view_reach(movement, issue, view)
            towards = np.where(
                is_seen, FARTHEST * np.sign(issue_map[:, column]), np.nan
            )
            found = assess_issues(towards, trust, issue_map)
            assert stated.is_reportable == bool(found.is_reported[column])
            assert stated.is_reportable == bool(reach[column] >= 0.5)


def test_one_strong_sign_needs_no_other_and_two_weak_ones_need_each_other() -> None:
    jump = load_movement("countermovement_jump")
    issues = {issue.name: issue for issue in jump.issues}
    deep = compute_view_reach(jump, issues["deep_dip"], "sagittal")
    assert (deep.is_reportable, deep.needs_several) == (True, True)
    assert deep.probability == pytest.approx(1.0 - 0.6 * 0.6)
    drifting = compute_view_reach(jump, issues["drifting"], "sagittal")
    assert (drifting.is_reportable, drifting.needs_several) == (True, False)
    unseen = compute_view_reach(jump, issues["drifting"], "unknown")
    assert (unseen.probability, unseen.is_reportable) == (0.0, False)

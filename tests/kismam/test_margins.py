from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.kismam.aggregation import REPORTED_SEVERITY, assess_issues
from sportsgpt_lib.kismam.deviation import TargetLimits, compute_deviations
from sportsgpt_lib.kismam.margins import SessionValues, compute_margins
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY

NAN = float("nan")


def build(value, weights, *, error=0.5, trust=1.0):
    """Build a session of indicators that should lie between 10 and 20, tolerance 5."""
    value = np.array(value, dtype=float)
    count = value.shape[1]
    return SessionValues(
        value,
        np.full(value.shape, error),
        np.full(value.shape, trust),
        TargetLimits(np.full(count, 10.0), np.full(count, 20.0), np.full(count, 5.0)),
        np.array(weights, dtype=float),
    )


def assess(session, limits=None):
    deviation = compute_deviations(
        session.value, session.error, limits or session.limits
    )
    return assess_issues(deviation, session.trust, session.weights[:, None])


def is_reported(session, limits):
    return bool(assess(session, limits).is_reported.any())


def move(session, margin, value):
    """Apply a threshold of one indicator."""
    name = {"target_low": "low", "target_high": "high"}.get(margin.threshold)
    moved = getattr(session.limits, name or "tolerance").copy()
    moved[margin.indicator] = value
    return replace(session.limits, **{name or "tolerance": moved})


def of_threshold(margins, name):
    (found,) = [margin for margin in margins if margin.threshold == name]
    return found


def test_nothing_is_said_of_an_issue_that_is_not_reported():
    assert compute_margins(build([[15.0], [21.0]], [0.9])) == ()


def test_own_thresholds_lie_at_the_repetition_that_shows_it_most():
    session = build([[28.0], [35.0], [15.0], [NAN]], [0.9])
    issue = assess(session)
    margins = compute_margins(session)
    probability = of_threshold(margins, "reported_probability")
    severity = of_threshold(margins, "reported_severity")
    assert probability.current == REPORTED_PROBABILITY
    assert severity.current == REPORTED_SEVERITY
    assert probability.needed == pytest.approx(np.nanmax(issue.probability))
    assert severity.needed == pytest.approx(np.nanmax(issue.severity))


@pytest.mark.parametrize(
    ("values", "weight", "name"),
    [
        ([[28.0], [33.0], [15.0]], 0.9, "target_high"),
        ([[2.0], [-4.0], [12.0]], -0.9, "target_low"),
    ],
)
def test_beyond_the_needed_value_nothing_is_reported_and_before_it_something(
    values, weight, name
):
    session = build(values, [weight])
    margins = compute_margins(session)
    sign = 1.0 if name == "target_high" else -1.0
    end = of_threshold(margins, name)
    assert end.needed is not None
    assert is_reported(session, move(session, end, end.needed - 1e-3 * sign))
    assert not is_reported(session, move(session, end, end.needed + 1e-3 * sign))
    width = of_threshold(margins, "tolerance")
    assert width.needed is not None
    assert is_reported(session, move(session, width, width.needed * 0.999))
    assert not is_reported(session, move(session, width, width.needed * 1.001))


def test_an_indicator_that_others_make_up_for_cannot_drop_it_alone():
    session = build([[40.0, 40.0]], [0.9, 0.9])
    margins = compute_margins(session)
    assert {m.needed for m in margins if m.indicator is not None} == {None}


def test_of_two_indicators_the_one_that_carries_it_can():
    session = build([[40.0, 23.0]], [0.9, 0.3])
    margins = [m for m in compute_margins(session) if m.threshold == "target_high"]
    by_indicator = {margin.indicator: margin.needed for margin in margins}
    assert by_indicator[0] is not None
    assert by_indicator[1] is None


def test_an_indicator_that_points_the_other_way_has_no_threshold():
    session = build([[40.0, 40.0, NAN]], [0.9, -0.9, 0.9])
    named = {m.indicator for m in compute_margins(session)}
    assert named == {None, 0}


def test_margins_leave_the_session_as_it_was():
    session = build([[28.0], [33.0]], [0.9])
    before = session.value.copy(), session.limits.high.copy()
    compute_margins(session)
    assert np.array_equal(session.value, before[0])
    assert np.array_equal(session.limits.high, before[1])

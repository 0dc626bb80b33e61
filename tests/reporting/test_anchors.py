import re

from hypothesis import given
from hypothesis import strategies as st

from sportsgpt_lib.reporting.anchors import build_anchor


def test_plain_parts_stay_readable():
    assert build_anchor("metric", "0f3a", 1, "knee_flexion") == (
        "metric.0f3a.1.knee_flexion"
    )


@given(st.lists(st.text(), max_size=3))
def test_anchor_is_a_plain_word_whatever_the_parts_hold(parts):
    anchor = build_anchor("kind", *parts)
    assert re.fullmatch(r"kind(\.[a-z0-9_-]+)*", anchor)


NAMES = st.lists(st.text(alphabet="aAb-_. <é"), max_size=3)


@given(NAMES, NAMES)
def test_different_parts_get_different_anchors(first, second):
    if first != second:
        assert build_anchor("kind", *first) != build_anchor("kind", *second)

from dataclasses import replace

import pytest

from sportsgpt_lib.guidance.limits import (
    AthleteLimits,
    find_obstacle,
    is_suited,
    read_limits,
)
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.guidance.writer import DeterministicWriter


@pytest.fixture
def exercise(stiff_case):
    passage = next(p for p in stiff_case.passages.values() if p.kind == "exercise")
    limits = {"least_age_years": 14, "not_with": ["knee", "ankle"]}
    return replace(passage, payload={**passage.payload, "limits": limits})


@pytest.mark.parametrize(
    ("groups", "spared", "is_fit"),
    [
        ((), (), True),
        (("adult",), ("shoulder",), True),
        (("adult",), ("knee",), False),
        (("child",), (), False),
        (("youth",), (), False),
        (("older_adult", "untrained"), (), True),
    ],
)
def test_an_exercise_must_suit_group_and_region(exercise, groups, spared, is_fit):
    limits = AthleteLimits(frozenset(groups), frozenset(spared))
    assert is_suited(exercise, limits) is is_fit


def test_a_card_that_is_silent_suits_only_those_who_need_no_care(exercise):
    payload = {k: v for k, v in exercise.payload.items() if k != "limits"}
    silent = replace(exercise, payload=payload)
    assert is_suited(silent, AthleteLimits())
    assert not is_suited(silent, AthleteLimits(frozenset({"youth"})))
    assert not is_suited(silent, AthleteLimits(spared_regions=frozenset({"hip"})))


def test_the_coach_is_told_why_in_both_languages(exercise):
    limits = AthleteLimits(frozenset({"child"}), frozenset({"ankle", "knee"}))
    obstacle = find_obstacle(exercise, limits)
    assert obstacle.regions == ("knee", "ankle")
    assert obstacle.describe("en") == (
        "it loads what session.toml says to spare; its card allows it from 14 years"
    )
    assert "要求保护的部位" in obstacle.describe("zh")
    assert "14 岁" in obstacle.describe("zh")


def test_no_error_and_no_log_shows_what_is_spared():
    limits = AthleteLimits(frozenset({"child"}), frozenset({"knee"}))
    assert "knee" not in repr(limits)
    assert "child" not in repr(limits)


def test_limits_are_read_from_recordings():
    rows = [
        {"athlete_groups": '["adult"]', "spared_regions": None},
        {"athlete_groups": '["adult"]', "spared_regions": '["hip", "knee"]'},
    ]
    limits = read_limits(rows)
    assert limits.groups == {"adult"}
    assert limits.spared_regions == {"hip", "knee"}


def test_the_verifier_drops_what_does_not_suit_and_does_not_say_whom(
    stiff_case, exercise
):
    passages = {**stiff_case.passages, exercise.passage_id: exercise}
    case = replace(stiff_case, passages=passages)
    written = DeterministicWriter().write(case).text
    assert verify_text(written, case).text.plan == written.plan
    limits = AthleteLimits(spared_regions=frozenset({"knee"}))
    verified = verify_text(written, replace(case, limits=limits))
    assert verified.text.plan == ()
    (dropped,) = verified.dropped
    assert dropped.check == "limits"
    assert "knee" not in dropped.reason

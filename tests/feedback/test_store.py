from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from sportsgpt_lib.errors import DatabaseError, FeedbackError
from sportsgpt_lib.feedback.answers import CoachAnswer
from sportsgpt_lib.feedback.store import AddedAnswers, FeedbackStore
from sportsgpt_lib.storage.partition import PartitionKey
from tests.feedback.conftest import DAY, EXERCISE, FINDING

pytestmark = pytest.mark.integration
NOON = datetime(2026, 1, 16, 12, tzinfo=UTC)


def answer(published, word="agree", **changes):
    content = {
        "report_id": published.report_id,
        "item_kind": "finding",
        "item_id": FINDING,
        "answer": word,
        "given_by": "coach-1",
        "answered_at": NOON,
    }
    return CoachAnswer(**{**content, **changes})


def load(store, published):
    return store.load(PartitionKey(published.team_id, DAY)).to_dicts()


def test_an_answer_is_stored_with_what_it_is_about(store, published):
    assert store.add([answer(published)]) == AddedAnswers(1, 0)
    (row,) = load(store, published)
    assert row["team_id"] == published.team_id
    assert (row["session_day"], row["athlete_id"]) == (DAY, "walker-a")
    assert (row["movement"], row["issue"]) == ("walking_stride", "stiff_swing_knee")
    assert row["item_name"] == "The knee stays stiff in swing"
    assert row["answered_at_utc"] == "2026-01-16T12:00:00.000000Z"
    assert row["recorded_by"] == "sportsgpt_pipeline_login"


def test_the_same_answer_twice_is_stored_once(store, published):
    assert store.add([answer(published)] * 2) == AddedAnswers(1, 1)
    in_another_zone = NOON.astimezone(tz=None).astimezone()
    again = answer(published, answered_at=in_another_zone)
    assert store.add([again]) == AddedAnswers(0, 1)
    assert len(load(store, published)) == 1


def test_a_later_answer_is_added_and_the_earlier_one_stays(store, published):
    later = answer(
        published,
        "disagree",
        reason="target_too_strict",
        answered_at=NOON + timedelta(minutes=1),
    )
    store.add([answer(published), later])
    rows = load(store, published)
    assert [row["answer"] for row in rows] == ["agree", "disagree"]


def test_two_answers_of_one_moment_are_refused_and_nothing_is_stored(store, published):
    with pytest.raises(FeedbackError, match="otherwise at the same moment"):
        store.add([answer(published), answer(published, "disagree")])
    assert load(store, published) == []


def test_every_unknown_item_is_listed_and_nothing_is_stored(store, published):
    unknown = [
        answer(published, item_id="walking_stride/never_seen"),
        answer(published, report_id="0" * 16),
    ]
    with pytest.raises(FeedbackError) as caught:
        store.add([answer(published), *unknown])
    assert len(caught.value.problems) == 2
    assert load(store, published) == []


def test_an_answer_from_the_future_is_refused(store, published):
    ahead = datetime.now(UTC) + timedelta(days=3)
    with pytest.raises(FeedbackError, match="in the future"):
        store.add([answer(published, answered_at=ahead)])


def test_a_sheet_of_a_replaced_report_may_still_be_answered(store, published):
    published.publish(plan_note="Written anew.")
    assert store.add([answer(published)]) == AddedAnswers(1, 0)


def test_an_exercise_may_be_answered_too(store, published):
    one = answer(
        published,
        "disagree",
        item_kind="exercise",
        item_id=EXERCISE,
        reason="no_equipment",
    )
    store.add([one])
    (row,) = load(store, published)
    assert (row["item_name"], row["movement"]) == ("Marching with a high knee", None)


def test_an_unreachable_server_is_said_to_be_so():
    with pytest.raises(DatabaseError, match="coaches' answers"):
        FeedbackStore("postgresql://nobody:x@127.0.0.1:1/none").load()


@pytest.mark.parametrize(
    "change",
    [
        {"given_by": "Maria Berg"},
        {"reason": "too_hard", "answer": "disagree"},
        {"reason": "not_seen", "answer": "agree"},
        {"answer": "maybe"},
        {"reason": "his knee hurts", "answer": "disagree"},
    ],
)
def test_the_database_itself_refuses_what_the_lists_do_not_allow(
    embedded_postgres, published, change
):
    row = {
        "report_id": published.report_id,
        "item_kind": "finding",
        "item_id": FINDING,
        "given_by": "coach-1",
        "answer": "agree",
        "reason": None,
    } | change
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    with (
        psycopg.connect(embedded_postgres.url("pipeline")) as connection,
        pytest.raises(psycopg.errors.CheckViolation),
    ):
        connection.execute(
            f"insert into training.coach_feedback ({names}) values ({places})",  # noqa: S608
            list(row.values()),
        )

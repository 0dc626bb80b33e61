"""Sentences that hide what they say: numbers in words, unseen characters, no words."""

import pytest

from sportsgpt_lib.guidance.numbers import find_numbers
from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.verification.means import RULES_ONLY
from sportsgpt_lib.guidance.verification.scope import scope_of_report
from sportsgpt_lib.guidance.verification.sentences import check_sentence
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.guidance.writer import DeterministicWriter


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("seventeen deg", [(17, "deg")]),
        ("one hundred and twenty degrees", [(120, "deg")]),
        ("twelve point five deg", [(12.5, "deg")]),
        ("half a dozen repetitions", [(6, "repetitions")]),
        ("a couple of repetitions", [(2, None)]),
        ("two thirds of the repetitions", [(2 / 3, "part")]),
        ("zero repetitions", [(0, "repetitions")]),
        ("minus 12 deg", [(-12, "deg")]),
        ("48.2 plus or minus 2.1 deg", [(48.2, "deg"), (2.1, "deg")]),
        ("\u201312 deg", [(-12, "deg")]),
        ("1 234 deg, 1,234.5 deg", [(1234, "deg"), (1234.5, "deg")]),
        (".5 deg, 1e3 deg", [(0.5, "deg"), (1000, "deg")]),
        ("3\u00bd deg", [(3.5, "deg")]),
        ("3x10 repetitions", [(3, None), (10, "repetitions")]),
        ("12\u00ba", [(12, "deg")]),
        ("一百二十度", [(120, "deg")]),
        ("十二点五度", [(12.5, "deg")]),
        ("负十二度", [(-12, "deg")]),
        ("零次", [(0, "times")]),
        ("三分之一的次数", [(1 / 3, "part")]),
        ("百分之百", [(100, "pct")]),
        ("一半的次数", [(0.5, "part")]),
        ("十分重要", []),
    ],
)
def test_numbers_are_read_however_they_are_written(text, found):
    numbers = [(number.value, number.unit) for number in find_numbers(text)]
    assert numbers == [(pytest.approx(value), unit) for value, unit in found]


@pytest.mark.parametrize(
    "text",
    [
        "Greatest knee flexion was seventeen deg.",
        "Greatest knee flexion was minus 62 deg.",
        "Greatest knee flexion was \u201362 deg.",
        "Greatest knee flexion was half of the target.",
        "Greatest knee flexion was 6\u200b2 deg.",
        "Greatest knee flexion was 62 deg\x00.",
        "",
        " . ",
        "Greatest knee flexion was 62 deg. " * 200,
    ],
)
def test_a_sentence_that_hides_what_it_says_fails(stiff_case, text):
    sentence = Sentence(text=text, facts=("M1",))
    scope = scope_of_report(stiff_case, "summary")
    assert check_sentence(sentence, stiff_case, scope, RULES_ONLY).fault is not None


def test_a_sentence_said_twice_stays_once(stiff_case):
    written = DeterministicWriter().write(stiff_case).text
    again = written.model_copy(update={"summary": written.summary * 2})
    verified = verify_text(again, stiff_case)
    assert verified.text.summary == written.summary
    assert {one.reason for one in verified.dropped} == {"it was said just before"}

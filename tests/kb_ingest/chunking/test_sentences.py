import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.chunking.sentences import find_sentences


def split(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in find_sentences(text)]


@pytest.mark.parametrize(
    "sentences",
    [
        ["The knee bends.", "It extends at 3.5 rad/s.", "Why?", "Because!"],
        ["Moore et al. 2016 found it.", "Others (e.g. Saw et al. 2018) did not."],
        ["See Fig. 3 and Sec. 2.1 for details.", "Dr. J. A. Smith agrees."],
        ["He jumped 0.45 m vs. 0.40 m.", "The U.S. team did not."],
        ['"Land softly."', "Then stand up (slowly.)", "Repeat."],
        ["膝关节屈曲约90度。", "落地时躯干保持直立！", "为什么？", "因为更安全。"],
        ["他说：“慢一点。”", "然后起跳……", "结束。"],
        ["Use a box of 30 cm.", "高度为30厘米。", "Then 0.5 kg more."],
        ["Stand tall:", "- heels down", "- chest up"],
        ["1. Stand on one leg. Hold it."],
    ],
)
def test_sentences_are_found(sentences):
    joiner = "\n" if sentences[-1].startswith("-") else " "
    found = split(joiner.join(sentences))
    if sentences[0].startswith("1."):
        assert found == ["1. Stand on one leg.", "Hold it."]
    else:
        assert found == sentences


def test_chinese_sentences_without_blanks_are_found():
    assert split("落地要轻。膝盖对准脚尖！保持3秒。") == [
        "落地要轻。",
        "膝盖对准脚尖！",
        "保持3秒。",
    ]


@given(st.text(alphabet="ab .!?。\n1-", max_size=60))
def test_sentences_together_are_the_text(text):
    spans = find_sentences(text)
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)

import pytest

from kb_ingest.faults import find_faults


@pytest.mark.parametrize("text", [".", "...", "—", "**", "。"])
def test_a_passage_without_words_is_held(text: str):
    assert find_faults("Squat jumps", text, "en") == ("it has no words",)


@pytest.mark.parametrize("text", ["Jump wide.", "3 × 8", "下蹲"])
def test_a_short_passage_with_words_is_not_held(text: str):
    assert find_faults("Squat jumps", text, "en") == ()

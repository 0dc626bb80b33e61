import ast
import re
import string
from pathlib import Path
from typing import get_args

import pytest

from sportsgpt_lib.guidance.wording import Wording, load_wording
from sportsgpt_lib.language import Language

FOLDER = Path(__file__).parents[2] / "sportsgpt_lib" / "guidance"
LANGUAGES = get_args(Language)


def templates(language: Language) -> dict[str, list[str]]:
    catalogue = load_wording(language)._catalogue
    return {
        f"{table}.{name}": [words] if isinstance(words, str) else list(words.values())
        for table, entries in catalogue.items()
        for name, words in entries.items()
    }


def find_parts(forms: list[str]) -> set[str]:
    return {
        name
        for form in forms
        for _, name, _, _ in string.Formatter().parse(form)
        if name
    }


def list_used_keys() -> list[str]:
    """Patterns of the keys that the code says; an f-string may fill in any word."""
    patterns = []
    for path in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(
                node.func, ast.Attribute
            ):
                continue
            if node.func.attr == "say":
                keys = [node.args[0]]
                if isinstance(keys[0], ast.IfExp):
                    keys = [keys[0].body, keys[0].orelse]
                patterns += [write_pattern(key) for key in keys]
    return patterns


def write_pattern(key: ast.expr) -> str:
    if isinstance(key, ast.Constant):
        return re.escape(key.value)
    assert isinstance(key, ast.JoinedStr)
    return "".join(
        re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+"
        for part in key.values
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things_of_the_same_parts(language):
    english, other = templates("en"), templates(language)
    assert other.keys() == english.keys()
    for key, forms in english.items():
        own, wanted = find_parts(other[key]), find_parts(forms)
        assert own - {"count"} == wanted - {"count"}, key


def test_no_sentence_is_left_in_english():
    for key, forms in templates("zh").items():
        for form in forms:
            bare = re.sub(r"\{\w+\}", "", form)
            assert not re.search(r"[A-Za-z]", bare), key


def test_every_key_that_is_said_is_there_and_every_one_there_is_said():
    patterns = [re.compile(pattern) for pattern in list_used_keys()]
    keys = templates("en").keys()
    assert len(patterns) > 30
    for pattern in patterns:
        assert any(pattern.fullmatch(key) for key in keys), pattern.pattern
    for key in keys:
        assert any(pattern.fullmatch(key) for pattern in patterns), key


def test_a_count_chooses_the_form():
    wording = load_wording("en")
    said = [wording.say("summary.judged", count=n, movement="squat") for n in (1, 7)]
    assert said == [
        "1 repetition of squat was judged.",
        "7 repetitions of squat were judged.",
    ]


def test_a_missing_part_or_key_is_an_error_and_never_a_gap_in_a_report():
    wording = Wording("en", {"a": {"b": "{name} went up"}})
    with pytest.raises(KeyError, match="name"):
        wording.say("a.b")
    with pytest.raises(KeyError, match="c"):
        wording.say("a.c")


def test_names_are_joined_as_each_language_does():
    names = ["one", "two", "three"]
    assert load_wording("en").join(names) == "one; two; three"
    assert load_wording("zh").join(names) == "one；two；three"
    assert load_wording("en").join(["one"]) == "one"
    assert load_wording("en").join([]) == ""


def test_a_name_inside_a_sentence_is_written_as_the_language_does():
    assert load_wording("en").inside("Sprint: top speed") == "sprint (top speed)"
    assert load_wording("zh").inside("短跑：最大速度") == "短跑：最大速度"

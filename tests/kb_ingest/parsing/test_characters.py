import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.characters import clean_text, decode_text, detect_language
from kb_ingest.parsing.document import find_broken_offsets
from kb_ingest.parsing.limits import ParseLimits
from sportsgpt_lib.errors import DocumentError

CHINESE = "起跳时膝关节的伸展速度决定了跳跃的高度，教练应当注意运动员的摆臂动作。" * 3
WESTERN = "Le pied touche le sol à l’avant, la tête déjà levée — 80 % du poids."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "utf-8"),
        (CHINESE, "gb18030"),
        (CHINESE, "utf-16"),
        (CHINESE, "utf-16-le"),
        (CHINESE, "utf-16-be"),
        (CHINESE, "utf-32"),
        (WESTERN, "cp1252"),
        (WESTERN, "utf-8-sig"),
        ("Knee and hip", "utf-16-le"),
        ("Knee and hip", "utf-16-be"),
    ],
)
def test_encoding_is_found_by_content(text: str, encoding: str):
    assert decode_text(text.encode(encoding)).text == text


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [("落地時膝蓋彎曲，教練應當觀察動作。", "big5"), ("Колено над стопой. ", "koi8-r")],
)
def test_text_in_an_unknown_encoding_is_refused_not_guessed(
    parse, name: str, text: str, encoding: str
):
    with pytest.raises(DocumentError, match="encoding is not known"):
        parse(name, b"<html><body>" * (name == "a.html") + (text * 9).encode(encoding))


def test_page_that_says_its_encoding_is_read(parse):
    text = "落地時膝蓋彎曲，教練應當觀察動作。"
    page = f'<html><head><meta charset="big5"></head><body><p>{text}</p></body></html>'
    assert parse("a.html", page.encode("big5")).text == text


def test_lines_in_another_encoding_are_named_and_read(parse):
    data = "Schritt für Schritt\n".encode() + "Füße\n".encode("cp1252")
    document = parse("a.txt", data + "über die Hürde\n".encode())
    assert document.text == "Schritt für Schritt\nFüße\nüber die Hürde"
    (finding,) = document.findings
    assert "lines 2" in finding.where
    assert "cp1252" in finding.finding
    assert "UTF-8" in finding.fix


def test_text_is_brought_to_one_form():
    cleaned, removed = clean_text("cafe\u0301\u00a0a\tb\r\nc\u200b\x07d\u202ee\uf0b7f")
    assert cleaned == "café a b\ncde f"
    assert removed == 4


def test_removed_characters_are_counted_in_a_finding(parse):
    document = parse("a.txt", "Stand\x07 on one\u200b leg")
    assert document.text == "Stand on one leg"
    assert any(f.finding.startswith("2 control") for f in document.findings)


def test_mojibake_is_reported_not_guessed(parse):
    document = parse(
        "a.txt", "The athlete\u00e2\u20ac\u2122s knee, 5\u00c2\u00b0 of flexion"
    )
    (finding,) = document.findings
    assert "2 characters" in finding.finding
    assert "athlete" in document.text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Keep the knee over the toes when you land.", "en"),
        (CHINESE, "zh"),
        (CHINESE + "(EMG, ACL, peak knee flexion)", "zh"),
        ("膝を伸ばしてください。" * 10, "und"),
        ("Колено должно быть над стопой." * 5, "und"),
        ("12.5 3.4 7.8", "und"),
        # Terse notes: 5 % of the words are those counted.
        (
            "Depth | 30 cm\nLand stiff, heels up, knees over toes, repeat thrice. " * 40
            + "The height of the box depends on the athlete and the phase of the year. "
            * 14,
            "en",
        ),
        ("Das Knie soll beim Landen über dem Fuß stehen und nicht innen. " * 30, "und"),
        (
            "The knee should be over the foot and not inside of it on landing. " * 30,
            "en",
        ),
    ],
)
def test_language_is_judged_by_script_and_words(text: str, language: str):
    assert detect_language(text) == language


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["paragraph", "list", "heading", "table", "nest"]),
            st.text(max_size=40),
            st.integers(1, 4),
        ),
        max_size=20,
    )
)
def test_blocks_are_always_where_they_say(pieces):
    builder = DocumentBuilder("a", "text/plain", ParseLimits())
    builder.add("paragraph", "never empty")
    for kind, text, level in pieces:
        if kind == "heading":
            builder.add_heading(text, level)
        elif kind == "table":
            builder.add_table([[text, text], ["", ""]])
        elif kind == "nest":
            with builder.nest([text]):
                builder.add("paragraph", text)
        else:
            builder.add(kind, text)
    document = builder.build()
    assert not list(find_broken_offsets(document))
    for block in document.blocks:
        assert block.kind != "heading" or block.section_path[-1] == block.text

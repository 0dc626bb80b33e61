import json

import pytest

from sportsgpt_lib.errors import DocumentError


def lines(*rows: object) -> str:
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)


def test_row_without_an_answer_is_named_and_the_others_go_on(parse):
    document = parse(
        "qa.jsonl",
        lines(
            {"id": 1, "question": "How deep?", "answer": "To parallel."},
            {"id": 2, "question": "How often?", "answer": " "},
            {"id": 3, "question": "How heavy?", "answer": "Light &amp; fast."},
        ),
    )
    first, last = document.blocks
    assert first.kind == "question_answer"
    assert first.text == "How deep?\n\nTo parallel."
    assert last.payload["answer"] == "Light & fast."
    (finding,) = document.findings
    assert finding.where == "qa.jsonl: line 2 (id 2)"
    assert finding.finding == "no answer"
    assert finding.severity == "quarantine"


def test_row_that_hides_an_answer_or_an_abyss_is_named(parse):
    deep = "[" * 60 + "]" * 60
    document = parse(
        "qa.jsonl",
        '{"question": "a", "answer": "first", "answer": "second"}\n'
        f'{{"question": "b", "answer": "b", "x": {deep}}}\n'
        '{"question": "c", "answer": "c"}',
    )
    assert [block.payload["question"] for block in document.blocks] == ["c"]
    twice, nested = document.findings
    assert "a key twice" in twice.finding
    assert twice.where == "qa.jsonl: line 1"
    assert "nested" in nested.finding


def test_second_list_of_a_file_is_named_and_rows_by_id_keep_it(parse):
    row = {"question": "q", "answer": "a"}
    both = {"questions": [row], "exercises": [{}], "made": "2026"}
    document = parse("qa.json", json.dumps(both))
    assert [f.severity for f in document.findings] == ["quarantine", "warning"]
    assert "exercises" in document.findings[0].where
    (block,) = parse("qa.json", json.dumps({"knee-1": row})).blocks
    assert block.payload["id"] == "knee-1"


def test_columns_of_one_name_are_refused(parse):
    with pytest.raises(DocumentError, match="same name: answer"):
        parse("qa.csv", "question,answer,answer\nq,first,second\n")


def test_formula_in_a_cell_is_mere_text(parse):
    (block,) = parse("qa.csv", "question,answer\nHow?,\"=1+cmd|'x'!A0\"\n").blocks
    assert block.payload["answer"] == "=1+cmd|'x'!A0"


def test_what_no_database_can_store_is_taken_out_of_keys_and_values(parse):
    row = '[{"question": "a\\u0000b", "answer": "x\\ud800", "k\\u0000": "\\udfff"}]'
    (block,) = parse("qa.json", row).blocks
    assert block.text == "ab\n\nx\ufffd"
    assert block.payload["fields"] == {"k": "\ufffd"}


def test_finding_cannot_forge_a_line_of_a_log(parse):
    row_id = "\x1b[31m1\n2\u202e" + "9" * 1000
    rows = [{"id": row_id, "question": "q"}, {"question": "q", "answer": "a"}]
    (finding,) = parse("qa.json", json.dumps(rows)).findings
    assert finding.where.isprintable()
    assert "\\x1b[31m1\\n2\\u202e999" in finding.where
    assert len(finding.where) < 350


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16", "utf-8-sig"])
def test_json_may_be_in_the_encodings_that_text_may_be(parse, encoding):
    rows = [{"question": "膝盖怎么样？", "answer": "膝盖弯曲，运动员落地。"}]
    data = json.dumps(rows, ensure_ascii=False).encode(encoding)
    (block,) = parse("qa.json", data).blocks
    assert block.payload == {**block.payload, **rows[0]}


def test_second_row_of_an_id_is_left_out(parse):
    row = {"id": "a", "question": "q", "answer": "yes"}
    document = parse("qa.json", json.dumps([row, row | {"answer": "no"}]))
    assert len(document.blocks) == 1
    assert "used before" in document.findings[0].finding
    assert "row 2 (id a)" in document.findings[0].where


def test_row_whose_licence_is_unstated_is_left_out(parse):
    rows = [
        {"name": "Plank", "text": "Hold.", "licence": "CC0 1.0"},
        {"name": "Bridge", "text": "Lift.", "licence": "unstated"},
    ]
    document = parse("exercises.json", json.dumps(rows), kind="exercises")
    assert [block.payload["name"] for block in document.blocks] == ["Plank"]
    assert "licence" in document.findings[0].finding


def test_exercise_has_its_facts_in_the_text_and_all_fields_in_the_payload(parse):
    row = {
        "id": "hop",
        "name": "Hop",
        "level": "beginner",
        "primaryMuscles": ["calves", "quadriceps"],
        "instructions": ["Stand.", "Hop."],
        "images": ["0.jpg"],
    }
    (block,) = parse("exercises.json", json.dumps([row])).blocks
    assert block.kind == "exercise"
    assert block.text == (
        "Hop\nLevel: beginner. Primary muscles: calves, quadriceps.\n\nStand.\nHop."
    )
    assert block.payload["id"] == "hop"
    assert block.payload["fields"]["images"] == ["0.jpg"]


def test_columns_of_csv_are_mapped_by_the_manifest(parse):
    content = "Nr;Frage;Reaktion\n1;Wie tief?;Bis zur Waagerechten.\n2;Wie oft?;\n"
    mapped = {"question": "Frage", "answer": "Reaktion", "id": "Nr"}
    document = parse("qa.csv", content, kind="questions", columns=mapped)
    assert document.blocks[0].payload["question"] == "Wie tief?"
    assert document.findings[0].where == "qa.csv: row 2 (id 2)"


def test_columns_that_are_not_there_come_all_at_once(parse):
    with pytest.raises(DocumentError) as caught:
        parse("a.csv", "x,y\n1,2\n", kind="questions", columns={"answer": "z"})
    assert len(caught.value.problems) == 2
    assert "columns" in caught.value.fix


def test_csv_row_with_too_many_cells_is_named(parse):
    document = parse("qa.csv", "question,answer\nq,a\nq,a,b\n", kind="questions")
    assert len(document.blocks) == 1
    assert document.findings[0].where == "qa.csv: row 2"


def test_pages_of_text_keep_their_page(parse):
    document = parse("chunks.jsonl", lines({"page": 4, "chunk": "One.\n\nTwo."}))
    assert [(b.text, b.page_first) for b in document.blocks] == [
        ("One.", 4),
        ("Two.", 4),
    ]


def test_broken_line_of_jsonl_is_named(parse):
    document = parse("qa.jsonl", lines({"q": "a?", "a": "b"}) + '\n{"q": "cut\n[1]')
    assert [finding.where for finding in document.findings] == [
        "qa.jsonl: line 2",
        "qa.jsonl: line 3",
    ]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("qa.json", '[{"question": "cut', "not JSON"),
        ("qa.json", "[" * 100_000, "nested more deeply"),
        ("qa.json", "[]", "no text"),
        ("qa.json", '[{"foo": 1}]', "neither questions"),
        ("nb.ipynb", '{"cells": [], "nbformat": 4}', "notebook"),
    ],
)
def test_unusable_rows_are_refused(parse, name: str, content: str, found: str):
    with pytest.raises(DocumentError, match=found):
        parse(name, content)

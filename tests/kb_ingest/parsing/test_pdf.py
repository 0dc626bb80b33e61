import io
from collections.abc import Callable

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from kb_ingest.parsing.limits import ParseLimits
from sportsgpt_lib.errors import DocumentError

LEFT = [f"left column text with words, line {n}, and more to" for n in range(8)]
RIGHT = [f"right column text with words, row {n}, and more" for n in range(8)]


def draw(write: Callable[[Canvas], None], **options: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    write(canvas)
    canvas.save()
    return buffer.getvalue()


def write_lines(canvas: Canvas, x: float, y: float, lines, size: float = 9) -> None:
    canvas.setFont("Helvetica", size)
    for number, line in enumerate(lines):
        canvas.drawString(x, y - number * size * 1.25, line)


def put_picture(canvas: Canvas) -> None:
    from PIL import Image

    picture = io.BytesIO()
    Image.new("L", (60, 80), 200).save(picture, "PNG")
    picture.seek(0)
    canvas.drawImage(ImageReader(picture), 0, 0, *A4)


def test_columns_are_read_one_after_the_other_under_their_title(parse):
    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 780, ["The Mechanics of Landing over Both Columns"], 18)
        for number in range(8):  # written row by row, as many programs do
            write_lines(canvas, 60, 700 - number * 12, [LEFT[number]])
            write_lines(canvas, 310, 700 - number * 12, [RIGHT[number]])
        write_lines(
            canvas,
            60,
            560,
            ["A full line below both columns, long enough to lie under both of them"],
        )

    document = parse("a.pdf", draw(write))
    assert document.page_count == 1
    assert [block.kind for block in document.blocks][:2] == ["heading", "paragraph"]
    assert document.blocks[0].text == "The Mechanics of Landing over Both Columns"
    body = " ".join(block.text for block in document.blocks[1:])
    assert body.index("line 7") < body.index("row 0") < body.index("row 7")
    assert body.index("row 7") < body.index("A full line")
    assert document.blocks[1].section_path == (document.blocks[0].text,)


def test_running_lines_go_and_chapters_and_broken_words_stay(parse):
    def write(canvas: Canvas) -> None:
        for page in range(1, 6):
            write_lines(canvas, 60, 815, ["The Handbook"], 8)
            write_lines(canvas, 300, 20, [str(page)], 8)
            write_lines(canvas, 60, 790, [f"Chapter {page}"], 20)
            write_lines(
                canvas, 60, 740, ["Some plain text about biome-", "chanics and a well-"]
            )
            write_lines(canvas, 60, 717.5, ["known fact, well-known to all who go"])
            canvas.showPage()

    document = parse("a.pdf", draw(write))
    texts = [block.text for block in document.blocks]
    assert texts[::2] == [f"Chapter {page}" for page in range(1, 6)]
    assert set(texts[1::2]) == {
        "Some plain text about biomechanics and a well-known fact, "
        "well-known to all who go"
    }
    assert [block.page_first for block in document.blocks[::2]] == [1, 2, 3, 4, 5]
    assert "15 words of running headers" in document.findings[0].finding


def test_sentence_goes_on_over_the_page(parse):
    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 400, ["The foot lands below", "the hip, and then the"])
        canvas.showPage()
        write_lines(canvas, 60, 700, ["knee bends. New sentence."])

    (block,) = parse("a.pdf", draw(write)).blocks
    assert block.text.startswith(
        "The foot lands below the hip, and then the knee bends."
    )
    assert (block.page_first, block.page_last) == (1, 2)


ROWS = [["Week", "Sets", "Load"], ["1", "3", "20 kg"], ["2", "4", "25 kg"]]


@pytest.mark.parametrize("has_rules", [True, False])
def test_table_keeps_its_rows(parse, *, has_rules: bool):
    def write(canvas: Canvas) -> None:
        write_lines(
            canvas, 60, 780, ["Text before the table stands here, as a paragraph."]
        )
        for y, row in enumerate(ROWS):
            for x, cell in enumerate(row):
                write_lines(canvas, 64 + x * 100, 725 - y * 20, [cell])
        if has_rules:
            canvas.grid([60, 160, 260, 360], [680, 700, 720, 740])

    document = parse("a.pdf", draw(write))
    (table,) = [block for block in document.blocks if block.kind == "table"]
    assert table.text == "Week | Sets | Load\n1 | 3 | 20 kg\n2 | 4 | 25 kg"
    assert table.payload == {"rows": ROWS}
    assert document.blocks[0].kind == "paragraph"


def test_cells_between_rules_may_have_several_lines_or_none(parse):
    def write(canvas: Canvas) -> None:
        canvas.grid([60, 160, 260], [640, 690, 740])
        write_lines(canvas, 64, 725, ["Keep the knee", "over the foot"])
        write_lines(canvas, 164, 725, ["softly"])
        write_lines(canvas, 164, 675, ["loudly"])

    (table,) = parse("a.pdf", draw(write)).blocks
    assert table.text == "Keep the knee over the foot | softly\n | loudly"


def test_box_around_a_paragraph_is_no_table(parse):
    def write(canvas: Canvas) -> None:
        canvas.rect(55, 690, 300, 30)
        write_lines(canvas, 60, 705, ["A warning in a box, to be read as text."])

    (block,) = parse("a.pdf", draw(write)).blocks
    assert block.kind == "paragraph"


def test_map_of_thousands_of_labels_keeps_them_all_in_rows(parse):
    def write(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 2)
        for number in range(3_200):
            canvas.drawString(
                20 + number % 40 * 14, 20 + number // 40 * 10, f"{number}"
            )

    document = parse("a.pdf", draw(write))
    assert set(document.text.split()) == set(map(str, range(3_200)))
    assert all(block.kind != "table" for block in document.blocks)


def test_bullets_and_captions_are_told_apart(parse):
    def write(canvas: Canvas) -> None:
        write_lines(
            canvas, 60, 700, ["• Keep the chest up", "• Bend the knees", "softly"]
        )
        write_lines(canvas, 60, 600, ["Figure 3. A landing from the side."])

    blocks = parse("a.pdf", draw(write)).blocks
    assert [(block.kind, block.text) for block in blocks] == [
        ("list", "- Keep the chest up\n- Bend the knees softly"),
        ("caption", "Figure 3. A landing from the side."),
    ]


def test_chinese_lines_join_without_spaces(parse):
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))

    def write(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 10)
        canvas.drawString(60, 700, "起跳时膝关节的伸展速度决定了跳跃的高度")
        canvas.drawString(60, 687, "教练应当注意运动员的摆臂动作。")

    document = parse("a.pdf", draw(write))
    assert document.blocks[0].text.startswith(
        "起跳时膝关节的伸展速度决定了跳跃的高度教练"
    )
    assert document.language == "zh"


def test_turned_text_is_left_out_and_counted(parse):
    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 700, ["Upright text that is read as it stands."])
        canvas.rotate(90)
        canvas.drawString(200, -30, "stamped sideways on it")

    document = parse("a.pdf", draw(write))
    assert document.text == "Upright text that is read as it stands."
    assert "4 words of text turned sideways" in document.findings[0].finding


def test_page_that_lies_on_its_side_is_read_upright(parse):
    def write(canvas: Canvas) -> None:
        canvas.rotate(90)
        write_lines(canvas, 100, -100, ["A table printed sideways", "goes on below."])
        canvas.setPageRotation(90)

    document = parse("a.pdf", draw(write))
    assert document.text == "A table printed sideways goes on below."


def test_scanned_page_is_named(parse):
    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 700, ["A page with text on it, as it should be."])
        canvas.showPage()
        put_picture(canvas)

    document = parse("a.pdf", draw(write))
    (finding,) = document.findings
    assert finding.where == "a.pdf: page 2"
    assert finding.severity == "quarantine"
    assert "OCR" in finding.fix


def test_pdf_of_pictures_is_refused(parse):
    with pytest.raises(DocumentError, match="all 1 pages are pictures"):
        parse("a.pdf", draw(put_picture))


def test_locked_pdf_is_refused_and_a_protected_one_reported(parse):
    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 700, ["Text that not everyone may copy."])

    locked = StandardEncryption("user", "owner", strength=128)
    with pytest.raises(DocumentError, match="password"):
        parse("a.pdf", draw(write, encrypt=locked))
    protected = StandardEncryption("", "owner", canCopy=0, strength=128)
    document = parse("b.pdf", draw(write, encrypt=protected))
    assert "protected" in document.findings[0].finding


def test_attached_files_and_scripts_are_not_read_but_files_are_counted(parse):
    import pypdfium2 as pdfium

    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 700, LEFT)
        canvas._doc.Catalog.OpenAction = "<</S /JavaScript /JS (app.alert\\(1\\))>>"

    document = pdfium.PdfDocument(draw(write))
    document.new_attachment("hidden.txt").set_data(b"secret text")
    saved = io.BytesIO()
    document.save(saved)
    parsed = parse("a.pdf", saved.getvalue())
    assert "alert" not in parsed.text
    assert "secret" not in parsed.text
    assert [f.finding for f in parsed.findings] == [
        "1 files are attached to it; left out"
    ]


def test_truncated_pdf_is_refused(parse):
    data = draw(lambda canvas: write_lines(canvas, 60, 700, LEFT))
    with pytest.raises(DocumentError, match="cut off"):
        parse("a.pdf", data[: len(data) // 2])


def test_pdf_with_too_many_pages_is_refused(parse):
    def write(canvas: Canvas) -> None:
        for _ in range(3):
            write_lines(canvas, 60, 700, LEFT)
            canvas.showPage()

    with pytest.raises(DocumentError, match="3 pages; at most 2"):
        parse("a.pdf", draw(write), limits=ParseLimits(most_pages_count=2))


def test_comments_and_form_fields_are_counted_and_not_read(parse):
    def write(canvas: Canvas) -> None:
        write_lines(canvas, 60, 700, [f"A line of text number {n}" for n in range(5)])
        canvas.textAnnotation("Is this true of youths?", Rect=(60, 600, 80, 620))
        canvas.linkURL("https://example.org", (60, 690, 200, 705))
        canvas.acroForm.textfield(name="load", value="40 kg", x=60, y=500)
        canvas.acroForm.textfield(name="empty", x=60, y=400)

    document = parse("a.pdf", draw(write))
    assert "youths" not in document.text
    assert "40 kg" not in document.text
    found = " ".join(finding.finding for finding in document.findings)
    assert "5 words of comments on its pages left out" in found
    assert "2 words of what form fields hold left out" in found
    assert "a form with 2 fields" in found

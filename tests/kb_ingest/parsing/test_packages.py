import io
import tarfile
import zipfile

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from kb_ingest.parsing.limits import MIB, ParseLimits
from sportsgpt_lib.errors import DocumentError

CONTAINER = """<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>"""
BOOK = """<package xmlns="http://www.idpf.org/2007/opf"><manifest>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>
<item id="a" href="one%20.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"
xmlns:epub="http://www.idpf.org/2007/ops"><body><h1>{0}</h1>
<span epub:type="pagebreak" title="{1}"/><p>Text of {0}.</p></body></html>"""
EPUB = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": CONTAINER,
    "OEBPS/book.opf": BOOK,
    "OEBPS/nav.xhtml": "<html><body>Nav</body></html>",
    "OEBPS/one .xhtml": CHAPTER.format("One", 11),
    "OEBPS/two.xhtml": CHAPTER.format("Two", 12),
}
CIPHER = """<encryption xmlns="x"><EncryptedData><CipherData>
<CipherReference URI="{}"/></CipherData></EncryptedData></encryption>"""


def test_book_is_read_in_the_order_of_its_spine(parse, pack):
    document = parse("a.epub", pack(EPUB))
    assert [block.text for block in document.blocks] == [
        "One",
        "Text of One.",
        "Two",
        "Text of Two.",
    ]
    assert [block.page_first for block in document.blocks[1::2]] == [11, 12]


def test_book_with_locked_chapters_is_refused_and_one_with_locked_fonts_is_not(
    parse, pack
):
    fonts = CIPHER.format("OEBPS/font.otf")
    parse("fonts.epub", pack(EPUB | {"META-INF/encryption.xml": fonts}))
    chapters = CIPHER.format("OEBPS/two.xhtml")
    with pytest.raises(DocumentError, match="DRM"):
        parse("a.epub", pack(EPUB | {"META-INF/encryption.xml": chapters}))


def test_book_with_a_missing_chapter_is_refused(parse, pack):
    files = {name: body for name, body in EPUB.items() if "two" not in name}
    with pytest.raises(DocumentError, match=r"two\.xhtml is missing"):
        parse("a.epub", pack(files))


RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def build_word_document() -> bytes:
    document = docx.Document()
    document.add_heading("Training plan", 0)
    document.add_heading("Week one", 1)
    paragraph = document.add_paragraph("Run ")
    paragraph.add_run("easily").bold = True
    inserted = (
        f'<w:ins {nsdecls("w")} w:id="1" w:author="x"><w:r>'
        '<w:t xml:space="preserve"> and long</w:t></w:r></w:ins>'
    )
    paragraph._p.append(parse_xml(inserted))
    deleted = (
        f'<w:del {nsdecls("w")} w:id="2" w:author="x"><w:r><w:delText>never</w:delText>'
        "</w:r></w:del>"
    )
    paragraph._p.append(parse_xml(deleted))
    document.add_paragraph("Squat", style="List Bullet")
    document.add_paragraph("Jump", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Day", "Load", "Mon", "20 kg"], strict=True):
        cell.text = text
    box = (
        f"<w:p {nsdecls('w')}><w:r><w:t>Around</w:t><w:txbxContent><w:p><w:r>"
        "<w:t>In a box</w:t></w:r></w:p></w:txbxContent></w:r></w:p>"
    )
    document.element.body.insert(-1, parse_xml(box))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_word_document_loses_neither_insertions_nor_boxes(parse):
    document = parse("a.docx", build_word_document())
    assert [(block.kind, block.text) for block in document.blocks] == [
        ("heading", "Training plan"),
        ("heading", "Week one"),
        ("paragraph", "Run easily and long"),
        ("list", "- Squat\n- Jump"),
        ("table", "Day | Load\nMon | 20 kg"),
        ("paragraph", "Around"),
        ("paragraph", "In a box"),
    ]


def test_comments_headers_and_footers_of_a_word_document_are_counted(parse):
    document = docx.Document()
    paragraph = document.add_paragraph("Squat low.")
    document.add_comment(paragraph.runs, text="Is this true of youths?", author="x")
    document.sections[0].header.paragraphs[0].text = "The club's handbook"
    document.sections[0].footer.paragraphs[0].text = "Page one"
    buffer = io.BytesIO()
    document.save(buffer)
    parsed = parse("a.docx", buffer.getvalue())
    assert parsed.text == "Squat low."
    found = " ".join(finding.finding for finding in parsed.findings)
    assert "5 words of comments left out" in found
    assert "5 words of headers and footers left out" in found


def test_word_document_does_not_load_what_it_links_to(parse):
    document = docx.Document()
    document.add_paragraph("Squat low.")
    outside = "https://127.0.0.1:1/remote.dotx"
    for kind in ("attachedTemplate", "footnotes", "hyperlink"):
        document.part.relate_to(outside, f"{RELATIONS}/{kind}", is_external=True)
    buffer = io.BytesIO()
    document.save(buffer)
    parsed = parse("a.docx", buffer.getvalue())
    assert parsed.text == "Squat low."
    assert "addresses of 1 links" in parsed.findings[0].finding


def test_chapter_outside_of_the_book_is_not_read(parse, pack):
    book = pack(
        {
            "META-INF/container.xml": '<container><rootfile full-path="o.opf"/>'
            "</container>",
            "o.opf": '<package><item id="a" href="../../../etc/passwd" '
            'media-type="text/html"/><itemref idref="a"/></package>',
        }
    )
    with pytest.raises(DocumentError, match="passwd is missing in it"):
        parse("a.epub", book)


def test_truncated_or_damaged_word_document_is_refused(parse):
    data = build_word_document()
    with pytest.raises(DocumentError, match="cut off or damaged"):
        parse("a.docx", data[: len(data) // 2])
    place = data.index(b"word/document.xml") + 400
    with pytest.raises(DocumentError, match="cut off or damaged"):
        parse("a.docx", data[:place] + b"damage" + data[place + 6 :])


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        (
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "encrypted or an old",
        ),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + b"x" * 50, "a picture"),
        ("a.txt", bytes(range(256)) * 8, "binary content"),
        ("a.txt", b"", "empty"),
        ("a.txt", b" \n ", "no text"),
    ],
)
def test_what_is_no_document_is_refused_with_a_fix(parse, name, data, found):
    with pytest.raises(DocumentError, match=found) as caught:
        parse(name, data)
    assert caught.value.fix


def test_zip_bomb_is_refused_before_it_is_unpacked(parse, pack):
    bomb = pack(EPUB | {"OEBPS/big.xhtml": b"0" * (20 * MIB)})
    with pytest.raises(DocumentError, match="unpacks to at least 20 MiB"):
        parse("a.epub", bomb)


def test_tar_bomb_is_refused_while_it_unpacks(parse, tmp_path):
    path = tmp_path / "bomb.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("big.txt")
        member.size = 40 * MIB
        archive.addfile(member, io.BytesIO(b"0" * member.size))
    with pytest.raises(DocumentError, match="unpacks to at least"):
        parse("a.tar.gz", path.read_bytes())


@pytest.mark.parametrize(
    "name", ["../x.txt", "/etc/x.txt", "a/../../x.txt", "C:\\x.txt"]
)
def test_archive_with_a_name_that_leads_out_is_refused(parse, pack, name: str):
    with pytest.raises(DocumentError, match="leads out"):
        parse("a.zip", pack({"ok.txt": "fine", name: "bad"}))


def test_link_in_an_archive_is_left_out_and_named(parse, tmp_path):
    path = tmp_path / "links.tar"
    with tarfile.open(path, "w") as archive:
        member = tarfile.TarInfo("ok.txt")
        member.size = 4
        archive.addfile(member, io.BytesIO(b"fine"))
        link = tarfile.TarInfo("secret.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    document = parse("a.tar", path.read_bytes())
    assert document.text == "fine"
    (finding,) = document.findings
    assert finding.severity == "quarantine"
    assert "secret.txt" in finding.where


def test_archive_that_is_cut_off_gives_nothing(parse, tmp_path):
    path = tmp_path / "whole.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for number in range(50):
            member = tarfile.TarInfo(f"{number}.txt")
            member.size = 5000
            body = bytes((number * 7 + place * place) % 256 for place in range(5000))
            archive.addfile(member, io.BytesIO(body))
    data = path.read_bytes()
    with pytest.raises(DocumentError, match="cut off or damaged"):
        parse("a.tar.gz", data[: len(data) // 2])


def test_encrypted_zip_is_refused(parse, pack):
    data = bytearray(pack({"a.txt": "text"}))
    data[6] |= 1  # the bit in the member's own header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    with pytest.raises(DocumentError, match="encrypted"):
        parse("a.zip", bytes(data))


def test_wrong_ending_is_a_finding_with_the_fix(parse):
    document = parse("a.pdf", "<html><body><p>A page, in fact.</p></body></html>")
    assert document.media_type == "text/html"
    (finding,) = document.findings
    assert "rename it to .htm" in finding.fix


def test_rows_that_are_declared_but_not_there_are_refused(parse):
    with pytest.raises(DocumentError, match="declared as questions"):
        parse("a.txt", "Just text.", kind="questions")


def test_line_of_megabytes_is_refused(parse):
    limits = ParseLimits(most_line_bytes=1000)
    with pytest.raises(DocumentError, match="line 2 is"):
        parse("a.txt", "short\n" + "x" * 2000, limits=limits)


def test_duplicate_names_in_an_archive_are_refused(parse, tmp_path):
    path = tmp_path / "twice.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("a.txt", "one")
        with pytest.warns(UserWarning, match="Duplicate name"):
            package.writestr("a.txt", "two")
    with pytest.raises(DocumentError, match="twice"):
        parse("b.zip", path.read_bytes())

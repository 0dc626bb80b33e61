import hashlib
import os
import tomllib
from pathlib import Path

import pytest

from sportsgpt_lib.errors import DocumentError, KnowledgeError
from sportsgpt_lib.knowledge.admission import (
    compute_source_sha256,
    draft_source,
    validate_unchanged,
)
from sportsgpt_lib.knowledge.collection import load_collection

COMPLETED = {
    'title = "TODO"': 'title = "Landing"',
    'authors = ["TODO"]': 'authors = ["A. Writer"]',
    "year = 0": "year = 2024",
    'licence = "TODO"': 'licence = "CC-BY-4.0"',
    'owner = "TODO"': 'owner = "A. Writer"',
    'trust_level = "TODO"': 'trust_level = "medium"',
    'language = "TODO"': 'language = "en"',
    "audience = []": 'audience = ["coach", "staff"]',
    "movements = []": 'movements = ["drop_landing"]',
    'admitted_by = "TODO"': 'admitted_by = "Librarian"',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "b.md").write_text("# B")
    (tmp_path / "guide" / "a.md").write_text("# A")
    (tmp_path / "Landing guide (2nd).md").write_text("# Land softly")
    return tmp_path


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def admit(folder: Path, *files: str, **changes: str) -> None:
    """Write a manifest of completed drafts; ``changes`` replace in the whole of it."""
    manifest = "\n".join(draft_source(folder, file) for file in files)
    for old, new in COMPLETED.items():
        manifest = manifest.replace(old, changes.get(old.split(" = ")[0], new))
    (folder / "kb_sources.toml").write_text(manifest)


def problems_of(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        load_collection(folder)
    return "\n".join(caught.value.problems)


def test_folder_has_the_digest_that_the_manual_defines(folder: Path):
    lines = f"a.md\0{digest('# A')}\n" + f"b.md\0{digest('# B')}\n"
    assert compute_source_sha256(folder / "guide") == digest(lines)
    (folder / "guide" / "empty").mkdir()
    assert compute_source_sha256(folder / "guide") == digest(lines)
    (folder / "guide" / "b.md").rename(folder / "guide" / "c.md")
    assert compute_source_sha256(folder / "guide") != digest(lines)


def test_folder_with_a_link_has_no_digest(folder: Path):
    (folder / "guide" / "link.md").symlink_to("/etc/hostname")
    with pytest.raises(KnowledgeError, match="link") as caught:
        compute_source_sha256(folder / "guide")
    assert caught.value.problems == ("link.md",)


def test_draft_is_refused_until_a_person_completed_it(folder: Path):
    draft = draft_source(folder, "Landing guide (2nd).md")
    (entry,) = tomllib.loads(draft)["source"]
    assert entry["id"] == "landing-guide-2nd"
    assert entry["kind"] == "document"
    assert entry["sha256"] == digest("# Land softly")
    (folder / "kb_sources.toml").write_text(draft)
    found = problems_of(folder)
    assert "licence: 'TODO' is not a licence" in found
    assert "year: 0 should be greater than or equal to 1900" in found
    assert "trust_level: 'TODO' should be 'high', 'medium' or 'low'" in found
    assert "language: 'TODO' should be 'en' or 'zh'" in found
    for name in ("title", "authors", "owner", "admitted_by"):
        assert f"{name}: 'TODO' is still that of the draft" in found


def test_completed_drafts_are_loaded_without_references(folder: Path):
    admit(folder, "Landing guide (2nd).md", "guide")
    document, book = load_collection(folder).sources
    assert (document.kind, book.kind) == ("document", "book")
    assert document.audience == ("coach", "staff")
    assert document.movements == ("drop_landing",)


@pytest.mark.parametrize("licence", ["none", "Unknown", "n/a", "?", "-", "TBD."])
def test_licence_that_states_nothing_is_refused(folder: Path, licence: str):
    admit(folder, "guide", licence=f'licence = "{licence}"')
    assert "is not a licence" in problems_of(folder)


def test_changed_lost_and_linked_files_are_named_and_the_others_are_loaded(
    folder: Path,
):
    (folder / "third").mkdir()
    (folder / "third" / "c.md").write_text("# C")
    admit(folder, "Landing guide (2nd).md", "guide", "third")
    (folder / "guide" / "a.md").write_text("# A, changed")
    (folder / "Landing guide (2nd).md").unlink()
    (folder / "third" / "link.md").symlink_to("/etc/hostname")
    collection = load_collection(folder)
    assert len(collection.sources) == 3
    changed = compute_source_sha256(folder / "guide")
    assert collection.file_faults == {
        "landing-guide-2nd": "Landing guide (2nd).md: no such file",
        "guide": f"guide is not the file that was admitted: its sha256 is {changed}",
        "third": "link.md: a link or a device, not a file",
    }


def test_draft_says_the_language_that_was_detected(folder: Path):
    (entry,) = tomllib.loads(draft_source(folder, "guide", language="zh"))["source"]
    assert entry["language"] == "zh"


@pytest.mark.parametrize(
    ("file", "kind"),
    [("squat.toml", "cards"), ("qa_squat.toml", "answers"), ("a.md", "document")],
)
def test_draft_says_what_a_file_is_likely_to_be(folder: Path, file: str, kind: str):
    (folder / file).write_text("# Text")
    (entry,) = tomllib.loads(draft_source(folder, file))["source"]
    assert entry["kind"] == kind


def test_file_of_a_withdrawn_source_may_be_gone(folder: Path):
    admit(
        folder,
        "guide",
        admitted_by='admitted_by = "L"\nwithdrawn_reason = "asked by its owner"',
    )
    (folder / "guide").rename(folder / "elsewhere")
    (source,) = load_collection(folder).sources
    assert source.withdrawn_reason == "asked by its owner"


def test_pipe_has_no_digest_and_is_not_waited_for(folder: Path):
    os.mkfifo(folder / "guide" / "pipe.md")
    with pytest.raises(KnowledgeError, match="device") as caught:
        compute_source_sha256(folder / "guide")
    assert caught.value.problems == ("pipe.md",)
    with pytest.raises(KnowledgeError, match="device"):
        compute_source_sha256(folder / "guide" / "pipe.md")


def test_file_that_changes_while_it_is_read_is_refused(folder: Path):
    path = folder / "guide"
    admitted = compute_source_sha256(path)
    validate_unchanged(path, admitted)
    (path / "a.md").write_text("# A, and more")
    with pytest.raises(DocumentError, match="changed while it was read"):
        validate_unchanged(path, admitted)
    with pytest.raises(DocumentError, match="changed while it was read"):
        validate_unchanged(folder / "gone.md", admitted)


def test_name_that_cannot_be_seen_is_refused(folder: Path):
    admit(folder, "guide")
    manifest = folder / "kb_sources.toml"
    named = manifest.read_text().replace('"guide"', '"gu\\u202eide"')
    manifest.write_text(named)
    assert "rename the file" in problems_of(folder)


@pytest.mark.parametrize("file", ["/etc/hostname", "../x.md", "a\\\\b.md"])
def test_path_out_of_the_folder_is_refused(folder: Path, file: str):
    admit(folder, "guide")
    manifest = folder / "kb_sources.toml"
    manifest.write_text(
        manifest.read_text().replace('file = "guide"', f'file = "{file}"')
    )
    assert "outside the folder" in problems_of(folder)

import hashlib
import shutil
from pathlib import Path

import pytest

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.card_lint import validate_cards
from sportsgpt_lib.knowledge.collection import Collection, load_collection
from sportsgpt_lib.sports.loader import load_movement, movement_names

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(STARTER_FOLDER, tmp_path / "starter")


def compute_sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Change a file once, and admit the change in the manifest."""
    path, manifest = folder / file, folder / "kb_sources.toml"
    admitted = compute_sha256(path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    now = compute_sha256(path)
    manifest.write_text(manifest.read_text().replace(admitted, now))


def problems_of(folder: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        load_collection(folder)
    return "\n".join(caught.value.problems)


def test_starter_covers_every_issue_of_every_movement(starter: Collection):
    validate_cards(starter, [load_movement(name) for name in movement_names()])
    assert len(starter.all_cards) >= 12
    assert len(starter.all_answers) >= 12


def test_every_statement_of_the_starter_can_be_looked_up(starter: Collection):
    for publication in starter.references.values():
        assert publication.doi or publication.isbn or publication.pages
    for card in starter.all_cards:
        assert card.cited_keys <= starter.references.keys()


def test_source_without_licence_is_refused(folder: Path):
    edit(folder, "kb_sources.toml", 'licence = "CC-BY-4.0"\n', "")
    assert "licence" in problems_of(folder)


def test_source_with_blank_licence_is_refused(folder: Path):
    edit(folder, "kb_sources.toml", '"CC-BY-4.0"', '"  "')
    assert "licence" in problems_of(folder)


def test_file_that_changed_after_admission_is_not_read(folder: Path):
    (folder / "qa.toml").write_text("no longer TOML [")
    collection = load_collection(folder)
    (source,) = [one for one in collection.sources if one.file == "qa.toml"]
    found = collection.file_faults[source.id]
    assert "not the file that was admitted" in found
    assert compute_sha256(folder / "qa.toml") in found
    assert source.id not in collection.answers
    assert not collection.has_all_statements
    # What only that file cites is no fault of the others.
    movements = [load_movement(name) for name in movement_names()]
    validate_cards(collection, movements)


def test_file_outside_the_folder_is_refused(folder: Path):
    edit(folder, "kb_sources.toml", '"qa.toml"', '"../qa.toml"')
    assert "outside the folder" in problems_of(folder)


def test_all_problems_come_at_once(folder: Path):
    edit(folder, "cards/drop_landing.toml", "sets = 3", "sets = 0")
    edit(
        folder,
        "cards/drop_landing.toml",
        'cites = ["devita_1992"]',
        'cites = ["nobody_1900"]',
    )
    edit(
        folder,
        "cards/drop_landing.toml",
        'id = "uneven-landing"',
        'id = "flat-footed-landing"',
    )
    edit(folder, "qa.toml", "evidence_level", "evidence_lvl")
    found = problems_of(folder)
    assert "card stiff-landing: dose.sets" in found
    assert "answer landing-how-deep: evidence_lvl" in found
    assert "'flat-footed-landing' is used more than once" in found


def test_citation_that_leads_nowhere_is_named_with_its_card(folder: Path):
    edit(
        folder,
        "cards/drop_landing.toml",
        'cites = ["devita_1992"]',
        'cites = ["nobody_1900"]',
    )
    assert "card stiff-landing: cites 'nobody_1900'" in problems_of(folder)


def test_reference_that_cannot_be_looked_up_is_refused(folder: Path):
    path = folder / "references.toml"
    path.write_text(path.read_text().replace('isbn = "978-1556427664"\n', ""))
    assert "perry_2010" in problems_of(folder)


def test_file_that_is_not_toml_is_named(folder: Path):
    edit(folder, "qa.toml", "[[answer]]", "[[answer")
    assert "qa.toml: not TOML" in problems_of(folder)


def test_missing_manifest_is_named(tmp_path: Path):
    assert "kb_sources.toml: no such file" in problems_of(tmp_path)


def test_lint_names_unknown_issue_indicator_and_uncovered_issue(folder: Path):
    edit(
        folder,
        "cards/drop_landing.toml",
        'issues = ["stiff_landing"]',
        'issues = ["no_such_issue"]',
    )
    edit(folder, "cards/drop_landing.toml", '"absorption_time"', '"no_such_angle"')
    movements = [load_movement(name) for name in movement_names()]
    with pytest.raises(KnowledgeError) as caught:
        validate_cards(load_collection(folder), movements)
    found = "\n".join(caught.value.problems)
    assert "card stiff-landing: unknown issue 'no_such_issue'" in found
    assert "card stiff-landing: unknown indicator 'no_such_angle'" in found
    assert "drop_landing: issue 'stiff_landing' has no card" in found


def test_lint_names_a_source_about_an_unknown_movement(folder: Path):
    edit(folder, "kb_sources.toml", "[[source]]", '[[source]]\nmovements = ["sqat"]')
    movements = [load_movement(name) for name in movement_names()]
    with pytest.raises(KnowledgeError) as caught:
        validate_cards(load_collection(folder), movements)
    assert "unknown movement 'sqat'" in caught.value.problems[0]


def test_cards_of_a_withdrawn_source_do_not_count(folder: Path):
    edit(
        folder,
        "kb_sources.toml",
        'kind = "cards"',
        'withdrawn_reason = "recalled"\nkind = "cards"',
    )
    collection = load_collection(folder)
    assert all("drop_landing" not in card.movements for card in collection.all_cards)

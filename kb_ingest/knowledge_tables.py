"""The contract of the knowledge tables: what each column is and may hold.

Great Expectations suites (``audits.py``) and the column schemas in Dagster's page come
from it. The tables themselves are made by ``sql/migrations``; what the checks compute
from a row, such as the faults of a text, is not stored.
"""

from typing import get_args

from kb_ingest.chunking.tokens import MOST_CHARACTERS
from kb_ingest.faults import SCRIPTS_BY_LANGUAGE
from sportsgpt_lib.knowledge.passages import PassageKind
from sportsgpt_lib.knowledge.sources import TrustLevel
from sportsgpt_lib.storage.contract import Table, boolean, integer, real, text

LANGUAGES = tuple(SCRIPTS_BY_LANGUAGE)
# The length of a vector in half precision: 11 bits each.
_LEAST_LENGTH, _MOST_LENGTH = 0.995, 1.005

SOURCES = Table(
    name="sources",
    schema="knowledge",
    grain="admitted source in use",
    key=("source_id",),
    is_mart=False,
    columns=(
        text("source_id", "Name of the source in its manifest."),
        text("collection", "Folder of knowledge that the source came with."),
        text("title", "Its title."),
        text("licence", "Licence under which it may be used."),
        boolean("states_licence", "Whether that names a licence at all."),
        text("rights_owner", "Who owns it."),
        text(
            "trust_level",
            "How far it is trusted.",
            allowed=sorted(get_args(TrustLevel)),
        ),
        text("language_code", "Its language.", allowed=LANGUAGES),
        text("file_sha256", "SHA-256 of the file or folder as it was admitted."),
        text("admitted_by", "Who admitted it."),
    ),
)
PASSAGES = Table(
    name="passages",
    schema="knowledge",
    grain="passage in use",
    key=("collection", "passage_id"),
    is_mart=False,
    columns=(
        text("collection", "Folder of knowledge that the source came with."),
        text("passage_id", "Name of this content in this place of its source."),
        text("source_id", "Source that the passage is from."),
        integer("chunk_no", "Place in the source, from 0.", minimum=0),
        text("kind", "What it is.", allowed=get_args(PassageKind)),
        text("language_code", "Its language.", allowed=LANGUAGES),
        integer(
            "character_count",
            "Length of its text.",
            minimum=1,
            maximum=MOST_CHARACTERS,
        ),
        integer(
            "page_first", "Its first page; null = no pages.", nullable=True, minimum=1
        ),
        integer(
            "page_last", "Its last page; null = no pages.", nullable=True, minimum=1
        ),
        integer(
            "page_count",
            "Pages of the source; null = it has none.",
            nullable=True,
            minimum=1,
        ),
        boolean("has_page_fault", "A page is missing, or not one of the source's."),
        boolean("has_broken_characters", "Characters were decoded wrongly."),
        boolean("has_foreign_script", "Its letters are not those of its language."),
        boolean(
            "has_instructions",
            "It reads like instructions to a model, and nobody released it.",
        ),
    ),
)
VECTORS = Table(
    name="embeddings",
    schema="knowledge",
    grain="text and embedding model",
    key=("collection", "text_key"),
    is_mart=False,
    columns=(
        text("collection", "Folder of knowledge that the text came with."),
        text("text_key", "First digits of the SHA-256 of the text."),
        integer("dimension", "How many numbers the vector has.", minimum=1),
        boolean("has_dimension", "Whether that is the model's."),
        real(
            "vector_length",
            "Length of the vector.",
            minimum=_LEAST_LENGTH,
            maximum=_MOST_LENGTH,
        ),
    ),
)
ALWAYS_FALSE = frozenset(
    {
        "has_page_fault",
        "has_broken_characters",
        "has_foreign_script",
        "has_instructions",
    }
)
ALWAYS_TRUE = frozenset({"states_licence", "has_dimension"})

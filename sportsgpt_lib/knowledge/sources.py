"""A source as the manifest admits it: what it is, whose it is, and under which licence.

Shapes only. Reading a manifest is in ``collection.py``; what a source's file looks like
inside is in ``cards.py`` for our own, and in ``kb_ingest/parsing`` for all others.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from sportsgpt_lib.knowledge.licences import states_licence

TrustLevel = Literal["high", "medium", "low"]
SourceLanguage = Literal["en", "zh"]
Audience = Literal["coach", "athlete", "staff", "clinician"]
SourceKind = Literal["cards", "answers", "document", "book", "questions", "exercises"]
"""How a source's file is read.

``cards`` and ``answers``: our own TOML. ``document``: one file of text. ``book``: a
folder or an archive of files, in the order of its collection file where it has one.
``questions`` and ``exercises``: JSON, JSONL or CSV, one row each.
"""

TOML_KINDS: frozenset[SourceKind] = frozenset({"cards", "answers"})
TO_COMPLETE = "TODO"
"""What only a person can say, in the draft of an entry; refused in a manifest."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


def _check_file_stays_inside(file: str) -> str:
    path = PurePosixPath(file)
    if path.is_absolute() or "\\" in file or ".." in path.parts:
        raise ValueError(
            f"{file!r} lies outside the folder of the manifest; copy it into the "
            "folder and write its path with forward slashes"
        )
    if not file.isprintable():
        raise ValueError(
            f"{file!r} has characters that cannot be seen; rename the file"
        )
    return file


FileName = Annotated[Text, AfterValidator(_check_file_stays_inside)]
"""A path inside the folder of the manifest, with forward slashes."""


class TranslationFile(BaseModel):
    """The file that holds the words of a source in another language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: FileName
    sha256: Sha256


class Source(BaseModel):
    """One source of the manifest. ``withdrawn_reason`` None = in use.

    Empty ``movements`` or ``audience`` = for all; else retrieval can filter by them.
    ``columns`` names, for rows of questions and exercises, which column of the file is
    which field, where the column's own name does not say it. ``translations`` names,
    for cards and answers, the files of their words in other languages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Slug
    title: Text
    authors: tuple[Text, ...] = Field(min_length=1)
    year: int = Field(ge=1900, le=2100)
    edition: str | None = None
    licence: Text
    owner: Text
    trust_level: TrustLevel
    topics: tuple[Text, ...]
    sport: Text
    movements: tuple[Slug, ...] = ()
    audience: tuple[Audience, ...] = ()
    language: SourceLanguage
    kind: SourceKind
    file: FileName
    sha256: Sha256
    translations: Mapping[SourceLanguage, TranslationFile] = Field(default_factory=dict)
    columns: Mapping[str, str] | None = None
    admitted_by: Text
    withdrawn_reason: Text | None = None

    @field_validator("title", "owner", "admitted_by")
    @classmethod
    def _check_draft_is_completed(cls, text: str) -> str:
        if text == TO_COMPLETE:
            raise ValueError(f"{text!r} is still that of the draft; complete it")
        return text

    @field_validator("authors")
    @classmethod
    def _check_authors_are_completed(cls, authors: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(cls._check_draft_is_completed(author) for author in authors)

    @field_validator("licence")
    @classmethod
    def _check_licence_is_stated(cls, licence: str) -> str:
        if not states_licence(licence):
            raise ValueError(
                f"{licence!r} is not a licence; ask the owner for one in writing, or "
                "leave the source out"
            )
        return licence

    @model_validator(mode="after")
    def _check_translations_have_a_place(self) -> "Source":
        if self.translations and self.kind not in TOML_KINDS:
            raise ValueError(
                "only cards and answers have translations; admit the other language's "
                "text as a source of its own"
            )
        if self.translations and (self.language, *self.translations) != ("en", "zh"):
            raise ValueError("translations lead from 'en' to 'zh' only")
        return self

    @property
    def files(self) -> dict[str, str]:
        """All files of the source with the SHA-256 that was admitted."""
        others = {one.file: one.sha256 for one in self.translations.values()}
        return {self.file: self.sha256, **others}

"""The shapes of our own knowledge: technique cards, question-and-answer pairs.

A card goes from fault to dose and cites a publication for each statement. Reading files
and checking names across them is in ``collection.py``; the form in which they are
searched is in ``passages.py``.
"""

import re
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from sportsgpt_lib.body_regions import BodyRegion, order_regions
from sportsgpt_lib.knowledge.sources import Slug, Text

EvidenceLevel = Literal[
    "systematic_review",
    "randomised_trial",
    "laboratory_study",
    "observational_study",
    "guideline",
    "textbook",
]
"""What the strongest publication behind a statement is."""

_NUMBER = re.compile(r"\d+")
# Ages that are said in words, and what must be among them. 12: the exercise is kept
# from children; adolescence of girls begins then (Lloyd et al. 2014, Br J Sports Med
# 48(7):498-505). 16: it is for older adolescents; chosen. 18: it is for adults.
_AGE_WORDS = {12: "children", 16: "older adolescents", 18: "adults"}


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Publication(_Part):
    """A publication that can be looked up: by DOI, by ISBN, or by journal and pages."""

    authors: Text
    year: int = Field(ge=1900, le=2100)
    title: Text
    published_in: Text
    pages: Text | None = None
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    isbn: Annotated[str, StringConstraints(pattern=r"^[\d-]{9,16}[\dX]$")] | None = None

    @model_validator(mode="after")
    def _check_can_be_looked_up(self) -> "Publication":
        if self.doi is None and self.isbn is None and self.pages is None:
            raise ValueError(
                "give a doi, an isbn or pages, so that it can be looked up"
            )
        return self

    @property
    def text(self) -> str:
        """The publication on one line, as a list of sources prints it."""
        where = f"{self.published_in}:{self.pages}" if self.pages else self.published_in
        return f"{self.authors} ({self.year}). {self.title}. {where}."


class CitedText(_Part):
    """A statement and the keys of the publications it rests on."""

    text: Text
    cites: tuple[Slug, ...] = Field(min_length=1)


class CardDose(_Part):
    """How much. ``basis`` says what in it is the source's and what is our choice."""

    sets: int = Field(ge=1, le=10)
    repetitions: int = Field(ge=1, le=100)
    hold_s: int | None = Field(default=None, ge=1, le=300)
    load: Text
    rest_s: int = Field(ge=0, le=600)
    sessions_per_week: int = Field(ge=1, le=14)
    weeks: int = Field(ge=1, le=52)
    basis: Text
    cites: tuple[Slug, ...] = Field(min_length=1)


class Success(_Part):
    """How success is measured: indicators of the movement, and where they should go."""

    indicators: tuple[Slug, ...] = Field(min_length=1)
    text: Text


class CardLimits(_Part):
    """For whom an exercise is not, in a form that is compared with an athlete.

    ``least_age_years`` 0 = the card names no least age; else its ``age_limits`` say it,
    as a number or in words. ``not_with`` names the regions that its contraindications
    spare or that it plainly loads.
    """

    least_age_years: int = Field(ge=0, le=99)
    not_with: tuple[BodyRegion, ...]

    @field_validator("not_with")
    @classmethod
    def _check_regions_are_named_once(
        cls, regions: tuple[BodyRegion, ...]
    ) -> tuple[BodyRegion, ...]:
        if len(set(regions)) != len(regions):
            raise ValueError("a region is named more than once")
        return order_regions(regions)


class TechniqueCard(_Part):
    """One fault and what to do about it."""

    id: Slug
    title: Text
    movements: tuple[Slug, ...] = Field(min_length=1)
    issues: tuple[Slug, ...] = Field(min_length=1)
    evidence_level: EvidenceLevel
    fault: CitedText
    cause: CitedText
    consequence: CitedText
    cue: CitedText
    exercise: Text
    drill: CitedText
    dose: CardDose
    progression: tuple[CitedText, ...] = Field(min_length=1)
    contraindications: tuple[CitedText, ...] = Field(min_length=1)
    age_limits: CitedText
    limits: CardLimits
    success: Success

    @model_validator(mode="after")
    def _check_least_age_is_said(self) -> "TechniqueCard":
        least = self.limits.least_age_years
        text = self.age_limits.text.lower()
        is_said = str(least) in _NUMBER.findall(text)
        if least and not is_said and _AGE_WORDS.get(least, str(least)) not in text:
            raise ValueError(
                f"limits.least_age_years = {least}, which age_limits does not say"
            )
        return self

    @property
    def cited_keys(self) -> frozenset[str]:
        """Keys of all publications that the card cites."""
        return self.technique_keys | self.exercise_keys

    @property
    def technique_keys(self) -> frozenset[str]:
        """Keys cited for what the fault is and does."""
        return _keys(self.fault, self.cause, self.consequence)

    @property
    def exercise_keys(self) -> frozenset[str]:
        """Keys cited for what to do about it."""
        return _keys(
            self.cue,
            self.drill,
            self.dose,
            *self.progression,
            *self.contraindications,
            self.age_limits,
        )


class QuestionAnswer(_Part):
    """A coach's question and its answer. No ``issues`` = the movement at large."""

    id: Slug
    question: Text
    answer: CitedText
    movements: tuple[Slug, ...] = Field(min_length=1)
    issues: tuple[Slug, ...] = ()
    evidence_level: EvidenceLevel


def _keys(*parts: CitedText | CardDose) -> frozenset[str]:
    return frozenset(key for part in parts for key in part.cites)

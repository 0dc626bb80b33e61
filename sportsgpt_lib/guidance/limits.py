"""Whether an exercise suits an athlete: the card's limits against the athlete's.

Coarse on both sides: groups and body regions, never an age or a diagnosis. Used by the
writers, who leave out what does not suit, and by the verifier. What a card says in
words is printed with the exercise whatever is decided here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sportsgpt_lib.athlete_groups import AthleteGroup
from sportsgpt_lib.body_regions import BodyRegion, order_regions
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from sportsgpt_lib.language import Language

# A group names no age, so the youngest that it may mean decides. A child: any age.
# A youth: 12 years, where the adolescence of girls begins; that of boys begins at 14
# (Lloyd et al. 2014, Br J Sports Med 48(7):498-505). Adults: of age.
_YOUNGEST_YEARS: dict[str, int] = {
    "child": 0,
    "youth": 12,
    "adult": 18,
    "older_adult": 18,
}


@dataclass(frozen=True)
class AthleteLimits:
    """What an exercise must respect; empty = nothing is said.

    Kept out of ``repr``, so that neither an error nor a log shows it.
    """

    groups: frozenset[AthleteGroup] = field(default=frozenset(), repr=False)
    spared_regions: frozenset[BodyRegion] = field(default=frozenset(), repr=False)

    @property
    def youngest_years(self) -> int | None:
        """The least age that the athlete may have; None = no age group is said."""
        return min(
            (_YOUNGEST_YEARS[g] for g in self.groups if g in _YOUNGEST_YEARS),
            default=None,
        )


def read_limits(recordings: Sequence[Mapping[str, Any]]) -> AthleteLimits:
    """Read one athlete's limits from rows of ``training.recordings``."""
    return AthleteLimits(
        groups=_read_words(recordings, "athlete_groups"),
        spared_regions=_read_words(recordings, "spared_regions"),
    )


@dataclass(frozen=True)
class Obstacle:
    """Why an exercise does not suit.

    ``regions`` are those that it loads and that are to be spared; ``least_age_years``
    is the card's where the athlete may be younger; both empty = the card is silent on
    what it asks of the body, and the athlete needs that to be known.
    """

    regions: tuple[BodyRegion, ...] = ()
    least_age_years: int | None = None

    def describe(self, language: Language) -> str:
        """Say it to the coach, without the regions: reports are read by many.

        Never for a model: it tells that the athlete spares something.
        """
        parts = _DESCRIBERS[language](self)
        return _JOINTS[language].join(parts)


def find_obstacle(passage: EvidencePassage, athlete: AthleteLimits) -> Obstacle | None:
    """Find why an exercise does not suit an athlete; None = it does.

    Parameters
    ----------
    passage
        The exercise, as retrieved; its card's limits are in ``payload["limits"]``.
    athlete
        The athlete's limits. Without an age group no age limit is applied: the words
        of the card stand in the report.
    """
    youngest = athlete.youngest_years
    is_minor = youngest is not None and youngest < _YOUNGEST_YEARS["adult"]
    limits: dict[str, Any] | None = passage.payload.get("limits")
    if limits is None:
        return Obstacle() if athlete.spared_regions or is_minor else None
    regions = order_regions(athlete.spared_regions & set(limits["not_with"]))
    least_age = int(limits["least_age_years"])
    is_too_young = youngest is not None and youngest < least_age
    if not regions and not is_too_young:
        return None
    return Obstacle(regions, least_age if is_too_young else None)


def is_suited(passage: EvidencePassage, athlete: AthleteLimits) -> bool:
    """Whether an exercise suits an athlete."""
    return find_obstacle(passage, athlete) is None


def _read_words(recordings: Sequence[Mapping[str, Any]], column: str) -> frozenset[Any]:
    lists = (row.get(column) for row in recordings)
    return frozenset(word for words in lists if words for word in json.loads(words))


def _describe_in_english(obstacle: Obstacle) -> list[str]:
    parts = []
    if obstacle.regions:
        parts.append("it loads what session.toml says to spare")
    if obstacle.least_age_years is not None:
        parts.append(f"its card allows it from {obstacle.least_age_years} years")
    return parts or ["its card does not say what it loads and from what age"]


def _describe_in_chinese(obstacle: Obstacle) -> list[str]:
    parts = []
    if obstacle.regions:
        parts.append("会给 session.toml 中要求保护的部位增加负担")
    if obstacle.least_age_years is not None:
        parts.append(f"卡片要求至少 {obstacle.least_age_years} 岁")
    return parts or ["卡片没有说明它给哪些部位带来负担以及适用年龄"]


_DESCRIBERS = {"en": _describe_in_english, "zh": _describe_in_chinese}
_JOINTS = {"en": "; ", "zh": "；"}

"""Fuses the places of several channels into one order. No database, no model here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# The rule is that of Cormack, Clarke and Buettcher (2009), Reciprocal rank fusion
# outperforms Condorcet and individual rank learning methods, SIGIR, doi
# 10.1145/1571941.1572114. Their k is 60; 5 was chosen: docs/retrieval.md, "Fusion".
RANK_OFFSET = 5.0


@dataclass(frozen=True)
class FusionWeights:
    """What a place in each channel counts. Measured in docs/retrieval.md, "Fusion"."""

    vector: float = 1.0
    text: float = 2.0
    rank_offset: float = RANK_OFFSET


DEFAULT_WEIGHTS = FusionWeights()


@dataclass(frozen=True)
class FusedPlace:
    """One passage with its place, from 1, in each channel that found it."""

    passage_id: str
    score: float
    vector_place: int | None
    text_place: int | None


def fuse_places(
    vector_channel: Sequence[str],
    text_channel: Sequence[str],
    weights: FusionWeights = DEFAULT_WEIGHTS,
) -> list[FusedPlace]:
    """Fuse two channels by reciprocal rank, best first.

    Parameters
    ----------
    vector_channel, text_channel
        Passage ids, best first, none twice.
    weights
        What a place in each channel counts.

    Notes
    -----
    Equal scores are put in the order of the ids, so that an answer can be repeated.
    """
    vector, text = _number(vector_channel), _number(text_channel)
    fused = [
        FusedPlace(
            name,
            _share(vector.get(name), weights.vector, weights.rank_offset)
            + _share(text.get(name), weights.text, weights.rank_offset),
            vector.get(name),
            text.get(name),
        )
        for name in {**vector, **text}
    ]
    return sorted(fused, key=lambda one: (-one.score, one.passage_id))


def _number(channel: Sequence[str]) -> Mapping[str, int]:
    return {name: place for place, name in enumerate(channel, start=1)}


def _share(place: int | None, weight: float, rank_offset: float) -> float:
    return 0.0 if place is None else weight / (rank_offset + place)

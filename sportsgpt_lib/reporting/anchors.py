"""Names of the places in a page that links lead to.

The same parts give the same name wherever a link is made, so that one can walk from a
sentence to its finding, metric, picture and source.
"""

import hashlib
import re

_NOT_PLAIN = re.compile(r"[^a-z0-9_]+")
_DIGEST_DIGITS = 8


def build_anchor(kind: str, *parts: object) -> str:
    """Name a place in a page, safely for an ``id`` whatever the parts hold.

    Parts that lose a character on the way get a digest, so that two different places
    never share a name.

    Examples
    --------
    >>> build_anchor("metric", "0f3a", 1, "knee_flexion")
    'metric.0f3a.1.knee_flexion'
    """
    raw = [str(part) for part in parts]
    plain = [_NOT_PLAIN.sub("-", part.lower()).strip("-") for part in raw]
    if plain != raw or "" in raw:
        digest = hashlib.sha256("\x1f".join(raw).encode()).hexdigest()
        plain.append(digest[:_DIGEST_DIGITS])
    return ".".join([kind, *filter(None, plain)])


def metric_anchor(recording_id: str, repetition_idx: int, indicator: str) -> str:
    """Name the place of one row of ``kismam_metrics``."""
    return build_anchor("metric", recording_id, repetition_idx, indicator)


def indicator_anchor(recording_id: str, indicator: str) -> str:
    """Name the place of the line of an indicator in a recording's table of values."""
    return build_anchor("indicator", recording_id, indicator)


def picture_anchor(recording_id: str, repetition_idx: int, indicator: str) -> str:
    """Name the place of the picture that shows a row of ``kismam_metrics``."""
    return build_anchor("picture", recording_id, repetition_idx, indicator)


def scores_anchor(athlete_id: str, movement: str) -> str:
    """Name the place of the table of an athlete's scores in one movement."""
    return build_anchor("scores", athlete_id, movement)


def score_anchor(recording_id: str, repetition_idx: int) -> str:
    """Name the place of one row of ``technique_scores``."""
    return build_anchor("score", recording_id, repetition_idx)


def finding_anchor(athlete_id: str, movement: str, issue: str) -> str:
    """Name the place of one issue of one athlete."""
    return build_anchor("finding", athlete_id, movement, issue)


def source_anchor(athlete_id: str, label: str) -> str:
    """Name the place of one source in an athlete's list of sources."""
    return build_anchor("source", athlete_id, label)


def exercise_anchor(athlete_id: str, number: int) -> str:
    """Name the place of one exercise of an athlete's plan; numbers start at 1."""
    return build_anchor("exercise", athlete_id, number)

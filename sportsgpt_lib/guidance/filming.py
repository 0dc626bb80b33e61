"""What to film in the next session so that more can be judged.

Only from what the case says could not be judged; no advice on training.
"""

import functools
from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.wording import Wording, load_wording
from sportsgpt_lib.kismam.consistency import compute_consistency

# Chosen: a list that is longer is not taken to the track.
_MOST_LINES = 5
_MOST_NAMES = 5
_LONGEST_SEARCH = 100


@functools.cache
def find_least_repetitions() -> int:
    """Find from how many repetitions on one that shows an issue can be told a slip.

    With so many an issue that never shows is surely no habit either.
    """
    counts = np.arange(1, _LONGEST_SEARCH)
    patterns = compute_consistency(np.ones_like(counts), counts).pattern
    return int(counts[patterns == "slip"][0])


def list_filming(case: GuidanceCase) -> tuple[str, ...]:
    """List what to film next, in the report's language; the most useful first."""
    wording = load_wording(case.language)
    lines = [
        *_ask_for_more(case, wording),
        *_ask_again(case, wording),
        *_ask_to_see(case, wording),
    ]
    lines = list(dict.fromkeys(lines))[:_MOST_LINES]
    if case.movements:
        lines.append(wording.say("film.same"))
    return tuple(lines)


def _ask_for_more(case: GuidanceCase, wording: Wording) -> Iterator[str]:
    """Ask for more repetitions where what was seen may be a habit or a slip."""
    least = find_least_repetitions()
    for movement in case.movements:
        count = case.facts[movement.count].total or 0
        names = [
            issue.issue_name
            for issue in case.issues
            if issue.movement == movement.movement
            and issue.session.pattern == "undecided"
        ]
        if names and count < least:
            yield wording.say(
                "film.more",
                count=count,
                least=least,
                movement=wording.inside(case.name_movement(movement.movement)),
                names=wording.join(
                    [wording.inside(name) for name in names[:_MOST_NAMES]]
                ),
            )


def _ask_again(case: GuidanceCase, wording: Wording) -> Iterator[str]:
    for gap in case.not_judged:
        if gap.recording_id is not None and gap.movement is not None:
            yield wording.say(
                "film.again",
                movement=wording.inside(case.name_movement(gap.movement)),
                reason=gap.reason,
            )


def _ask_to_see(case: GuidanceCase, wording: Wording) -> Iterator[str]:
    """Ask so that indicators can be measured; those of one reason together."""
    names_of: dict[tuple[str, str], list[str]] = defaultdict(list)
    for gap in case.not_judged:
        if gap.recording_id is None and gap.movement is not None:
            names_of[gap.movement, gap.reason].append(gap.what)
    groups = sorted(names_of.items(), key=lambda group: -len(group[1]))
    for (movement, reason), names in groups:
        yield wording.say(
            "film.measurable",
            movement=wording.inside(case.name_movement(movement)),
            names=wording.join([wording.inside(name) for name in names[:_MOST_NAMES]]),
            reason=reason.rstrip(".。"),
        )

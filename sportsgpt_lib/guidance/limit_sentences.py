"""Says which medians lie inside their target by less than their error.

The same for every writer: the numbers leave nothing to choose.
"""

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import Sentence
from sportsgpt_lib.guidance.wording import load_wording


def describe_close_to_limit(case: GuidanceCase) -> tuple[Sentence, ...]:
    """Describe what is close to the limit of its target, the closest first."""
    wording = load_wording(case.language)
    sentences = []
    for name in case.close_to_limit:
        fact = case.facts[name]
        text = wording.say(
            "close.median",
            count=fact.total,
            indicator=fact.label,
            value=wording.value(fact),
            margin=wording.quantity(fact.margin or 0.0, fact.unit),
            target=wording.target(fact),
        )
        sentences.append(Sentence(text=text, facts=(fact.id,)))
    return tuple(sentences)

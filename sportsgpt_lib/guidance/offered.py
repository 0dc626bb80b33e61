"""What of a case's evidence a language model is offered.

An exercise that does not suit the athlete is left out, so that the model need not know
why; and so is a text that speaks to models, whoever released it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.limits import is_suited
from sportsgpt_lib.knowledge.retrieval import EvidencePassage

FindOrders = Callable[[str], Sequence[str]]
"""Finds the reasons why a text reads like instructions to a model; empty = none."""


def find_no_orders(text: str) -> tuple[str, ...]:
    """Find nothing: for cases whose passages are all our own."""
    del text
    return ()


def narrow_to_offered(case: GuidanceCase, find_orders: FindOrders) -> GuidanceCase:
    """Narrow a case to the passages that a model may see."""
    offered = {
        name: passage
        for name, passage in case.passages.items()
        if _is_offered(passage, case) and not find_orders(_join_texts(passage))
    }
    issues = tuple(
        replace(
            issue,
            passages=tuple(p for p in issue.passages if p.passage_id in offered),
        )
        for issue in case.issues
    )
    return replace(case, passages=offered, issues=issues)


def _is_offered(passage: EvidencePassage, case: GuidanceCase) -> bool:
    return passage.kind != "exercise" or is_suited(passage, case.limits)


def _join_texts(passage: EvidencePassage) -> str:
    """Put everything together that a passage says, in any language."""
    return "\n".join((passage.title, passage.text, *_list_texts(passage.payload)))


def _list_texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _list_texts(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from _list_texts(value)

"""Adds up what Great Expectations says of the windows of one table.

Each answer is its JSON data on one window, by the same suite; uniqueness within a
window is all that can be added up, and the tables' own keys forbid the rest.
"""

from collections.abc import Mapping
from typing import Any

_MOST_SHOWN = 10
_COUNTS = ("element_count", "unexpected_count", "missing_count")
_LISTS = ("partial_unexpected_list",)
# Counted within one window, and no use beyond it.
_OF_ONE_WINDOW = frozenset(
    {"partial_unexpected_index_list", "partial_unexpected_counts"}
)
_PERCENT = 100.0


def add_answer(total: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Add the answer on one more window; ``total`` is empty before the first."""
    results = [_strip(one) for one in answer["results"]]
    if total:
        pairs = zip(total["results"], results, strict=True)
        results = [_add_result(before, now) for before, now in pairs]
    kept = sum(one["success"] for one in results)
    return {
        **answer,
        "success": kept == len(results),
        "results": results,
        "statistics": {
            "evaluated_expectations": len(results),
            "successful_expectations": kept,
            "unsuccessful_expectations": len(results) - kept,
            "success_percent": _share(kept, len(results)),
        },
    }


def _strip(result: Mapping[str, Any]) -> dict[str, Any]:
    found = {k: v for k, v in result["result"].items() if k not in _OF_ONE_WINDOW}
    return {**result, "result": found}


def _add_result(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """Add one rule's result on one more window."""
    first, second = before["result"], now["result"]
    found = {**second}
    for name in _COUNTS:
        if name in first or name in second:
            found[name] = (first.get(name) or 0) + (second.get(name) or 0)
    for name in _LISTS:
        if name in first or name in second:
            shown = [*(first.get(name) or ()), *(second.get(name) or ())]
            found[name] = shown[:_MOST_SHOWN]
    if "element_count" in found:
        found |= _compute_percents(found)
    return {**now, "success": before["success"] and now["success"], "result": found}


def _compute_percents(found: Mapping[str, Any]) -> dict[str, float]:
    total, missing = found["element_count"], found.get("missing_count") or 0
    unexpected = found.get("unexpected_count") or 0
    percents = {
        "missing_percent": _share(missing, total),
        "unexpected_percent": _share(unexpected, total - missing),
        "unexpected_percent_total": _share(unexpected, total),
        "unexpected_percent_nonmissing": _share(unexpected, total - missing),
    }
    return {name: value for name, value in percents.items() if name in found}


def _share(part: int, whole: int) -> float:
    return _PERCENT * part / whole if whole else 0.0

"""Slow oracle of ``kernels/interval_choice.py``: every interval against every other."""


def drop_overlapping(starts, ends, largest_share):
    kept = []
    for c, (start, end) in enumerate(zip(starts, ends, strict=True)):
        others = [(starts[k], ends[k]) for k in kept]
        if all(
            min(end, last) - max(start, first)
            <= largest_share * min(end - start, last - first)
            for first, last in others
        ):
            kept.append(c)
    return kept

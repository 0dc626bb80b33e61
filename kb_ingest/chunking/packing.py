"""Puts units of one section together into passages.

Where to cut is decided by the text around the cut, not by how much came before it: of
the best places in reach the one whose hash is largest is taken. So after an edit the
cuts fall on the same places again, and only the passages it touches change
(content-defined chunking, Muthitacharoen, Chen and Mazieres 2001, SOSP,
doi 10.1145/502034.502052).
"""

import zlib
from collections.abc import Sequence

from kb_ingest.chunking.tokens import ChunkSizes
from kb_ingest.chunking.units import Unit

# Chosen: four words on either side tell most places apart; an edit further from a cut
# does not move it.
_HASHED_CHARACTERS = 24


def pack_units(
    text: str, units: Sequence[Unit], sizes: ChunkSizes, room_tokens: int
) -> list[Sequence[Unit]]:
    """Pack the units of a section, in order, none of them left out.

    With an overlap a passage begins with the last sentences of the one before.
    """
    packed: list[Sequence[Unit]] = []
    start = 0
    while start < len(units):
        first = _find_overlap_start(units, start, sizes, room_tokens) if packed else 0
        end = _find_end(
            text,
            units,
            first,
            start,
            least_tokens=sizes.least_ratio * room_tokens,
            room_tokens=room_tokens,
        )
        packed.append(units[first:end])
        start = end
    return packed


def _find_end(
    text: str,
    units: Sequence[Unit],
    first: int,
    start: int,
    *,
    least_tokens: float,
    room_tokens: int,
) -> int:
    """Find the first unit that no longer belongs to the passage from ``first`` on.

    Before ``start`` stands what the passage repeats of the one before.
    """
    filled = sum(unit.cost_tokens for unit in units[first:start])
    best: tuple[int, ...] = ()
    end = start
    while end < len(units) and filled + units[end].cost_tokens <= room_tokens:
        filled += units[end].cost_tokens
        end += 1
        if end < len(units) and not units[end].is_glued:
            # While a passage is small, the last place is the best one.
            place = (
                (0, 0, end)
                if filled < least_tokens
                else (1, units[end].level, _hash_place(text, units[end].char_start))
            )
            best = max(best, (*place, end))
    if end == len(units) or not best:
        return max(end, start + 1)
    return best[-1]


def _hash_place(text: str, place: int) -> int:
    around = text[max(0, place - _HASHED_CHARACTERS) : place + _HASHED_CHARACTERS]
    # Without white space: the same words in another format are cut alike.
    return zlib.crc32("".join(around.split()).encode())


def _find_overlap_start(
    units: Sequence[Unit], start: int, sizes: ChunkSizes, room_tokens: int
) -> int:
    """Find the first unit repeated from the passage before; ``start`` where none is."""
    most = min(sizes.overlap_tokens, room_tokens - units[start].cost_tokens)
    first, repeated = start, 0
    while first > 0 and repeated + units[first - 1].cost_tokens <= most:
        first -= 1
        repeated += units[first].cost_tokens
    return first

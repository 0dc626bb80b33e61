"""Pictures of the alignment beside the session page, from rows.

A picture's name holds a digest of what it shows, so that one that is there already is
not drawn again. Drawing is in ``sportsgpt_lib/reporting/alignment_plots.py``.
"""

import hashlib
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import polars as pl
from upath import UPath

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.reporting.alignment_plots import (
    PlottedInstant,
    PlottedPair,
    PlottedSearch,
    PlottedSpan,
    plot_alignment,
    plot_costs,
)
from sportsgpt_lib.reporting.alignment_views import (
    AlignmentView,
    describe_alignment,
    describe_costs,
)
from sportsgpt_lib.reporting.pose_trust import AuditPicture
from sportsgpt_lib.reporting.wording import write_name
from sportsgpt_lib.stages.runner import compute_rows_sha256
from sportsgpt_lib.storage.atomic_files import write_atomically

Row = Mapping[str, Any]
Tables = Mapping[str, pl.DataFrame]
PATTERNS = ("alignment-*.png", "costs-*.png")
# Chosen: more would make a page that nobody reads to its end; six take a second.
LARGEST_PICTURE_COUNT = 6
_DRAWN_BY = "2"
_KEY_DIGITS = 12
# A PNG's width and height stand here, after its signature and the first chunk's head.
_PNG_SIZE = slice(16, 24)


@dataclass
class AlignmentFolder:
    """Writes the alignment's pictures of a page, and knows which there are.

    Parameters
    ----------
    folder
        Where the page lies.
    """

    folder: Path
    files: list[Path] = field(default_factory=list)

    def write_recording(self, recording: Row, tables: Tables) -> AlignmentView | None:
        """Write the pictures of one row of ``recordings``.

        Parameters
        ----------
        recording
            The row.
        tables
            ``keyframes``, ``alignment_costs`` and ``alignment_paths``.

        Returns
        -------
        The pictures; None where nothing was aligned, as for a movement without target
        models.
        """
        own = {
            name: tables[name].filter(
                pl.col("recording_id") == recording["recording_id"]
            )
            for name in ("keyframes", "alignment_costs", "alignment_paths")
        }
        if own["alignment_costs"].is_empty():
            return None
        aligned = own["keyframes"].drop_nulls("reference_id")
        shown = choose_repetitions(aligned)
        count = aligned["repetition_idx"].n_unique()
        return AlignmentView(
            self._write_costs(recording, own),
            tuple(self._write_repetition(recording, own, index) for index in shown),
            None
            if len(shown) == count
            else f"The {len(shown)} repetitions of {count} that cost most are shown.",
        )

    def _write_costs(self, recording: Row, own: Tables) -> AuditPicture:
        costs = own["alignment_costs"]
        spans = _list_spans(own)
        title = _write_title(recording)
        lowest = costs.group_by("side", maintain_order=True).agg(
            pl.col("cost").min(), pl.col("highest_cost").first()
        )
        return self._write(
            f"costs-{recording['recording_id']}",
            title,
            describe_costs(recording, len(spans), lowest.to_dicts()),
            (costs, own["keyframes"]),
            lambda: plot_costs(
                [
                    PlottedSearch(
                        rows["side"][0],
                        rows["time_s"].to_numpy(),
                        _to_array(rows["cost"]),
                        rows["highest_cost"][0],
                    )
                    for rows in costs.partition_by("side", maintain_order=True)
                ],
                spans,
                title,
            ),
        )

    def _write_repetition(
        self, recording: Row, own: Tables, index: int
    ) -> AuditPicture:
        is_it = pl.col("repetition_idx") == index
        paths = own["alignment_paths"].filter(is_it)
        keyframes = own["keyframes"].filter(is_it).sort("time_s")
        first = keyframes.row(0, named=True)
        title = (
            f"{_write_title(recording)} · repetition {index + 1} · "
            f"cost {first['alignment_cost']:.2f}"
        )
        return self._write(
            f"alignment-{recording['recording_id']}-{index + 1}",
            title,
            describe_alignment(keyframes.to_dicts()),
            (paths, keyframes),
            lambda: draw_alignment(paths, keyframes, title),
        )

    def _write(
        self,
        name: str,
        title: str,
        words: str,
        shown: tuple[pl.DataFrame, ...],
        draw: Callable[[], bytes],
    ) -> AuditPicture:
        parts = [_DRAWN_BY, title, words, *map(compute_rows_sha256, shown)]
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:_KEY_DIGITS]
        path = self.folder / f"{name}-{digest}.png"
        if not path.is_file():
            write_atomically(UPath(path), draw())
        self.files.append(path)
        with path.open("rb") as stream:
            head = stream.read(_PNG_SIZE.stop)
        width_px, height_px = struct.unpack(">II", head[_PNG_SIZE])
        return AuditPicture(PurePosixPath(path.name), words, width_px, height_px)


def choose_repetitions(keyframes: pl.DataFrame) -> list[int]:
    """Choose the repetitions that get a picture, in time order.

    Where there are too many, those whose alignment costs most, for they are the ones to
    look at.
    """
    worst = (
        keyframes.unique("repetition_idx")
        .sort("alignment_cost", "repetition_idx", descending=(True, False))
        .head(LARGEST_PICTURE_COUNT)
    )
    return sorted(worst["repetition_idx"].to_list())


def draw_alignment(paths: pl.DataFrame, keyframes: pl.DataFrame, title: str) -> bytes:
    """Draw one repetition from its rows of ``alignment_paths`` and ``keyframes``."""
    pairs = [
        PlottedPair(
            rows["quantity"][0],
            rows["unit"][0],
            rows["time_s"].to_numpy(),
            _to_array(rows["value"]),
            _to_array(rows["reference_value"]),
        )
        for rows in paths.partition_by("quantity", maintain_order=True)
    ]
    instants = [
        PlottedInstant(row["keyframe"], row["side"], row["time_s"], row["time_error_s"])
        for row in keyframes.iter_rows(named=True)
    ]
    return plot_alignment(pairs, instants, title)


def _list_spans(own: Tables) -> list[PlottedSpan]:
    """List the aligned repetitions; one is of the side that its search names."""
    sides = dict(
        own["alignment_costs"]
        .drop_nulls("repetition_idx")
        .select("repetition_idx", "side")
        .iter_rows()
    )
    spans = (
        own["alignment_paths"]
        .group_by("repetition_idx", maintain_order=True)
        .agg(pl.col("time_s").min().alias("start_s"), pl.col("time_s").max())
    )
    return [
        PlottedSpan(index + 1, sides.get(index, "both"), start_s, end_s)
        for index, start_s, end_s in spans.iter_rows()
    ]


def _write_title(recording: Row) -> str:
    return " · ".join(
        [
            recording["athlete_id"],
            write_name(recording["movement"]),
            recording["clip_file"],
        ]
    )


def _to_array(column: pl.Series) -> FloatArray:
    return column.cast(pl.Float64).fill_null(np.nan).to_numpy()

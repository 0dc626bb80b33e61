"""Keyframe pictures as a page shows them: each once, linked from everywhere else."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from markupsafe import Markup

from sportsgpt_lib.reporting.anchors import metric_anchor, picture_anchor
from sportsgpt_lib.reporting.page_rows import MetricKey
from sportsgpt_lib.reporting.pictures import MEDIA_TYPE


@dataclass(frozen=True)
class PageFrame:
    """One frame of a clip.

    ``image`` is either the JPEG itself, which then lies in the page, or the path of a
    file relative to the page. ``words`` say what is to be seen; a screen reader reads
    them.
    """

    image: bytes | PurePosixPath
    width_px: int
    height_px: int
    words: str

    @property
    def address(self) -> str:
        """What the page's ``src`` holds."""
        if isinstance(self.image, bytes):
            encoded = base64.b64encode(self.image).decode("ascii")
            return f"data:{MEDIA_TYPE};base64,{encoded}"
        return quote_file(self.image)


@dataclass(frozen=True)
class PagePicture:
    """What shows a row of ``kismam_metrics``: frames, and the reference beside them.

    ``panels`` and ``charts`` are drawings that hold their own words. ``caption`` names
    clip and repetition; ``note`` says what is shown where that is not plain.
    """

    recording_id: str
    repetition_idx: int
    indicator: str
    caption: str
    frames: tuple[PageFrame, ...]
    panels: tuple[Markup, ...] = ()
    charts: tuple[Markup, ...] = ()
    note: str | None = None

    @property
    def key(self) -> MetricKey:
        """The metric that the picture shows."""
        return self.recording_id, self.repetition_idx, self.indicator


@dataclass(frozen=True)
class Figure:
    """A picture at its place in the page, with the link back to its metric.

    ``anchor`` None = the place is named where the picture is shown first.
    """

    anchor: str | None
    metric_href: str
    picture: PagePicture


class FigureShelf:
    """Hands out each picture once, so that no place in the page has two names."""

    def __init__(self, pictures: Iterable[PagePicture]) -> None:
        self._pictures = {picture.key: picture for picture in pictures}
        self._placed: set[MetricKey] = set()

    def link(self, key: MetricKey) -> str | None:
        """Link to a metric's picture; None where it has none."""
        return f"#{picture_anchor(*key)}" if key in self._pictures else None

    def has(self, key: MetricKey) -> bool:
        """Whether there is a picture of a metric."""
        return key in self._pictures

    def take(self, keys: Iterable[MetricKey]) -> tuple[Figure, ...]:
        """Take those pictures of these metrics that no other place has shown."""
        wanted = [key for key in dict.fromkeys(keys) if key in self._pictures]
        fresh = [key for key in wanted if key not in self._placed]
        self._placed.update(fresh)
        return tuple(
            Figure(picture_anchor(*key), f"#{metric_anchor(*key)}", self._pictures[key])
            for key in fresh
        )

    def repeat(self, key: MetricKey) -> Figure:
        """Show a picture once more; KeyError where there is none."""
        return Figure(None, f"#{metric_anchor(*key)}", self._pictures[key])


def quote_file(path: PurePosixPath) -> str:
    """Write a relative path as an address that no browser reads as anything else."""
    return quote(str(path), safe="/")

"""The table of all measured values of one recording, ready for the page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sportsgpt_lib.reporting.anchors import (
    indicator_anchor,
    metric_anchor,
    source_anchor,
)
from sportsgpt_lib.reporting.figures import FigureShelf
from sportsgpt_lib.reporting.page_rows import MetricKey, Row, group_rows, metric_key
from sportsgpt_lib.reporting.sentences import Mark, SourceView, link_publication
from sportsgpt_lib.reporting.target_bar import Measurement, Target, draw_target_bar
from sportsgpt_lib.reporting.wording import write_quantity, write_target
from sportsgpt_lib.sports.definition import OWN_RECORDS, Indicator, Movement


@dataclass(frozen=True)
class MetricEntry:
    """One value of one repetition; ``place`` is its relation to the target."""

    anchor: str
    repetition: str
    value: str
    place: str
    is_within_error: bool
    validity: str
    reason: str | None
    fact_label: str | None
    picture_href: str | None


@dataclass(frozen=True)
class MetricLine:
    """One indicator with the values of all repetitions.

    ``shared_reason`` is a reason that holds for all of them; it is not repeated then.
    """

    anchor: str
    title: str
    meaning: str | None
    target: str
    target_mark: Mark | None
    bar: Markup | None
    entries: tuple[MetricEntry, ...]
    shared_reason: str | None


class TargetSources:
    """Collects where the target ranges of one athlete's metrics come from."""

    def __init__(self, athlete_id: str, movements: Mapping[str, Movement]) -> None:
        self._athlete_id = athlete_id
        self._movements = movements
        self._labels: dict[tuple[str, str], str] = {}

    def mark(self, movement: str, indicator: str) -> Mark | None:
        """Make the mark of an indicator's target; None where it has no source here."""
        found = self.find_indicator(movement, indicator)
        if found is None or found.target is None:
            return None
        key = (movement, found.target.source)
        label = self._labels.setdefault(key, f"R{len(self._labels) + 1}")
        details = [found.target.locator, f"holds for: {found.target.holds_for}"]
        title = "; ".join(filter(None, details))
        return Mark(
            label, title, f"#{source_anchor(self._athlete_id, label)}", "source"
        )

    def find_indicator(self, movement: str, name: str) -> Indicator | None:
        """Find an indicator's definition; None where the movement is not at hand."""
        if movement not in self._movements:
            return None
        for indicator in self._movements[movement].indicators:
            if indicator.name == name:
                return indicator
        return None

    def sort_as_defined(self, movement: str, names: Iterable[str]) -> list[str]:
        """Sort indicators as their movement file does; unknown ones come last."""
        definition = self._movements.get(movement)
        order = [part.name for part in definition.indicators] if definition else []
        known = {name: place for place, name in enumerate(order)}
        return sorted(names, key=lambda name: known.get(name, len(order)))

    def list_sources(self) -> tuple[SourceView, ...]:
        """List the sources that marks were made for."""
        return tuple(
            self._view(movement, source_id, label)
            for (movement, source_id), label in self._labels.items()
        )

    def _view(self, movement: str, source_id: str, label: str) -> SourceView:
        anchor = source_anchor(self._athlete_id, label)
        source = self._movements[movement].sources.get(source_id)
        if source is None:
            number = source_id.removeprefix("adr_")
            title = (
                f"Chosen by this project, reasons in docs/adr/{number}"
                if source_id in OWN_RECORDS
                else source_id
            )
            return SourceView(label, anchor, title, (), ())
        pages = f":{source.pages}" if source.pages else ""
        citation = f"{source.authors} ({source.year}). {source.published_in}{pages}"
        links = ((citation, link_publication(source.doi)),)
        return SourceView(label, anchor, source.title, (), links)


def build_metric_lines(
    rows: Sequence[Row],
    repetitions: Mapping[int, str],
    fact_labels: Mapping[MetricKey, str],
    shelf: FigureShelf,
    targets: TargetSources,
) -> tuple[MetricLine, ...]:
    """Build the lines of one recording's table, one for each indicator.

    Parameters
    ----------
    rows
        Rows of ``kismam_metrics`` of one recording.
    repetitions
        Words for each repetition index.
    fact_labels
        Labels of the facts that sentences refer to.
    shelf
        The pictures, for links.
    targets
        Where target ranges come from; marks are added to it.
    """
    lines = []
    groups = group_rows(list(rows), lambda row: row["indicator"])
    movement = rows[0]["movement"] if rows else ""
    for indicator in targets.sort_as_defined(movement, groups):
        own = groups[indicator]
        first = own[0]
        definition = targets.find_indicator(first["movement"], indicator)
        reasons = {row["reason"] for row in own}
        shared_reason = reasons.pop() if len(own) > 1 and len(reasons) == 1 else None
        has_target = first["target_low"] is not None or first["target_high"] is not None
        lines.append(
            MetricLine(
                indicator_anchor(first["recording_id"], indicator),
                first["indicator_name"],
                definition.meaning if definition else None,
                write_target(first["target_low"], first["target_high"], first["unit"]),
                targets.mark(first["movement"], indicator) if has_target else None,
                _draw_bar(own),
                tuple(
                    _build_entry(
                        row,
                        repetitions,
                        fact_labels,
                        shelf,
                        reason=None if shared_reason else row["reason"],
                    )
                    for row in own
                ),
                shared_reason,
            )
        )
    return tuple(lines)


def _build_entry(
    row: Row,
    repetitions: Mapping[int, str],
    fact_labels: Mapping[MetricKey, str],
    shelf: FigureShelf,
    *,
    reason: str | None,
) -> MetricEntry:
    key = metric_key(row)
    is_measured = row["value"] is not None
    return MetricEntry(
        anchor=metric_anchor(*key),
        repetition=repetitions.get(
            row["repetition_idx"], str(row["repetition_idx"] + 1)
        ),
        value=write_quantity(row["value"], row["unit"], row["error"])
        if is_measured
        else "not measurable",
        place=_find_target(row).place(row["value"])
        if is_measured and (row["target_low"], row["target_high"]) != (None, None)
        else "",
        is_within_error=is_measured
        and _find_target(row).is_within_error(row["value"], row["error"] or 0.0),
        validity=row["validity"],
        reason=reason,
        fact_label=fact_labels.get(key),
        picture_href=shelf.link(key),
    )


def _draw_bar(rows: Sequence[Row]) -> Markup | None:
    measured = [
        Measurement(row["value"], row["error"] or 0.0, row["validity"] == "limited")
        for row in rows
        if row["value"] is not None
    ]
    return draw_target_bar(measured, _find_target(rows[0])) if measured else None


def _find_target(row: Row) -> Target:
    return Target(row["target_low"], row["target_high"], row["unit"])

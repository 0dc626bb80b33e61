"""The parts of a plan sheet, worded and numbered, as its template reads them."""

from dataclasses import dataclass

from sportsgpt_lib.reporting.figures import PageFrame


@dataclass(frozen=True)
class SheetSentence:
    """One sentence and the numbers of the sources that it rests on."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True)
class SheetValue:
    """One value with its error, of the repetition that shows the finding most.

    ``target`` is empty where there is none, ``median`` where the session has none over
    more than one repetition.
    """

    label: str
    value: str
    target: str
    median: str


@dataclass(frozen=True)
class SheetFinding:
    """One finding; ``item_id`` is what answers name it by."""

    number: int
    item_id: str
    title: str
    movement: str
    pattern: str
    count: str
    values: tuple[SheetValue, ...]
    image: PageFrame | None
    why: tuple[SheetSentence, ...]


@dataclass(frozen=True)
class SheetExercise:
    """One exercise; ``answers`` are numbers of findings, ``sources`` of sources."""

    item_id: str
    title: str
    answers: tuple[int, ...]
    sources: tuple[int, ...]
    dose: tuple[tuple[str, str], ...]
    load: str
    how: tuple[str, ...]
    cue: tuple[str, ...]
    progression: tuple[str, ...]
    cautions: tuple[str, ...]
    success: tuple[str, ...]


@dataclass(frozen=True)
class PlanSheet:
    """All that the sheet shows; ``density`` is a class of its style sheet."""

    report_id: str
    athlete_id: str
    team_id: str
    day: str
    iso_day: str
    movements: tuple[str, ...]
    names_movements: bool
    warnings: tuple[str, ...]
    findings: tuple[SheetFinding, ...]
    more_findings: tuple[SheetFinding, ...]
    strengths: tuple[SheetSentence, ...]
    close_to_limit: tuple[SheetSentence, ...]
    film_next: tuple[str, ...]
    exercises: tuple[SheetExercise, ...]
    plan_note: str | None
    withheld: tuple[str, ...]
    not_judged: tuple[str, ...]
    sources: tuple[tuple[int, str], ...]
    provenance: tuple[tuple[str, str], ...]
    density: str = ""
    is_shortened: bool = False

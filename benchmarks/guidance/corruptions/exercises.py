"""Faults in the plan: what is trained, how much of it, and who may."""

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.guidance.corruptions.edits import (
    Corrupted,
    Corruption,
    Seed,
    change_item,
    change_sentence,
    say_instead,
)
from benchmarks.guidance.corruptions.wording import DOSES, EXERCISES, MADE_UP
from sportsgpt_lib.athlete_groups import AthleteGroup
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.limits import AthleteLimits
from sportsgpt_lib.guidance.report import PlanItem
from sportsgpt_lib.guidance.report_text import ReportText


def _invented_exercise(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    name = seed.pick_of_half(EXERCISES[case.language])
    return change_item(
        text, case, seed, lambda item: item.model_copy(update={"exercise": name})
    )


def _exercise_in_words(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    name = seed.pick_of_half(EXERCISES[case.language])
    said = seed.pick_of_half(MADE_UP[case.language]).format(exercise=name)
    return change_sentence(
        text, case, seed, lambda one: say_instead(one, said), sections=("plan",)
    )


def _foreign_exercise(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    others = [passage for passage in seed.others if passage.kind == "exercise"]
    other = seed.pick(others)
    return change_item(
        text,
        case,
        seed,
        lambda item: item.model_copy(update={"passage": other.passage_id}),
    )


def _unsafe_dose(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    name = str(
        seed.pick(("sets", "repetitions", "sessions_per_week", "weeks", "rest_s"))
    )

    def change(item: PlanItem) -> PlanItem:
        value = getattr(item.dose, name)
        wrong = 0 if name == "rest_s" and value else value * 3 + 1
        dose = item.dose.model_copy(update={name: wrong})
        return item.model_copy(update={"dose": dose})

    return change_item(text, case, seed, change)


def _dose_in_words(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    said = seed.pick_of_half(DOSES[case.language])
    return change_sentence(
        text, case, seed, lambda one: say_instead(one, said), sections=("plan",)
    )


def _missing_limits(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    part = str(seed.pick(("age_limits", "contraindications")))
    return change_item(
        text, case, seed, lambda item: item.model_copy(update={part: ()})
    )


def _age_limit(text: ReportText, case: GuidanceCase, seed: Seed) -> Corrupted | None:
    """Plan for a child what its card allows later."""
    groups: frozenset[AthleteGroup] = frozenset({"child"})

    def change(item: PlanItem) -> PlanItem | None:
        limits = case.passages[item.passage].payload.get("limits", {})
        return item if limits.get("least_age_years", 0) > 0 else None

    return change_item(text, case, seed, change, limits=AthleteLimits(groups))


def _spared_region(
    text: ReportText, case: GuidanceCase, seed: Seed
) -> Corrupted | None:
    """Plan what loads a region that the athlete must spare."""
    if not text.plan:
        return None
    index = int(seed.generator.integers(len(text.plan)))
    item = text.plan[index]
    named = case.passages[item.passage].payload.get("limits", {}).get("not_with", [])
    if not named:
        return None
    limits = AthleteLimits(spared_regions=frozenset([seed.pick(named)]))
    return Corrupted("", text, replace(case, limits=limits), item.exercise)


EXERCISE_FAULTS: Mapping[str, Corruption] = {
    "invented exercise": _invented_exercise,
    "invented exercise in words": _exercise_in_words,
    "exercise of another finding": _foreign_exercise,
    "unsafe dose": _unsafe_dose,
    "unsafe dose in words": _dose_in_words,
    "limits left out": _missing_limits,
    "age limit": _age_limit,
    "spared region": _spared_region,
}

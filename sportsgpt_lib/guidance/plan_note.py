"""Says why a plan holds no exercise, or none for some of the findings."""

from collections.abc import Iterator

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.limits import is_suited
from sportsgpt_lib.guidance.plan_choice import list_exercises
from sportsgpt_lib.guidance.report import PlanItem
from sportsgpt_lib.guidance.wording import load_wording


def describe_plan(case: GuidanceCase, plan: tuple[PlanItem, ...]) -> str | None:
    """Describe what the plan leaves out, and why; None = nothing."""
    wording = load_wording(case.language)
    said = [
        wording.say(f"plan_note.{key}", names=wording.join(_name(case, issues)))
        for key, issues in _find_notes(case, plan)
    ]
    return wording.say("list.sentences").join(said) or None


def _find_notes(
    case: GuidanceCase, plan: tuple[PlanItem, ...]
) -> Iterator[tuple[str, list[IssueCase]]]:
    """Find the notes that apply, each with the issues that it is about."""
    trained = [issue for issue in case.issues if issue.is_trained]
    if not case.movements:
        yield "nothing_judged", []
    elif not case.issues:
        yield "nothing_found", []
    elif not trained:
        yield "slips_only", []
    else:
        yield from _find_notes_on_issues(case, plan, trained)


def _find_notes_on_issues(
    case: GuidanceCase, plan: tuple[PlanItem, ...], trained: list[IssueCase]
) -> Iterator[tuple[str, list[IssueCase]]]:
    planned = {
        (issue.movement, issue.issue)
        for item in plan
        for issue in case.list_answered(item.passage, item.issues)
    }
    open_issues = [i for i in trained if (i.movement, i.issue) not in planned]
    answered = [issue for issue in open_issues if issue.passages]
    unsuited = [issue for issue in answered if _is_unsuited(case, issue)]
    notes = (
        (
            "undecided",
            [
                issue
                for issue in trained
                if issue not in open_issues and issue.session.pattern == "undecided"
            ],
        ),
        ("slips", [issue for issue in case.issues if not issue.is_trained]),
        (
            "unanswered",
            [i for i in open_issues if not i.passages] if case.has_knowledge else [],
        ),
        ("unsuited", unsuited),
        ("later", [issue for issue in answered if issue not in unsuited]),
    )
    yield from ((key, issues) for key, issues in notes if issues)


def _is_unsuited(case: GuidanceCase, issue: IssueCase) -> bool:
    """Whether there are exercises for an issue, and none suits the athlete."""
    exercises = list_exercises(issue)
    return bool(exercises) and not any(
        is_suited(passage, case.limits) for passage in exercises
    )


def _name(case: GuidanceCase, issues: list[IssueCase]) -> list[str]:
    wording = load_wording(case.language)
    return [wording.inside(issue.issue_name) for issue in issues]

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import polars as pl
import pytest

from sportsgpt_lib.guidance.report import Fact, Sentence
from sportsgpt_lib.reporting import movement_views
from sportsgpt_lib.reporting.session_page import render_session_page
from sportsgpt_lib.storage.rows import conform_rows, find_table
from tests.reporting.session_rows import (
    ATHLETE,
    DAY,
    RECORDING,
    TEAM,
    build_guidance_row,
    build_page_data,
    build_recording,
    build_report,
    build_tables,
    metric,
    table,
    verdict,
)

PAYLOAD = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>{{7*7}}"
VOID_TAGS = {"meta", "link", "img", "rect", "circle", "path", "br"}


class Page(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.headings: list[int] = []
        self.header_scopes: list[str | None] = []
        self.alternatives: list[str | None] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]
        if values.get("id"):
            self.ids.append(values["id"])
        if tag == "a":
            self.links.append(values.get("href") or "")
        if values.get("src"):
            self.loaded.append(values["src"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "th":
            self.header_scopes.append(values.get("scope"))
        if tag == "img":
            self.alternatives.append(values.get("alt"))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def render(**changes) -> Page:
    return Page(render_session_page(build_page_data(**changes)))


def with_rows(name: str, rows: list[dict]) -> dict[str, pl.DataFrame]:
    return {**build_tables(), name: table(name, rows)}


def test_failures_come_before_results_with_reason_and_fix():
    text = render().text
    failed = text.index("empty.mp4")
    assert failed < text.index("evening/nobody.mp4") < text.index("7.4")
    assert "Copy the file from the camera again." in text
    assert "Nobody was found in any frame." in text
    assert re.search(r"1 of 3", text)


def test_worst_verdict_comes_first_whatever_the_order_of_rows():
    rows = [
        verdict("QUARANTINE", "a.mp4", reason="r", fix="f", reason_code="no_person"),
        verdict("REJECT", "z.mp4", reason="r", fix="f", reason_code="empty_file"),
    ]
    text = render(tables=with_rows("quality_verdicts", rows)).text
    assert text.index("z.mp4") < text.index("a.mp4")


def test_every_link_inside_the_page_leads_somewhere():
    page = render()
    targets = [link[1:] for link in page.links if link.startswith("#")]
    assert targets
    assert set(targets) <= set(page.ids)


def test_no_two_places_share_a_name():
    ids = render().ids
    assert len(ids) == len(set(ids))


def test_a_sentence_leads_to_finding_metric_picture_and_source():
    html = render_session_page(build_page_data())
    page = Page(html)
    metric_place = f"metric.{RECORDING}.0.swing_knee_flexion"
    finding_place = f"finding.{ATHLETE}.walking_stride.stiff_swing_knee"
    assert f"#{finding_place}" in page.links
    finding = html[html.index(f'id="{finding_place}"') :]
    finding = finding[: finding.index("</section>")]
    assert f'href="#{metric_place}"' in finding
    assert f'href="#source.{ATHLETE}.1"' in finding
    line = html[html.index(f'id="{metric_place}"') :]
    line = line[: line.index("</li>")]
    assert f'href="#picture.{RECORDING}.0.swing_knee_flexion"' in line


def test_a_median_leads_to_the_values_it_is_made_of():
    median = Fact(
        id="T1",
        kind="median",
        label="Swing knee flexion",
        unit="deg",
        value=46.0,
        error=3.0,
        total=2,
        movement="walking_stride",
        indicator="swing_knee_flexion",
    )
    report = build_report()
    told = Sentence(text="In the middle the knee bends 46 deg.", facts=("T1",))
    changed = report.model_copy(
        update={"facts": (*report.facts, median), "summary": (told,)}
    )
    page = render(tables=with_rows("guidance_reports", [build_guidance_row(changed)]))
    (line,) = [link for link in page.links if link.startswith("#indicator.")]
    assert line[1:] in page.ids


@pytest.mark.parametrize(
    ("about", "place"),
    [({}, "scores."), ({"indicator": "swing_knee_flexion"}, "indicator.")],
    ids=["of repetitions judged", "of repetitions inside a target"],
)
def test_a_count_leads_to_what_was_counted(about, place):
    count = Fact(
        id="C9",
        kind="count",
        label="Repetitions",
        unit="repetitions",
        value=2.0,
        total=2,
        movement="walking_stride",
        **about,
    )
    report = build_report()
    changed = report.model_copy(
        update={
            "facts": (*report.facts, count),
            "summary": (Sentence(text="There were 2 of them.", facts=("C9",)),),
        }
    )
    page = render(tables=with_rows("guidance_reports", [build_guidance_row(changed)]))
    (target,) = [link for link in page.links if link.startswith(f"#{place}")]
    assert target[1:] in page.ids


def test_a_mark_means_one_thing_on_the_whole_page():
    words = render().words
    assert "R1" in words
    # The legend's, for the medians of sessions.
    assert words.count("T1") == 1


def test_page_loads_nothing_from_elsewhere_and_holds_no_script():
    page = render()
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert not [name for name in page.attributes if name.startswith("on")]
    assert "style" not in page.attributes
    assert all(not re.match(r"(https?:)?//", address) for address in page.loaded)
    assert "media/overlay%20walk.mp4" in page.loaded


def test_policy_forbids_everything_but_the_own_style_and_pictures():
    html = render_session_page(build_page_data())
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert "default-src &#39;none&#39;" in policy[1]
    assert "script-src" not in policy[1]


@pytest.mark.parametrize(
    "tables",
    [
        pytest.param(
            {"recordings": [build_recording(clip_file=PAYLOAD, athlete_id=PAYLOAD)]},
            id="file and athlete",
        ),
        pytest.param(
            {
                "quality_verdicts": [
                    verdict(
                        "REJECT",
                        PAYLOAD,
                        athlete_id=PAYLOAD,
                        reason=PAYLOAD,
                        fix=PAYLOAD,
                        reason_code=PAYLOAD,
                    )
                ]
            },
            id="verdict",
        ),
        pytest.param(
            {
                "kismam_metrics": [
                    metric(PAYLOAD, PAYLOAD, 0, 4.0, reason=PAYLOAD, unit=PAYLOAD),
                    metric("b", PAYLOAD, 0, None, reason=PAYLOAD, target_low=1.0),
                ]
            },
            id="metric",
        ),
        pytest.param(
            {
                "guidance_reports": [
                    build_guidance_row(
                        build_report(
                            summary=(Sentence(text=PAYLOAD, passages=(PAYLOAD,)),)
                        )
                    )
                ]
            },
            id="retrieved text",
        ),
    ],
)
def test_names_and_retrieved_text_appear_as_text_whatever_they_hold(tables):
    made = build_tables() | {name: table(name, rows) for name, rows in tables.items()}
    page = render(tables=made)
    assert "script" not in page.tags
    assert "onerror" not in page.attributes
    assert PAYLOAD in page.text
    assert len(page.ids) == len(set(page.ids))


def test_payload_as_team_name_stays_text():
    assert PAYLOAD in render(team_id=PAYLOAD).text


def test_headings_skip_no_level():
    headings = render().headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    steps = [after - before for before, after in pairwise(headings)]
    assert max(steps) <= 1


def test_table_headers_have_a_scope_and_pictures_a_text():
    page = render()
    assert page.header_scopes
    assert set(page.header_scopes) <= {"col", "row"}
    assert len(page.alternatives) == 2
    assert all(page.alternatives)


def test_a_value_that_was_not_measurable_says_why_and_shows_no_number():
    text = render().text
    assert "not measurable" in text
    assert "In all repetitions: the far arm was hidden by the trunk" in text
    assert not re.search(r"\bnan\b", text.lower())
    assert "None" not in text


def test_dimensions_are_seven_and_those_not_seen_say_so():
    html = render_session_page(build_page_data())
    dimensions = html[html.index("Technique by dimension") :]
    dimensions = dimensions[: dimensions.index("</table>")]
    assert dimensions.count("<tr") == 8
    assert dimensions.count("Not seen.") == 5
    assert "The knee bends 46.1" in dimensions


def test_reservations_of_a_dimension_stand_in_a_wide_cell():
    html = render_session_page(build_page_data())
    dimensions = html[html.index("Technique by dimension") :]
    dimensions = dimensions[: dimensions.index("</table>")]
    heads = re.findall(r"<th scope=.row.*?</th>", dimensions)
    assert len(heads) == 7
    assert not any("muted" in head for head in heads)
    assert "Seen in part" in dimensions


def test_score_shown_is_the_middle_one_with_its_uncertainty():
    text = render().text
    assert "7.4 ± 0.6 of 10 points" in text


def session_row(issue, pattern, **changes):
    row = {
        "athlete_id": ATHLETE,
        "movement": "walking_stride",
        "issue": issue,
        "pattern": pattern,
        "shown_count": 0,
        "repetition_count": 6,
        "shown_low_ratio": 0.0,
        "shown_high_ratio": 0.33,
        "issue_name": issue,
        "dimension": "legs_knees",
        "recording_count": 1,
        "probability_ratio": 0.08,
        "severity_ratio": 0.1,
        "rank": 1,
        "is_reported": False,
        **dict.fromkeys(("left_count", "left_shown_count"), 0),
        **dict.fromkeys(("right_count", "right_shown_count"), 0),
        "side_pattern": None,
        "evidence": "[]",
        "movement_sha256": "f" * 64,
    }
    return {**row, **changes}


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("absent", "Looked for, and surely no habit (highest probability)"),
        ("undecided", "in too few repetitions to rule a habit out (highest"),
        (None, "Not to be judged from what could be measured (highest"),
    ],
)
def test_issues_that_were_not_found_say_how_sure_that_is(pattern, words):
    tables = build_tables()
    if pattern is not None:
        rows = [session_row("overstriding", pattern)]
        tables["session_findings"] = table("session_findings", rows)
    text = render(tables=tables).text
    assert words in text
    assert f"{text.partition(words)[2].partition('.')[0]}".endswith("Overstriding 8 %")


def test_findings_without_a_text_still_say_whether_they_are_habits():
    tables = build_tables() | {
        "session_findings": table(
            "session_findings",
            [
                session_row(
                    "stiff_swing_knee",
                    "slip",
                    shown_count=1,
                    shown_low_ratio=0.01,
                    shown_high_ratio=0.4,
                )
            ],
        )
    }
    del tables["guidance_reports"]
    text = render(tables=tables).text
    assert "slip · 1 of 6 repetitions" in text
    assert "1 to 40 %" in text


def test_groups_of_an_athlete_are_told_and_unknown_ones_once():
    assert f"No group is given for {ATHLETE}" in render().text
    tables = build_tables()
    tables["recordings"] = tables["recordings"].with_columns(
        athlete_groups=pl.lit('["trained", "youth"]')
    )
    text = render(tables=tables).text
    assert "Known of the athlete: youth, trained." in text
    assert "No group is given" not in text


def test_without_guidance_the_findings_stand_on_their_rows():
    tables = build_tables()
    del tables["guidance_reports"]
    page = render(tables=tables)
    assert "No guidance text was written" in page.text
    assert "The knee stays stiff in swing" in page.text
    assert "Range of the arm swing" in page.text
    assert {link[1:] for link in page.links if link[0] == "#"} <= set(page.ids)


def test_a_good_session_says_that_no_fault_was_found():
    report = build_report(findings=(), plan=(), dropped=())
    tables = build_tables() | {
        "guidance_reports": table("guidance_reports", [build_guidance_row(report)])
    }
    page = render(tables=tables)
    assert "No technique fault reached the reporting threshold" in page.text
    assert {link[1:] for link in page.links if link[0] == "#"} <= set(page.ids)


def render_report(report) -> Page:
    rows = [build_guidance_row(report)]
    return render(
        tables=build_tables() | {"guidance_reports": table("guidance_reports", rows)}
    )


def test_what_is_close_left_out_and_to_be_filmed_stands_on_the_page():
    page = render_report(
        build_report(
            close_to_limit=[{"text": "Step time is close.", "facts": ["M1"]}],
            withheld=[
                {
                    "exercise": "High marching",
                    "passage": "card-marching",
                    "issues": ["stiff_swing_knee"],
                    "reason": "it loads what is to be spared",
                }
            ],
            film_next=["Film at least 8 repetitions."],
        )
    )
    assert "Close to its limit" in page.text
    assert "Step time is close." in page.text
    assert "High marching it loads what is to be spared" in page.text
    assert "What to film next Film at least 8 repetitions." in page.text


def test_words_of_a_report_in_chinese_say_their_language():
    finding = (
        build_report()
        .findings[0]
        .model_copy(
            update={
                "issue_name": "摆动腿膝部过直",
                "why": (Sentence(text="【英文】The toes stay low.", passages=()),),
            }
        )
    )
    report = build_report(
        language="zh",
        summary=(Sentence(text="共判定 3 次。", facts=("M1",)),),
        findings=(finding,),
        plan_note="不安排练习。",
    )
    rows = [build_guidance_row(report)]
    tables = build_tables() | {"guidance_reports": table("guidance_reports", rows)}
    html = render_session_page(build_page_data(tables=tables))
    for words in ("共判定 3 次。", "摆动腿膝部过直", "不安排练习。"):
        assert f'<span lang="zh-Hans">{words}</span>' in html
    assert "【英文】The toes stay low." in html
    assert '<span lang="zh-Hans">【英文】' not in html
    assert '<html lang="en">' in html
    assert "zh-Hans" not in render_session_page(build_page_data())


def test_a_report_made_without_the_knowledge_base_says_so_on_top():
    fault = "The knowledge base could not be asked."
    report = build_report(knowledge_fault=fault)
    page = render_report(report)
    assert page.text.index(fault) < page.text.index("Plan")


@pytest.mark.parametrize("version", ["1.0", "9.0"])
def test_a_report_of_another_version_gives_a_notice_and_the_measured_values(version):
    row = build_guidance_row(build_report())
    old = {**json.loads(row["report"]), "schema_version": version}
    row["report"] = json.dumps(old)
    page = render(tables=with_rows("guidance_reports", [row]))
    assert f"The report is of schema version '{version}'" in page.text
    assert "run the session's day again" in page.text
    assert "The knee stays stiff in swing" in page.text


def test_an_athlete_whose_recordings_all_failed_is_not_left_out():
    tables = {
        "recordings": table(
            "recordings",
            [
                build_recording(
                    verdict="REJECT", reason_code="empty_file", width_px=None
                )
            ],
        ),
        "quality_verdicts": table(
            "quality_verdicts",
            [verdict("REJECT", "a.mp4", reason="r", fix="f", reason_code="empty_file")],
        ),
    }
    page = render(tables=tables, completed_count=0, handed_in_count=1)
    assert ATHLETE in page.text
    assert "Nothing of this athlete could be judged" in page.text


def test_a_day_without_footage_gives_a_page():
    text = render(tables={}, completed_count=0, handed_in_count=0).text
    assert "Nothing was handed in" in text


def test_what_the_verifier_took_out_is_listed_with_its_reason():
    text = render().text
    assert "1 sentence was taken out" in text
    assert "no fact has this number" in text


def test_provenance_names_models_versions_and_hashes():
    text = render().text
    for part in (RECORDING, "mediapipe-pose-full", "cd" * 6, "ab" * 6, "ef" * 6):
        assert part in text


def test_two_athletes_with_alike_names_keep_apart():
    recordings = [
        build_recording(athlete_id="a_b", recording_id="1" * 16),
        build_recording(athlete_id="a-b", recording_id="2" * 16),
    ]
    page = render(tables={"recordings": table("recordings", recordings)})
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link[0] == "#"} <= set(page.ids)


def test_same_rows_give_the_same_page():
    first, second = (render_session_page(build_page_data()) for _ in range(2))
    assert first == second


def test_value_just_outside_the_target_is_said_to_be_within_the_error():
    rows = [
        metric("knee_flexion_at_foot_strike", "Knee", 0, 12.0, target_high=10.0),
        metric("swing_knee_flexion", "Swing", 0, 30.0, target_low=55.0),
    ]
    text = render(tables=with_rows("kismam_metrics", rows)).text
    assert "▲ above, within the error" in text
    assert "▼ below, within the error" not in text


def test_metrics_stand_in_the_order_of_the_movement_file():
    html = render_session_page(build_page_data())
    values = html[html.index("Measured values") :]
    names = [
        "Knee flexion at foot strike",
        "Greatest knee flexion",
        "Mean lean",
        "Range",
    ]
    places = [values.index(f">{name}") for name in names]
    assert places == sorted(places)


def test_overlay_starts_where_the_athletes_part_of_the_clip_starts():
    rows = [build_recording(window_start_s=2.5)]
    page = render(tables=with_rows("recordings", rows))
    assert "media/overlay%20walk.mp4#t=2.50" in page.loaded


def test_probability_is_not_rounded_to_nothing():
    findings = build_tables()["findings"].with_columns(
        probability_ratio=pl.when(pl.col("issue") == "overstriding")
        .then(0.001)
        .otherwise(pl.col("probability_ratio"))
    )
    text = render(tables=build_tables() | {"findings": findings}).text
    assert "Overstriding under 1 %" in text


@pytest.mark.parametrize(
    ("points", "error", "words"),
    [(4.09, 0.87, "4.1 ± 0.9"), (4.09, None, "4.1"), (None, None, None)],
)
def test_points_of_a_dimension_stand_with_their_uncertainty(points, error, words):
    assert movement_views._write_points(points, error) == words


def answer(kind, item, word, given_by, **changes):
    row = {
        "athlete_id": ATHLETE,
        "report_id": "0" * 16,
        "item_kind": kind,
        "item_id": item,
        "item_name": item,
        "movement": "walking_stride" if kind == "finding" else None,
        "issue": "stiff_swing_knee" if kind == "finding" else None,
        "given_by": given_by,
        "answered_at_utc": "2026-01-16T12:00:00.000000Z",
        "answer": word,
        "recorded_by": "login",
        "recorded_at_utc": "2026-01-16T12:00:00.000000Z",
    }
    return {**row, **changes}


def build_feedback(*answers):
    margin = {
        "athlete_id": ATHLETE,
        "movement": "walking_stride",
        "issue": "stiff_swing_knee",
        "movement_sha256": "ab" * 32,
    }
    margins = [
        margin
        | {"threshold": "reported_probability", "indicator": "all", "unit": "ratio"}
        | {"current_value": 0.5, "needed_value": 0.91, "needed_move": 0.41},
        margin
        | {"threshold": "target_low", "indicator": "swing_knee_flexion"}
        | {"unit": "deg", "current_value": 55.0}
        | {"needed_value": 46.5, "needed_move": 8.5},
        margin
        | {"threshold": "tolerance", "indicator": "trunk_lean_mean", "unit": "deg"}
        | {"current_value": 5.0, "needed_value": None, "needed_move": None},
    ]
    schema = {column.name for column in find_table("coach_feedback").columns}
    rows = [{**dict.fromkeys(schema), **row} for row in answers]
    frame = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        team_id=pl.lit(TEAM), session_day=pl.lit(DAY)
    )
    return build_tables() | {
        "coach_feedback": conform_rows("coach_feedback", frame),
        "finding_margins": table("finding_margins", margins),
    }


def test_answers_of_coaches_stand_beside_the_finding_and_its_thresholds():
    later = "2026-01-17T12:00:00.000000Z"
    item = "walking_stride/stiff_swing_knee"
    tables = build_feedback(
        answer("finding", item, "agree", "coach-1"),
        answer("finding", item, "disagree", "coach-1", answered_at_utc=later)
        | {"reason": "target_too_strict"},
        answer("finding", item, "agree", "coach-2"),
        answer("exercise", "card-marching", "disagree", "coach-1", reason="no_time"),
    )
    html = render_session_page(build_page_data(tables))
    assert "Coaches: 1 agree, 1 disagree: the target is too strict." in html
    assert "Coaches: 0 agree, 1 disagree: no time." in html
    for words in (
        *("probability from which a fault is reported", "50 %", "above 91 %"),
        *("lower end of the target of Greatest knee flexion in swing", "below 46.5°"),
        *("tolerance of Mean lean of the trunk", "moving it alone changes nothing"),
    ):
        assert words in html, words


def test_without_answers_nothing_is_said_of_coaches():
    back = answer("finding", "x", "no_opinion", "coach-1")
    assert "Coaches:" not in render_session_page(build_page_data(build_feedback(back)))
    assert "Coaches:" not in render_session_page(build_page_data())


def test_each_athlete_has_a_link_to_the_plan_sheet():
    html = render_session_page(
        build_page_data(plan_sheets={ATHLETE: "plan.walker a.html"})
    )
    assert 'href="plan.walker%20a.html"' in html
    assert "Plan sheet to print" not in render_session_page(build_page_data())

from sportsgpt_lib.reporting.alignment_views import describe_alignment, describe_costs

STRIKE = {
    "repetition_idx": 2,
    "reference_id": "schwartz2008_free",
    "alignment_cost": 0.051,
    "movement": "walking_stride",
    "athlete_id": "walker-01",
    "keyframe": "foot_strike",
    "side": "left",
    "time_s": 1.234,
    "time_error_s": 0.02,
}


def test_who_cannot_see_the_picture_is_told_what_it_says():
    later = STRIKE | {"keyframe": "release", "side": "both", "time_s": 1.5}
    words = describe_alignment([STRIKE, later])
    assert words.startswith("Alignment of repetition 3 with the target model schwartz")
    assert "Walking stride, walker-01" in words
    assert "left foot strike 1.23 s ± 0.04 s, release 1.50 s ± 0.04 s" in words


def test_the_search_is_told_with_its_limits():
    recording = {"movement": "walking_stride", "athlete_id": "walker-01"}
    searches = [
        {"side": "left", "cost": 0.05, "highest_cost": 0.4},
        {"side": "right", "cost": 0.07, "highest_cost": 0.41},
    ]
    words = describe_costs(recording, 1, searches)
    assert "1 repetition found" in words
    assert "left lowest cost 0.05, limit 0.40; right lowest cost 0.07" in words
    assert "2 repetitions found" in describe_costs(recording, 2, searches)

"""Killed with SIGKILL at every stage and resumed: the rows are as if never killed."""

import signal

import pytest

from tests.kb_ingest.killed_ingest import MOMENTS
from tests.kb_ingest.library import empty, read_rows, run_ingest, start_ingest

pytestmark = pytest.mark.integration


def test_an_ingest_killed_at_every_stage_ends_as_one_that_never_was(url, library):
    run_ingest(url, library.folder)
    undisturbed = read_rows(url)
    empty(url)
    seen = []
    for moment in MOMENTS:
        process = start_ingest(url, library.folder, moment)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL, (moment, output.decode())
        seen.append(read_rows(url))
    run_ingest(url, library.folder)
    assert read_rows(url) == undisturbed
    # Each was killed in the middle of its stage, and later than the one before it.
    parsed, copied, saved, embedded, all_embedded, indexed = seen
    counts = [len(rows["passages"]) for rows in (parsed, copied, saved)]
    assert 0 < counts[0] < counts[1] < counts[2] < len(undisturbed["passages"])
    whole = undisturbed["vectors of words@1"]
    assert 0 < len(embedded["vectors of words@1"]) < len(whole)
    assert all_embedded["vectors of words@1"] == whole
    assert all_embedded["indexes of words@1"] == [(0,)]
    assert indexed["vectors of words@1"] == whole
    assert indexed["indexes of words@1"] == [(0,)]

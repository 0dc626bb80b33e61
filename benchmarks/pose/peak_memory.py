"""Runs the pose stages with stand-ins and prints the process's peak memory in bytes.

First that of the stages, then that of the stages and the contract check of their tables
together, which loads Great Expectations.

A program of its own, ``python -m benchmarks.pose.peak_memory SESSION WORK``, because
the peak of a process is that of all it ever did.
"""

import sys
from pathlib import Path

from benchmarks.pose.pose_stages import audit_pose_tables, run_pose_stages
from benchmarks.pose.stand_ins import StandInDetector, StandInEstimator


def read_peak_bytes() -> int:
    """Read this process's peak resident memory.

    Not ``ru_maxrss``: a child starts with its parent's there.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return 1024 * int(line.split()[1])


if __name__ == "__main__":
    session, work = Path(sys.argv[1]), Path(sys.argv[2])
    run_pose_stages(session, work, StandInDetector(), StandInEstimator())
    print(read_peak_bytes())
    audit_pose_tables(work)
    print(read_peak_bytes())

"""How good the guidance is: fixed cases with known faults, ablations, scores.

What a report may say is decided in ``sportsgpt_lib/guidance``; whether the faults
themselves are found is measured in ``benchmarks/kismam``. Nothing here is of athletes.
"""

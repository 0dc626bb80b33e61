"""Repetitions of a movement: what alignment and events say of a recording, joined.

Aligning to one reference is in ``sportsgpt_lib/alignment``, events are in
``sportsgpt_lib/kinematics``, target models in ``sportsgpt_lib/target_models``.
"""

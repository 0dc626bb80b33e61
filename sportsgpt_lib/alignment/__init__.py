"""MotionDTW: a recording against references, coarse search and fine warp.

It knows motions as arrays only. Where references come from is in
``sportsgpt_lib/target_models``, what becomes of repetitions in
``sportsgpt_lib/repetitions``.
"""

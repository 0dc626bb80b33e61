"""What the verifier looks for in a sentence and in an exercise, one kind a module.

Whether a text may stay is put together in ``sportsgpt_lib/guidance/verifier.py``.
Nothing here writes, asks a database or knows an athlete.
"""

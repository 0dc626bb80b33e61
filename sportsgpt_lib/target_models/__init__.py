"""Target models: how a movement is done, as versioned data with annotated keyframes.

What they are, their files, the library of them, and making one from a recording lives
here. Aligning an athlete to one is in ``sportsgpt_lib/alignment``, which knows nothing
of files.
"""

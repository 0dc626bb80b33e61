"""Movements as data: what is measured, against which target, and what it means.

One folder per movement, read and checked by ``loader.py``. Adding a movement adds a
folder and no code; ``docs/sports.md`` says how. No measurement is made here: the rules
that the folders declare are carried out by ``sportsgpt_lib/kismam``.
"""

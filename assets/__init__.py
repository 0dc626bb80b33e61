"""The training graph: its assets and checks, thin.

An asset loads, makes one library call, saves, and reports. No SQL, no numbers and no
loops over joints live here. Modules of this package meet through asset keys only.
"""

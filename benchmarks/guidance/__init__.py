"""How well and how fast reports are written and verified."""

"""Puts one fault into a report, of a known kind, in a known sentence or exercise."""

"""Pose: who is in the picture and where the joints are, cleaned up for the science."""

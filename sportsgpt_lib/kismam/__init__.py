"""KISMAM: from keyframes and kinematics to indicators, findings and a technique score.

Pure computation on numbers and movement definitions. Nothing here reads or writes a
table; ``sportsgpt_lib/stages`` converts rows.
"""

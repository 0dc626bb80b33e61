"""Two-stage motion alignment: from a reference's keyframes to the athlete's."""

"""What the platform costs beside the pose network, and how it grows with clips.

The whole job runs in a fresh data folder: once on the demo clip, then on sessions of 1,
10 and 50 short clips cut from it, each with other content. The platform's own cost is
everything but the time spent inside the networks.
"""

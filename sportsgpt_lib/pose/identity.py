"""Which tracks are one person: exchanged ones are put right, pieces are joined.

The tracker starts a new track whenever it is not sure, so a person who was hidden or
left the picture has several. Who is the athlete is decided elsewhere.
"""

from collections.abc import Mapping

from sportsgpt_lib.pose.identity_exchanges import undo_exchanges
from sportsgpt_lib.pose.identity_links import join_pieces
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.persons import Person
from sportsgpt_lib.pose.repair_audit import IdentityRepair


def settle_identities(
    tracks: Mapping[int, PersonTrack], width_px: int
) -> tuple[dict[int, Person], tuple[IdentityRepair, ...]]:
    """Put exchanged tracks right and join the pieces of each person.

    Parameters
    ----------
    tracks
        The clip's tracks by person number.
    width_px
        Width of the picture, by whose sides people come and go.

    Returns
    -------
    The persons under the number of each one's first track, and what was done, in the
    order in which it was done.
    """
    persons = {idx: Person.of_track(track, idx) for idx, track in tracks.items()}
    exchanges = tuple(undo_exchanges(persons))
    return persons, exchanges + tuple(join_pieces(persons, width_px))

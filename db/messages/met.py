"""Who has messages with which sender: what a token that is bound to a sender may see hangs on it.

The table `contact_sender` has each such pair; triggers on `message` keep it, so that no statement that writes messages
needs to know of it, one of an older release neither. Nobody waits for anybody there: of two first messages at once both
add the pair, which changes no answer. Whoever takes messages away from a sender holds it first.
"""

from collections.abc import Sequence

from db.core import connect

MET = "EXISTS (SELECT FROM contact_sender met WHERE met.contact_id = {contact} AND met.sender_id = {sender})"
"""Whether a contact has messages with a sender, deleted and erased ones too."""

# The triggers hold it shared, until the transaction ends in which they wrote messages.
_HOLD = "SELECT pg_advisory_xact_lock(hashint8extended(id, 1)) FROM unnest($1::bigint[]) AS s(id) ORDER BY id"


async def hold(sender_ids: Sequence[int]) -> None:
    """Waits for those who write messages of these senders, and lets nobody else write any until the transaction ends.

    To be taken before anything else, for they may wait for what the caller has.
    """
    await connect.execute(_HOLD, list(sender_ids))

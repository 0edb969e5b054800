"""Ids of the Graph API's nodes: whatever has one can be asked for by it, so no two of any kind may be the same."""

import itertools
import time

# From the clock: a simulator started again must not hand out ids it gave before.
_ids = itertools.count(time.time_ns() // 1000)


def next_id() -> str:
    """An id that nothing else has."""
    return str(next(_ids))

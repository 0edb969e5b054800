"""What tokens bound to a sender may not do: whatever reaches beyond that sender.

They use their sender and change what they see. What others see too they neither make nor remove, and the sender itself
is not theirs to remove: its schedules, the default and other tokens hang on it.
"""

from domain.core.access import Viewer
from domain.core.errors import ErrorCode, Refusal


def unbound(viewer: Viewer) -> None:
    """Refuses callers whose token is bound to a sender."""
    if viewer.sender_id is not None:
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "An API token that is bound to a sender does not allow this.")

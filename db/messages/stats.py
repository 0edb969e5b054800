"""What became of the messages of a schedule or a campaign, in figures."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliveryStats:
    """Each message counted once, where it is now; sent, delivered and read are cumulative.

    recipients = pending + sent + failed + unconfirmed + cancelled.
    """

    recipients: int
    excluded: int
    pending: int
    sent: int
    delivered: int
    read: int
    failed: int
    unconfirmed: int
    cancelled: int
    replies: int

    @property
    def progress(self) -> float:
        return _share(self.recipients - self.pending, self.recipients)

    @property
    def delivery_rate(self) -> float:
        return _share(self.delivered, self.sent)

    @property
    def read_rate(self) -> float:
        return _share(self.read, self.delivered)

    @property
    def reply_rate(self) -> float:
        return _share(self.replies, self.delivered)


def _share(part: int, whole: int) -> float:
    """At most 1: figures that were put by hand, and replies that came before their receipts, may go beyond."""
    return min(1.0, part / whole) if whole else 0.0

"""What a check found."""

from dataclasses import dataclass

from domain.health.problems import Kind


@dataclass(frozen=True)
class Finding:
    """A sentence; with `mend`, something is wrong and that is what to do about it."""

    what: str
    mend: str | None = None
    kind: Kind | None = None
    """What health calls it, where it does."""

    @property
    def wrong(self) -> bool:
        return self.mend is not None

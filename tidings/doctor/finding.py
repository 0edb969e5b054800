"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A sentence; with `mend`, something is wrong and that is what to do about it."""

    what: str
    mend: str | None = None

    @property
    def wrong(self) -> bool:
        return self.mend is not None

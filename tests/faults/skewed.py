"""A worker whose clock is so many seconds off: `python -m tests.faults.skewed 300`.

All that is ours, and Dramatiq, sees the wrong time of day; what lasts how long is measured by another clock.
"""

import sys
import time
from datetime import datetime, timedelta, tzinfo

from tidings.running import join
from workers import app


def skew(seconds: float) -> None:
    """Changes the time of day for everything that was imported until now."""
    right = time.time
    time.time = lambda: right() + seconds
    time.time_ns = lambda: int(time.time() * 1e9)

    class Off(type):
        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, datetime)

    class Wrong(datetime, metaclass=Off):
        """Makes real ones."""

        def __new__(cls, *args: int, **more: int) -> datetime:  # type: ignore[misc]
            return datetime(*args, **more)  # type: ignore[arg-type]  # noqa: DTZ001

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(seconds=seconds)

    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in ("db", "domain", "workers") and getattr(module, "datetime", None) is datetime:
            module.datetime = Wrong  # type: ignore[attr-defined]


if __name__ == "__main__":
    skew(float(sys.argv[1]))
    join()
    sys.exit(app.main())

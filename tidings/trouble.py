"""What a person at the command line can mend: told in a sentence, without a traceback."""

from pydantic import ValidationError


class Trouble(RuntimeError):
    """Something outside the program stands in the way; the text says what and how to mend it."""


def spell_out(trouble: Exception) -> str:
    """The trouble in words; settings with all their faults, named as in the environment."""
    if not isinstance(trouble, ValidationError):
        return str(trouble)
    faults: list[str] = []
    for fault in trouble.errors(include_url=False, include_input=False):
        name = "".join(str(part) for part in fault["loc"][:1]).upper()
        faults.append(f"{name}: {fault['msg']}" if name else fault["msg"].removeprefix("Value error, "))
    return "settings are wrong:\n  " + "\n  ".join(faults)

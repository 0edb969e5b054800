"""What each of WhatsApp's error codes asks for: table B2 of the wire facts, whole, and how an error is read by it.

By code alone: HTTP statuses, titles and texts differ, and every code may come in the answer to a send and by webhook.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple, cast

from domain.core.errors import ErrorCode


class Reaction(Enum):
    """What an error asks for, beyond that the message was not sent."""

    FAIL = "fail"
    """This message, for good."""
    RETRY = "retry"
    """Later, some times, then fail."""
    SLOW = "slow the sender"
    """Later, and the sender slower."""
    SLOW_ACCOUNT = "slow the account"
    """Later, and all senders of the WhatsApp Business account slower."""
    DELAY_CONTACT = "delay the contact"
    """Later for this recipient alone, four times as long each time, then fail."""
    EXPIRE_SENDER = "expire the sender"
    """Later, once the sender has a good access token."""
    PAUSE_SENDER = "pause the sender"
    """Later, once a person has mended the sender."""
    PAUSE_ACCOUNT = "pause the account"
    """The same, for all senders of the WhatsApp Business account."""
    REST_SENDER = "rest the sender"
    """Later: the sender sends nothing for a while, and goes on by itself."""
    PAUSE_CAMPAIGN = "pause the campaign"
    """Later, with all that is sent of the template, once a person says so; one that is no campaign's fails."""
    STOP_CAMPAIGN = "fail, pause the campaign"
    """This message for good, and the rest of what is sent of the template waits for a person."""
    OPT_OUT = "opt out of marketing"
    """This message for good, and the contact gets no marketing any more."""
    SUSPECT = "suspect not on WhatsApp"
    """This message for good; when it comes again, the number is taken for one that is not on WhatsApp."""
    CLOSE_WINDOW = "close the window"
    """This message for good, and the conversation's service window counts as closed until the contact writes."""
    UPLOAD_ANEW = "upload anew"
    """Once more with its file uploaded again, then fail."""
    CLOSE_COUNTRY = "close the country"
    """This message for good, and nothing more leaves for its country from this sender, until a person connects it."""
    CALL_OPERATOR = "call an operator"
    """This message for good, and a person must see to the sender."""


KEEPING = frozenset(
    {
        Reaction.SLOW,
        Reaction.SLOW_ACCOUNT,
        Reaction.EXPIRE_SENDER,
        Reaction.PAUSE_SENDER,
        Reaction.PAUSE_ACCOUNT,
        Reaction.REST_SENDER,
    }
)
"""A message that is refused so goes back to the queue, however often: it is not its fault."""

TRYING_AGAIN = frozenset({Reaction.RETRY, Reaction.DELAY_CONTACT, Reaction.UPLOAD_ANEW})
"""A message that is refused so goes back to the queue some times."""

SLOWING = frozenset({Reaction.SLOW, Reaction.SLOW_ACCOUNT})

ONCE_MORE = TRYING_AGAIN | SLOWING
"""A message that was accepted and then failed so is sent once more: faults of WhatsApp's, or of the moment."""


class Row(NamedTuple):
    """A row of the table. S: in the answer to a send. W: by webhook, after a 200. In: with what somebody writes."""

    codes: tuple[int, ...]
    where: str
    meaning: str
    reaction: Reaction
    error: ErrorCode = ErrorCode.WHATSAPP_API_ERROR
    seconds: float | None = None
    """Until it is tried again, or goes on, where that is known."""


FAIL, RETRY, SLOW, SLOW_ACCOUNT = Reaction.FAIL, Reaction.RETRY, Reaction.SLOW, Reaction.SLOW_ACCOUNT
PAUSE_SENDER, PAUSE_ACCOUNT, REST_SENDER = Reaction.PAUSE_SENDER, Reaction.PAUSE_ACCOUNT, Reaction.REST_SENDER
PAUSE_CAMPAIGN, STOP_CAMPAIGN = Reaction.PAUSE_CAMPAIGN, Reaction.STOP_CAMPAIGN
OPT_OUT, SUSPECT, CLOSE = Reaction.OPT_OUT, Reaction.SUSPECT, Reaction.CLOSE_WINDOW
UNAVAILABLE = ErrorCode.TEMPLATE_UNAVAILABLE
HOUR = 3600.0

# fmt: off
TABLE = (
    Row((0, 190),          "S",   "the access token is invalid or expired",         Reaction.EXPIRE_SENDER),
    Row((3, 10, *range(200, 300)), "S", "a permission is missing", PAUSE_SENDER),
    Row((1,),              "S",   "unknown error of the API",                       RETRY),
    Row((2,),              "S",   "temporary outage",                               RETRY),
    Row((4, 80007),        "S",   "call limit of the app or account",               SLOW_ACCOUNT),
    Row((33,),             "S",   "the business number was deleted",                PAUSE_SENDER),
    Row((100,),            "S",   "bad parameter",                                  FAIL),
    Row((368, 131031),     "S/W", "blocked for policy; the account is locked",      PAUSE_ACCOUNT),
    Row((130429,),         "S",   "throughput exceeded",                            SLOW),
    Row((130472,),         "W",   "the user is in an experiment: never again",      FAIL),
    Row((130497,),         "S/W", "the country is not allowed to the business", Reaction.CLOSE_COUNTRY),
    Row((131000,),         "S/W", "something went wrong",                           RETRY),
    Row((131005,),         "S",   "access denied",                                  PAUSE_SENDER),
    Row((131008, 131009),  "S/W", "a value is missing or bad",                      FAIL),
    Row((131016,),         "S",   "service unavailable",                            RETRY),
    Row((131021,),         "S",   "the recipient is the sender",                    FAIL),
    Row((131026,),         "W",   "undeliverable: not on WhatsApp, an old client", SUSPECT, ErrorCode.NOT_ON_WHATSAPP),
    Row((131030,),         "S",   "not on the test number's list of recipients",    FAIL),
    Row((131037,),         "S",   "the display name is not approved",               PAUSE_SENDER),
    Row((131042, 131044),  "W",   "a problem with payment",                         PAUSE_SENDER),
    Row((131045,),         "S/W", "the number's registration or certificate",       PAUSE_SENDER),
    Row((131047,),         "W",   "the service window is closed",                   CLOSE, ErrorCode.WINDOW_CLOSED),
    Row((131048,),         "W",   "spam limit of the number",                       REST_SENDER, seconds=6 * HOUR),
    Row((131049,),         "W",   "Meta chose not to deliver; not within 24 hours", FAIL),
    Row((131050,),         "W",   "the user stopped marketing",                     OPT_OUT, ErrorCode.OPTED_OUT),
    Row((131051,),         "S/in", "the type is not supported",                      FAIL),
    Row((131052,),         "in",  "a file of theirs cannot be downloaded",          FAIL),
    Row((131053,),         "W",   "the file could not be uploaded",                 Reaction.UPLOAD_ANEW),
    Row((131055,),         "S",   "the method is not allowed",                      FAIL),
    Row((131056,),         "S",   "too many messages to this recipient",            Reaction.DELAY_CONTACT),
    Row((131057,),         "S",   "the number is in maintenance, or upgraded",      RETRY, seconds=120),
    Row((131060,),         "in",  "the message is unavailable",                     FAIL),
    Row((131062,),         "S",   "not for a user without a phone number",          FAIL),
    Row((131063,),         "S",   "marketing is switched off for this way",         FAIL),
    Row((131064,),         "S/W", "limit for how the template is classified",       PAUSE_CAMPAIGN),
    Row((132000, 132008, 132012), "S", "count or form of a template's parameters", STOP_CAMPAIGN),
    Row((132001,),         "S",   "no such template in this language, or not approved", PAUSE_CAMPAIGN, UNAVAILABLE),
    Row((132005,),         "S",   "the text is too long once it is filled in",      FAIL),
    Row((132007,),         "S",   "the content is against a policy",                PAUSE_CAMPAIGN, UNAVAILABLE),
    Row((132015,),         "S/W", "the template is paused, or was paced out",       PAUSE_CAMPAIGN, UNAVAILABLE),
    Row((132016,),         "S",   "the template is disabled for good",              STOP_CAMPAIGN, UNAVAILABLE),
    Row((132068,),         "S",   "the form is blocked",                            FAIL),
    Row((132069,),         "S",   "the form is throttled to 10 an hour",            RETRY, seconds=HOUR),
    Row((133000, 133004),  "S",   "unfinished deregistration; the server is away",  RETRY, seconds=60),
    Row((133005, 133006, 133008, 133009), "S", "a problem with the number's PIN", Reaction.CALL_OPERATOR),
    Row((133010,),         "S",   "the number is not registered",                   PAUSE_SENDER),
    Row((133015,),         "S",   "registered again too soon: 5 minutes",           RETRY, seconds=300),
    Row((133016,),         "S",   "registered too often: 72 hours",                 REST_SENDER, seconds=72 * HOUR),
    Row((134011,),         "S",   "terms of payments were not accepted",            Reaction.CALL_OPERATOR),
    Row((135000,),         "S/W", "something is wrong with the parameters",         FAIL),
    Row((137000,),         "W",   "the contact's identity changed: verify it",      FAIL),
    Row((131020, 131041, 131059, *range(131200, 131300)), "S", "a fault of group chats", FAIL),
    Row((*range(138000, 139000), *range(139000, 139005)), "S", "a fault of calls and forms", FAIL),
    Row((*range(139100, 139104), *range(147001, 147006)), "S", "a fault of block list and usernames", FAIL),
)
# fmt: on

_BY_CODE: Mapping[int, Row] = {code: row for row in TABLE for code in row.codes}


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error in the provider's words, and what it means to us."""

    provider_code: int | None
    code: ErrorCode
    message: str
    reaction: Reaction = Reaction.FAIL
    seconds: float | None = None
    """Until it is tried again, or goes on, where that is known."""


def of_code(code: int | None, message: str, *, http_status: int | None = None) -> ProviderError:
    """What a code means. One that is in no table is kept as it is: tried again some times where it came with a 5xx."""
    if code is not None and (row := _BY_CODE.get(code)) is not None:
        return ProviderError(code, row.error, message, row.reaction, row.seconds)
    unknown = RETRY if http_status is not None and http_status >= 500 else FAIL
    return ProviderError(code, ErrorCode.WHATSAPP_API_ERROR, message, unknown)


def interpret(error: Mapping[str, Any], *, http_status: int | None = None) -> ProviderError:
    """An error from an answer or from a failed status. error_data may be missing, or a plain string."""
    code = error.get("code")
    data: Any = error.get("error_data")
    details: Any = cast("dict[str, Any]", data).get("details") if isinstance(data, dict) else data
    said = str(details or error.get("message") or error.get("title") or "WhatsApp gave no reason.")
    # PostgreSQL keeps neither zeros nor halves of an emoji.
    words = said[:4096].replace("\0", "").encode("utf-8", "replace").decode()
    known = isinstance(code, int) and not isinstance(code, bool) and abs(code) < 2**31
    return of_code(cast(int, code) if known else None, words, http_status=http_status)

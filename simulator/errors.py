"""Errors as the Cloud API words them: the body of A5, the HTTP statuses and meanings of table B2."""

import itertools

from simulator.wire import Json

_HTTP = {
    0: 401, 190: 401, 3: 403, 10: 403, 2: 503, 368: 403, 131000: 500, 131005: 403, 131016: 500, 131031: 403,
    130497: 403, 131045: 500, 131057: 500, 132001: 404, 133000: 500, 133004: 503,
}  # fmt: skip

_TITLES = {
    1: "An unknown error occurred",
    2: "Service temporarily unavailable",
    4: "Application request limit reached",
    33: "Business phone number has been deleted",
    100: "Invalid parameter",
    190: "Invalid OAuth access token",
    80007: "Rate limit issues",
    130429: "Rate limit hit",
    130472: "User's number is part of an experiment",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131016: "Service unavailable",
    131021: "Recipient cannot be sender",
    131026: "Message undeliverable",
    131031: "Account has been locked",
    131042: "Business eligibility payment issue",
    131047: "Re-engagement message",
    131048: "Spam rate limit hit",
    131049: "Meta chose not to deliver",
    131050: "User has stopped marketing messages",
    131051: "Message type unsupported",
    131053: "Media upload error",
    131056: "(Business Account, Consumer Account) pair rate limit hit",
    131057: "Account in maintenance mode",
    131062: "Business-scoped user id not supported",
    132000: "Template param count mismatch",
    132001: "Template does not exist",
    132012: "Template parameter format mismatch",
    132015: "Template is paused",
    132016: "Template is disabled",
    133010: "Phone number not registered",
}

_DETAILS = {
    131047: "Message failed to send because more than 24 hours have passed since the customer last replied to this "
    "number.",
}

_traces = itertools.count(1)


class CloudError(Exception):
    """The Cloud API says no: `code` of table B2 and a sentence on what is wrong."""

    def __init__(self, code: int, details: str = "", subcode: int = 0) -> None:
        super().__init__(f"(#{code}) {details}")
        self.code = code
        self.details = details or title(code)
        self.subcode = subcode


def title(code: int) -> str:
    """Meta's short wording of `code`."""
    return _TITLES.get(code, "Generic error")


def http_status(code: int) -> int:
    """The HTTP status that goes with `code` (B2); 400 for most."""
    return 403 if 200 <= code <= 299 else _HTTP.get(code, 400)


def error_body(error: CloudError) -> Json:
    """The whole reply body of a refused call (A5)."""
    body: Json = {
        "message": f"(#{error.code}) {title(error.code)}",
        "type": "OAuthException",
        "code": error.code,
        "error_data": {"messaging_product": "whatsapp", "details": error.details},
        "fbtrace_id": f"Sim{next(_traces):09d}",
    }
    if error.subcode:
        body["error_subcode"] = error.subcode
    return {"error": body}


def status_error(code: int) -> Json:
    """The element of `errors` in a failed status (C5)."""
    return {
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": _DETAILS.get(code, f"{title(code)}.")},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }

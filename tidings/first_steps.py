"""The first steps in a new installation, all through its GraphQL API: a token for programs, a number to send from."""

import logging
from pathlib import Path

from db.accounts import Scope
from tidings.client import Api, Refused
from tidings.kept import keep, recall

log = logging.getLogger("tidings")

SIMULATED_SENDER = {
    "name": "Simulator",
    "phoneNumber": "+12025550100",  # 555-0100 to 555-0199 belong to nobody
    "provider": "CLOUD_API",
    "phoneNumberId": "106540352242922",
    "businessAccountId": "318800221144667",
    "accessToken": "simulator",
    "isDefault": True,
}
SIMULATED_NUMBER = f"{SIMULATED_SENDER['phoneNumberId']}={str(SIMULATED_SENDER['phoneNumber']).lstrip('+')}"
"""The sender's number as the simulator takes it from its command line."""


def register_simulated_sender(api: Api) -> bool:
    """Register the simulator's number as the default sender; false when it is there already."""
    document = "mutation ($input: CreateSenderInput!) { createSender(input: $input) { id } }"
    try:
        api.execute(document, input=SIMULATED_SENDER)
    except Refused as refused:
        if refused.codes == {"DUPLICATE_RESOURCE"}:
            return False
        raise
    return True


def token_for_programs(api: Api, data_dir: Path) -> str:
    """An API token that may do everything: the one kept in the data folder, or a new one where that is not taken."""
    known = recall(data_dir, "api_token")
    if known is not None:
        try:
            with Api(api.url, known) as program:
                program.execute("{ me { id } }")
        except Refused as refused:
            log.info("the kept API token is not taken any more (%s): making another", refused)
        else:
            return known
    document = """mutation ($scopes: [Scope!]!) {
        createApiToken(input: { name: "tidings up", scopes: $scopes, expiresInDays: null }) { token }
    }"""
    made: str = api.execute(document, scopes=[scope.value for scope in Scope])["createApiToken"]["token"]
    return keep(data_dir, "api_token", made)

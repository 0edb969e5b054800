"""Signatures of what we post: Standard Webhooks, and beside it the plain hex that S1's receivers check."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from domain.core.errors import ErrorCode, Refusal, text

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def check_secret(secret: str) -> str:
    """A secret of a caller's own, 24 to 100 characters; one that says it is base64 must be. Raises VALIDATION_ERROR."""
    secret = text(secret, "secret", least=24, most=100)
    try:
        key_of(secret)
    except ValueError:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR, "What follows whsec_ must be base64.", field="secret", reason="invalid_secret"
        ) from None
    return secret


def key_of(secret: str) -> bytes:
    """What Standard Webhooks signs with: the bytes that whsec_… is the base64 of, and any other secret as it is."""
    if secret.startswith(PREFIX):
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    return secret.encode()


def headers(id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one try, signed with each secret that is valid, the newest first."""
    stamp = str(int(at.timestamp()))
    signed = f"{id}.{stamp}.".encode() + body
    made = [base64.b64encode(hmac.digest(key_of(one), signed, "sha256")).decode() for one in secrets]
    plain = [hmac.digest(one.encode(), body, "sha256").hex() for one in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Tidings",
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{one}" for one in made),
        "X-Webhook-Id": id,
        **dict(zip(("X-Webhook-Signature", "X-Webhook-Signature-Previous"), plain, strict=False)),
    }

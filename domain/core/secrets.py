"""Keys derived from SECRET_KEY, one for each purpose, and secrets that are kept encrypted under one of them."""

import base64
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.core.settings import get_settings


class SecretError(RuntimeError):
    """A stored secret cannot be read: SECRET_KEY is not the one that it was encrypted under."""


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose alone, so that what signs tokens never decrypts anything."""
    secret = get_settings().secret_key.get_secret_value().encode()
    return HKDF(SHA256(), length=32, salt=None, info=f"tidings {purpose}".encode()).derive(secret)


@cache
def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("secrets at rest")))


def seal(secret: str) -> bytes:
    """Encrypted and authenticated; twice the same secret gives two different texts."""
    return _cipher().encrypt(secret.encode())


def unseal(sealed: bytes) -> str:
    """The secret again. Raises SecretError where SECRET_KEY has changed since."""
    try:
        return _cipher().decrypt(sealed).decode()
    except InvalidToken as error:
        raise SecretError("SECRET_KEY has changed since this secret was stored; enter the secret anew.") from error


@cache
def _stamp_key() -> bytes:
    return derived_key("stamps")


def stamp(text: str) -> str:
    """Twelve characters that show a text to be ours when it comes back; enough against mix-ups, not a signature."""
    return hmac.digest(_stamp_key(), text.encode(), "sha256")[:6].hex()

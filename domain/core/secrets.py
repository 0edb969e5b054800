"""Keys derived from SECRET_KEY, one for each purpose, and secrets that are kept encrypted under one of them.

A key is known by an id, which is derived from it too. What is made is made under SECRET_KEY; what was made under one of
SECRET_KEYS_OLD still holds.
"""

import base64
import hmac
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from db.core.settings import get_settings


class SecretError(RuntimeError):
    """A stored secret cannot be read: neither SECRET_KEY nor one of SECRET_KEYS_OLD is what it was encrypted under."""


@cache
def _derived(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"tidings {purpose}".encode()).derive(secret.encode())


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose alone, so that what signs tokens never decrypts anything."""
    return _derived(get_settings().secret_key.get_secret_value(), purpose)


def derived_keys(purpose: str) -> dict[str, bytes]:
    """The same by the ids of all keys that hold: that of SECRET_KEY first, then the old ones, the oldest last."""
    settings = get_settings()
    secrets = [secret.get_secret_value() for secret in (settings.secret_key, *settings.secret_keys_old)]
    return {_derived(secret, "key ids")[:4].hex(): _derived(secret, purpose) for secret in secrets}


def key_id() -> str:
    """The id of SECRET_KEY: eight characters."""
    return next(iter(derived_keys("key ids")))


def is_signed(purpose: str, text: bytes, signature: bytes) -> bool:
    """Whether this is the HMAC-SHA256 of a text, under any key that holds."""
    made = [hmac.digest(key, text, "sha256") for key in derived_keys(purpose).values()]
    return any(hmac.compare_digest(one, signature) for one in made)


_SEALS = "secrets at rest"


@cache
def _cipher(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


def seal(secret: str) -> bytes:
    """Encrypted and authenticated, behind the id of its key; twice the same secret gives two different texts."""
    return f"{key_id()}:".encode() + _cipher(derived_key(_SEALS)).encrypt(secret.encode())


def sealed_by(sealed: bytes) -> str:
    """The id of the key that a secret is encrypted under; empty where the first release did it, which named none."""
    return sealed.rpartition(b":")[0].decode()


def unseal(sealed: bytes) -> str:
    """The secret again. Raises SecretError where its key is not known any more."""
    id, text = sealed_by(sealed), sealed.rpartition(b":")[2]
    for known, key in derived_keys(_SEALS).items():
        try:
            if id in ("", known):
                return _cipher(key).decrypt(text).decode()
        except InvalidToken:
            continue
    raise SecretError("SECRET_KEY has changed since this secret was stored; enter the secret anew.")


_STAMPS = "stamps"


def stamp(text: str) -> str:
    """Twelve characters that show a text to be ours when it comes back; enough against mix-ups, not a signature."""
    return _stamp(derived_key(_STAMPS), text)


def is_stamp(text: str, stamped: str) -> bool:
    """Whether a text has this stamp, under any key that holds."""
    return stamped in [_stamp(key, text) for key in derived_keys(_STAMPS).values()]


def _stamp(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode(), "sha256")[:6].hex()

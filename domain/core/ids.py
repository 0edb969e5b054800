"""What objects are called outside."""

import base64


def global_id(kind: str, id: int) -> str:
    """The global id of an object, such as of ("Contact", 12)."""
    return base64.urlsafe_b64encode(f"{kind}:{id}".encode()).decode().rstrip("=")

"""Files: what is uploaded, received and named in messages. Bytes never pass through GraphQL: links lead to them."""

from domain.files.naming import to_send
from domain.files.reading import by_ids, get, pages_of_conversations
from domain.files.uploads import MOST_SECONDS, Upload, create_upload, delete, read, take, url_of

__all__ = [
    "MOST_SECONDS",
    "Upload",
    "by_ids",
    "create_upload",
    "delete",
    "get",
    "pages_of_conversations",
    "read",
    "take",
    "to_send",
    "url_of",
]

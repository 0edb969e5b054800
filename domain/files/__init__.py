"""Files: what is uploaded, received and named in messages. Bytes never pass through GraphQL: links lead to them."""

from domain.files.naming import to_send
from domain.files.providing import Provided, Wanted, provide
from domain.files.reading import by_ids, get, knowledge, pages_of_conversations
from domain.files.receiving import Received, receive
from domain.files.uploads import MOST_SECONDS, Upload, create_upload, delete, delete_of_conversation, read, take, url_of

__all__ = [
    "MOST_SECONDS",
    "Provided",
    "Received",
    "Upload",
    "Wanted",
    "by_ids",
    "create_upload",
    "delete",
    "delete_of_conversation",
    "get",
    "knowledge",
    "pages_of_conversations",
    "provide",
    "read",
    "receive",
    "take",
    "to_send",
    "url_of",
]

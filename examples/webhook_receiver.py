"""Receives webhooks: WEBHOOK_SECRET=whsec_… python webhook_receiver.py 9000. Needs: pip install standardwebhooks."""

import json
import logging
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

SECRET = os.environ["WEBHOOK_SECRET"]
# A secret of your own choice is its own key; one that begins with whsec_ is base64.
VERIFIER = Webhook(SECRET if SECRET.startswith("whsec_") else SECRET.encode())
MOST_BYTES = 4_000_000
seen: set[str] = set()  # keep it in your database, with what you do of an event


def handle(event: str, data: dict[str, Any]) -> None:
    logging.info("%s %s", event, json.dumps(data))


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        if size > MOST_BYTES:
            return self.answer(413)
        body = self.rfile.read(size)
        try:
            told = VERIFIER.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            return self.answer(401)
        # At least once: the same event comes again under the same id, after a lost answer or a replay.
        if (id := self.headers["webhook-id"]) not in seen:
            handle(told["event"], told["data"])
            seen.add(id)
        return self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()

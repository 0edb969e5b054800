"""The commands of the WAHA side, under /_simulator/waha.

GET  /waha                    sessions, with the code that is shown and until when, and how webhooks fare
POST /waha/{session}/scan     {"phone", "name"}: somebody scans the code
POST /waha/{session}/expire   the code that is shown gives way to the next
POST /waha/{session}/drop     {"status": "FAILED", "seconds": 0}: it falls out of WORKING, and is back after `seconds`
POST /waha/{session}/unlink   the phone throws the link away: FAILED until a logout
POST /waha/{session}/engine   {"engine": "NOWEB" | "GOWS" | "WEBJS"}: what it answers like from now on
POST /waha/{session}/inbound  what somebody writes, or a list: {"from" (or "lid"), "text"}, with "type" (text, image,
                              video, audio, voice, document, sticker, location, vcard, reaction, edit, revoke, or
                              typing, recording and paused, which are told where the client has subscribed), "name",
                              "hidden" (…@lid that leads to no phone), "id", "reply_to", "timestamp", "media_id" (or
                              "media"), "message_id" (of the message reacted to, edited or revoked), "emoji",
                              "latitude", "longitude", "title", "vcards", "from_me" (typed on the business's own phone)
POST /waha/{session}/raw      {"body", "signature": "good" | "bad" | "missing"}: to each of its webhooks, once, now
"""

from simulator.inbound import InboundError
from simulator.people import digits
from simulator.waha.people import write
from simulator.waha.server import Waha
from simulator.waha.sessions import ENGINES, Session, Status
from simulator.wire import Json, is_array, is_object


class WahaCommands:
    """Every command over one Waha."""

    def __init__(self, waha: Waha) -> None:
        self._waha = waha

    def _session(self, name: str) -> Session:
        session = self._waha.sessions.by_name.get(name)
        if session is None:
            raise InboundError(f"There is no session {name}.")
        return session

    def inbound(self, body: object, session: str) -> Json:
        """Somebody writes, or many do."""
        named, asked = self._session(session), body if is_array(body) else [body]
        return {"messages": [{"id": write(self._waha, named, each)} for each in asked]}

    def drive(self, body: object, session: str, verb: str) -> Json:
        """Something happens to a session."""
        named, sessions = self._session(session), self._waha.sessions
        if not is_object(body):
            raise InboundError("The body must be a JSON object.")
        match verb:
            case "scan" | "expire" if named.status is not Status.SCAN_QR_CODE:
                raise InboundError(f"No code is shown: the session is {named.status}.")
            case "scan":
                sessions.scan(named, digits(str(body.get("phone", ""))), str(body.get("name", "Simulated business")))
            case "expire":
                sessions.rotate(named)
            case "drop":
                status, seconds = body.get("status", "FAILED"), body.get("seconds", 0)
                if status not in list(Status) or status == "WORKING" or not isinstance(seconds, int | float):
                    raise InboundError(f"status is one of {', '.join(Status)} but WORKING, seconds a number.")
                sessions.drop(named, Status(status), float(seconds))
            case "unlink":
                sessions.unlink(named)
            case "engine":
                if body.get("engine") not in ENGINES:
                    raise InboundError(f"engine is one of {', '.join(ENGINES)}.")
                named.engine = str(body["engine"])
            case _:
                raise InboundError(f"There is no {verb}; see simulator/waha/commands.py.")
        return sessions.told(named)

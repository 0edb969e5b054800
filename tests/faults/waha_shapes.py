"""Events of the shapes that wire facts D4 give; what is done to them stands in shapes.py."""

from typing import Any

from hypothesis import strategies as st

from tests.faults.shapes import broken, run, shape, texts, times, wa_ids, words

SESSION = "clinic"
ME = "12025550101@c.us"

ids = st.one_of(
    st.integers(0, 99).map(lambda n: f"3EB0{run}{n}"),
    st.binary(min_size=4, max_size=4).map(lambda some: f"3EB0{run}{some.hex()}"),
)
outbound = st.integers(0, 20).map(lambda n: f"3EB0{run}OUT{n}")
lids = st.integers(0, 20).map(lambda n: f"1234567890{n:05d}@lid")
chats = st.one_of(
    wa_ids.map(lambda digits: f"{digits}@c.us"),
    wa_ids.map(lambda digits: f"{digits}@c.us"),
    wa_ids.map(lambda digits: f"{digits}@s.whatsapp.net"),
    lids,
    st.sampled_from(["1203@g.us", "1203@newsletter", "status@broadcast", "a@b"]),
)
sources = st.sampled_from(["app", "app", "api", None])
mime_types = st.sampled_from(["image/jpeg", "image/webp", "video/mp4", "audio/ogg; codecs=opus", "application/pdf"])
files = st.none() | st.fixed_dictionaries(
    {"url": st.just("http://127.0.0.1:1/api/files/1") | st.none(), "mimetype": mime_types},
    optional={"filename": texts, "error": st.none() | texts},
)
data = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["chat", "ptt", "image", "poll_creation"]),
        "notifyName": texts,
        "pushName": texts,
        "key": st.fixed_dictionaries({}, optional={"remoteJidAlt": chats, "senderPn": chats}),
        "Info": st.fixed_dictionaries({}, optional={"SenderAlt": chats, "PushName": texts}),
        "message": shape(pollCreationMessage=shape(name=texts)) | shape(audioMessage=shape(ptt=st.booleans())),
    },
)
place = shape(latitude=st.floats(-95, 95) | words, longitude=st.floats(-190, 190).map(str), name=texts)
cards = st.lists(texts.map(lambda name: f"BEGIN:VCARD\nFN:{name}\nTEL;type=CELL:+351 910\nEND:VCARD"), max_size=2)


def _message(id: str, chat: str, own: bool, source: str | None, rest: dict[str, Any]) -> dict[str, Any]:
    told = {"id": f"{str(own).lower()}_{chat}_{id}", "from": ME if own else chat, "to": chat if own else ME}
    return {**told, "fromMe": own, **({"source": source} if source else {}), **rest}


contents = st.one_of(
    shape(body=texts, hasMedia=st.just(False), media=st.none()),
    shape(body=texts, hasMedia=st.just(False), media=st.none()),
    shape(body=texts, hasMedia=st.just(True), media=files),
    shape(body=st.just(""), location=place),
    shape(body=st.just(""), vCards=cards),
)
besides = st.fixed_dictionaries(
    {"timestamp": times},
    optional={"_data": data, "replyTo": shape(id=ids | outbound, body=texts), "ack": st.integers(-1, 4)},
)
written = st.builds(
    lambda id, chat, own, source, said, beside: _message(id, chat, own, source, {**said, **beside}),
    ids,
    chats,
    st.sampled_from([False, False, True]),
    sources,
    contents,
    besides,
)
sent_by_us = st.builds(
    lambda id, chat, source, text, at: _message(id, chat, True, source, {"body": text, "timestamp": at}),
    outbound,
    chats,
    sources,
    texts,
    times,
)
acks = st.builds(
    lambda id, chat, ack: _message(id, chat, True, None, {"participant": None, "ack": ack, "ackName": "DEVICE"}),
    outbound | ids,
    chats,
    st.integers(-1, 4),
)
reactions = st.builds(
    lambda message, target, emoji, at: {
        **message,
        "timestamp": at + 0.25,
        "reaction": {"text": emoji, "messageId": f"false_{message['from']}_{target}"},
    },
    written,
    ids | outbound,
    st.sampled_from(["👍", ""]),
    times,
)
edits = st.builds(lambda message, target: {**message, "editedMessageId": target}, written, ids | outbound)
deletions = st.builds(
    lambda before, after, target: {"before": before, "after": after, "revokedMessageId": target},
    st.none() | written,
    written,
    ids,
)
statuses = st.builds(
    lambda status, at: {"name": SESSION, "status": status, "statuses": [{"status": status, "timestamp": at * 1000}]},
    st.sampled_from(["STOPPED", "STARTING", "SCAN_QR_CODE", "WORKING", "FAILED", "PASSKEY_REQUIRED", "NEW"]),
    times,
)


def _kind(word: str, payloads: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return shape(
        event=st.just(word),
        id=texts,
        session=st.sampled_from([SESSION] * 9 + ["another"]),
        timestamp=times.map(lambda seconds: seconds * 1000 + 123),
        me=shape(id=st.just(ME), pushName=texts),
        engine=st.sampled_from(["NOWEB", "GOWS", "WEBJS"]),
        payload=payloads,
    )


events = st.one_of(
    _kind("message.any", written),
    _kind("message.any", written),
    _kind("message", written),
    _kind("message.any", sent_by_us),
    _kind("message.ack", acks),
    _kind("message.ack", acks),
    _kind("message.ack", acks),
    _kind("message.ack", acks),
    _kind("message.reaction", reactions),
    _kind("message.edited", edits),
    _kind("message.revoked", deletions),
    _kind("session.status", statuses),
    _kind("presence.update", shape(id=chats)) | _kind("poll.vote", written) | _kind("call.received", shape(id=texts)),
)
bodies = broken(events)

"""Posts of the shapes that wire facts C4 to C6 give, and what is done to them and to those of part D."""

import copy
import json
import time
from typing import Any

from hypothesis import strategies as st

from tests.factories import unique

NOW = int(time.time()) - 3600
NUMBER = "106540352242922"
OBJECT = "whatsapp_business_account"

# ---------------------------------------------------------------------------
# The shapes: few people, few messages, so that posts speak of the same ones.
# ---------------------------------------------------------------------------

run = unique("f")
wamids = st.one_of(
    st.integers(0, 99).map(lambda n: f"wamid.{run}.{n}"),
    st.binary(min_size=4, max_size=4).map(lambda some: f"wamid.{run}.{some.hex()}"),
)
outbound = st.integers(0, 20).map(lambda n: f"wamid.{run}.out.{n}")
wa_ids = st.one_of(
    st.integers(0, 30).map(lambda n: f"3519100{n:05d}"),
    st.integers(0, 9).map(lambda n: f"52155000000{n:02d}"),
    st.integers(0, 9).map(lambda n: f"5255000000{n:02d}"),
    st.integers(0, 9).map(lambda n: f"551191000{n:04d}"),
    st.integers(0, 9).map(lambda n: f"55111000{n:04d}"),
    st.integers(0, 9).map(lambda n: f"54911500000{n:02d}"),
)
bsuids = st.integers(0, 30).map(lambda n: f"PT.{run}{n}")
times = st.integers(NOW, NOW + 600)
words = st.sampled_from(["ola", "STOP", "start", "Désabonner", "🙂", "x" * 5000, "a\0b", "", " ", "half \ud83d"])
texts = words | st.text(max_size=12)


def shape(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


media = st.fixed_dictionaries(
    {"id": st.integers(0, 99).map(str), "mime_type": st.sampled_from(["image/jpeg", "audio/ogg; codecs=opus"])},
    optional={"caption": texts, "sha256": texts, "filename": texts, "voice": st.booleans()},
)
contents = st.one_of(
    shape(type=st.just("text"), text=shape(body=texts)),
    *(shape(type=st.just(kind), **{kind: media}) for kind in ("image", "video", "document", "audio", "sticker")),
    shape(type=st.just("location"), location=shape(latitude=st.floats(-95, 95), longitude=st.floats(-190, 190))),
    shape(
        type=st.just("contacts"),
        contacts=st.lists(shape(name=shape(formatted_name=texts), phones=st.lists(shape(phone=texts))), max_size=2),
    ),
    shape(
        type=st.just("interactive"),
        interactive=st.one_of(
            shape(type=st.just("button_reply"), button_reply=shape(id=texts, title=texts)),
            shape(type=st.just("list_reply"), list_reply=shape(id=texts, title=texts, description=texts)),
            shape(
                type=st.just("nfm_reply"), nfm_reply=shape(body=texts, response_json=st.sampled_from(['{"a":1}', "{"]))
            ),
        ),
    ),
    shape(type=st.just("button"), button=shape(payload=texts, text=texts)),
    shape(
        type=st.just("reaction"),
        reaction=st.fixed_dictionaries(
            {"message_id": wamids | outbound}, optional={"emoji": st.sampled_from(["👍", ""])}
        ),
    ),
    shape(
        type=st.just("order"),
        order=shape(
            catalog_id=texts,
            product_items=st.lists(
                shape(
                    product_retailer_id=texts,
                    quantity=st.integers(-1, 9) | st.just("2"),
                    item_price=st.floats() | st.just("9.90"),
                    currency=st.just("EUR"),
                ),
                max_size=2,
            ),
        ),
    ),
    shape(
        type=st.just("system"),
        system=shape(
            body=texts,
            type=st.sampled_from(["user_changed_number", "user_changed_user_id", "customer_identity_changed"]),
            wa_id=wa_ids,
            user_id=bsuids,
            previous_user_id=bsuids,
        ),
    ),
    shape(
        type=st.just("edit"),
        edit=shape(original_message_id=wamids, message=shape(type=st.just("text"), text=shape(body=texts))),
    ),
    shape(type=st.just("revoke"), revoke=shape(original_message_id=wamids)),
    shape(
        type=st.just("unsupported"), errors=st.lists(shape(code=st.sampled_from([131051, 131052, 131060])), max_size=1)
    ),
    shape(type=st.just("interactive")),
    shape(type=texts),
)
contexts = st.one_of(
    shape(**{"from": wa_ids, "id": wamids | outbound}),
    shape(forwarded=st.just(True)),
    shape(id=wamids, referred_product=shape(catalog_id=texts, product_retailer_id=texts)),
)
beside = {"context": contexts, "referral": shape(source_url=texts, source_id=texts, ctwa_clid=texts)}
told = {"id": wamids, "timestamp": times.map(str)}
heads = st.one_of(
    st.fixed_dictionaries({**told, "from": wa_ids}, optional={**beside, "from_user_id": bsuids}),
    st.fixed_dictionaries({**told, "from_user_id": bsuids}, optional=beside),
)
messages = st.builds(lambda head, content: {**head, **content}, heads, contents)
echoes = st.builds(lambda head, to, content: {**head, "to": to, **content}, heads, wa_ids, contents)
told_of = {
    "status": st.sampled_from(["sent", "delivered", "read", "played", "failed"]),
    "timestamp": times.map(str),
}
# What comes back in a status went along with a send through the API.
statuses = st.fixed_dictionaries({"id": outbound, **told_of}, optional={"biz_opaque_callback_data": texts}) | (
    st.fixed_dictionaries(
        {"id": outbound | wamids, **told_of},
        optional={
            "recipient_id": wa_ids,
            "recipient_user_id": bsuids,
            "errors": st.lists(shape(code=st.sampled_from([131026, 131047, 131053, 999999]), title=texts), max_size=1),
            "pricing": shape(billable=st.booleans(), category=texts),
        },
    )
)
people = st.fixed_dictionaries(
    {}, optional={"wa_id": wa_ids, "user_id": bsuids, "profile": shape(name=texts, username=texts)}
)
preferences = shape(
    wa_id=wa_ids,
    user_id=bsuids,
    category=st.just("marketing_messages"),
    value=st.sampled_from(["stop", "resume", "signup"]),
    timestamp=times,
)
metadata = shape(
    phone_number_id=st.sampled_from([NUMBER, NUMBER, NUMBER, "1"]), display_phone_number=st.just("12025550100")
)
some = {"min_size": 1, "max_size": 3}
news_of_messages = shape(
    field=st.just("messages"),
    value=shape(
        metadata=metadata, contacts=st.lists(people, max_size=2), messages=st.lists(messages, min_size=1, max_size=8)
    ),
)
news_of_statuses = shape(
    field=st.just("messages"), value=shape(metadata=metadata, statuses=st.lists(statuses, min_size=1, max_size=8))
)
changes = st.one_of(
    news_of_messages,
    news_of_messages,
    news_of_messages,
    news_of_statuses,
    news_of_statuses,
    shape(
        field=st.just("messages"),
        value=st.fixed_dictionaries(
            {"metadata": metadata},
            optional={
                "contacts": st.lists(people, max_size=2),
                "messages": st.lists(messages, **some),
                "statuses": st.lists(statuses, **some),
                "errors": st.lists(shape(code=st.just(131000), title=texts), max_size=1),
            },
        ),
    ),
    shape(field=st.just("smb_message_echoes"), value=shape(metadata=metadata, message_echoes=st.lists(echoes, **some))),
    shape(
        field=st.just("user_preferences"),
        value=shape(metadata=metadata, user_preferences=st.lists(preferences, **some)),
    ),
    shape(
        field=st.sampled_from(
            ["message_template_status_update", "template_category_update", "phone_number_quality_update", "calls", "x"]
        ),
        value=shape(
            event=texts,
            message_template_id=st.integers(),
            new_category=texts,
            display_phone_number=st.just("12025550100") | texts,
        ),
    ),
    shape(
        field=st.just("account_update"),
        value=st.fixed_dictionaries(
            {"event": st.sampled_from(["ACCOUNT_RESTRICTION", "ACCOUNT_RECONNECTED"]) | texts},
            optional={
                "restriction_info": st.lists(shape(restriction_type=texts), **some),
                "violation_info": shape(violation_type=texts),
                "ban_info": shape(waba_ban_state=texts),
            },
        ),
    ),
)
envelopes = shape(
    object=st.just(OBJECT),
    entry=st.lists(shape(id=st.just("318800221144667"), time=times, changes=st.lists(changes, **some)), **some),
)

# ---------------------------------------------------------------------------
# What is done to them, and to their bytes
# ---------------------------------------------------------------------------

junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "\0", "\ud83d", "9" * 400, "2" * 10, -1, 2**63, 10**40, [], {}, [None], [[]], {"": ""}]),
    st.recursive(st.none() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=2), max_leaves=5),
)
mutations = st.lists(st.tuples(st.integers(0, 10_000), st.none() | junk.map(lambda value: (value,))), max_size=3)


def places(value: Any) -> list[tuple[Any, Any]]:
    """Where something stands within JSON: the object or list, and the key."""
    found: list[tuple[Any, Any]] = []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found.append((value, key))
        found.extend(places(inner))
    return found


def mutate(envelope: dict[str, Any], told: list[tuple[int, tuple[Any] | None]], cut: int | None) -> bytes:
    """Takes things away, or puts others in their place; and perhaps cuts the body off."""
    changed = copy.deepcopy(envelope)
    for where, instead in told:
        if found := places(changed):
            holder, key = found[where % len(found)]
            if instead is None:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(instead[0])
    body = json.dumps(changed).encode()
    return body if cut is None else body[: cut % (len(body) + 1)]


def broken(posts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[bytes]:
    """Bodies of such posts, most of them with something wrong."""
    return st.builds(mutate, posts, mutations, st.none() | st.none() | st.none() | st.integers(0, 5000))


bodies = broken(envelopes)

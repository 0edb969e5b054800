"""Registering, changing and removing webhooks, and having events posted again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypedDict, Unpack

from tortoise.expressions import RawSQL

from db import events as log
from db.accounts import Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import ring, transaction
from db.events import EventType
from db.webhooks import Webhook, WebhookDelivery, WebhookDeliveryStatus
from domain import audit
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found
from domain.core.fetch import check_url
from domain.core.secrets import SecretError, seal, unseal
from domain.events import check_reaches, decode
from domain.webhooks import payload
from domain.webhooks.reading import get_delivery
from domain.webhooks.signing import check_secret, new_secret

MOST = 50
"""Webhooks of an installation: each has connections of its own."""
OVERLAP = timedelta(hours=24)
"""How long the secret before still signs."""
_MAKING = 0x7469_7768
"""Advisory lock of those who make webhooks, so that there are never more than MOST."""
_AT_ONCE = 5000
_DELETE_SOME = """
DELETE FROM webhook_delivery WHERE id = ANY(ARRAY(SELECT id FROM webhook_delivery WHERE webhook_id = $1 LIMIT $2))
"""


class WebhookChanges(TypedDict, total=False):
    """What is left out stays."""

    url: str | None
    events: Sequence[EventType] | None
    active: bool | None


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def create(viewer: Viewer, *, url: str, events: Sequence[EventType], secret: str | None = None) -> Webhook:
    """Is told of what happens from now on; its secret is on the answered row, and only there."""
    check, values = Checks(), dict[str, Any]()
    with check():
        values["url"] = _url(url)
    with check():
        values["events"] = _events(events)
    with check():
        secret = new_secret() if secret is None else check_secret(secret)
    check.done()
    async with transaction():
        await connect.execute("SELECT pg_advisory_xact_lock($1)", _MAKING)
        if await Webhook.all().count() >= MOST:
            words = f"There are {MOST} webhooks already; delete one first."
            raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="url", reason="too_many")
        head = (await log.read(0, 0)).head
        webhook = await Webhook.create(**values, sealed=seal(secret or ""), position=head)
        await _note(viewer, "createWebhook", webhook, {name: (None, value) for name, value in values.items()})
    webhook.secret = secret
    return webhook


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def update(viewer: Viewer, id: int, **changes: Unpack[WebhookChanges]) -> Webhook:
    """Changes a webhook; active true switches it on again, and it goes on where it stopped.

    Switched on, or at another URL, it is judged anew: what failed before is tried at once, and for three days again.
    """
    check, values = Checks(), dict[str, Any]()
    with check():
        if (url := changes.get("url")) is not None:
            values["url"] = _url(url)
    with check():
        if (events := changes.get("events")) is not None:
            values["events"] = _events(events)
    if (active := changes.get("active")) is not None:
        values["active"] = active
    check.done()
    async with transaction():
        webhook = await _locked(id)
        noted = {name: (was, value) for name, value in values.items() if (was := getattr(webhook, name)) != value}
        if noted:
            if (switched_on := noted.get("active") == (False, True)) or "url" in noted:
                values["failing_since"] = None
                await WebhookDelivery.filter(
                    webhook_id=id, status=WebhookDeliveryStatus.PENDING, attempts__gt=0
                ).update(next_attempt_at=RawSQL("now()"), give_up_at=None, attempts=0)
            if switched_on:
                values["disabled_at"] = None
            await _note(viewer, "updateWebhook", webhook, noted)
            await _wake(webhook, **{**values, "updated_at": RawSQL("now()")})
        return await Webhook.get(id=id)


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def delete(viewer: Viewer, id: int) -> None:
    """Deletes a webhook with its deliveries; what is being posted just now is not called back.

    Of millions it takes minutes, and holds nobody up: it is switched off at once, and deliveries go in batches that
    each commit. Whoever is cut off meanwhile deletes it again, which goes on from there.
    """
    async with transaction():
        webhook = await _locked(id)
        await _note(viewer, "deleteWebhook", webhook, {"url": (webhook.url, None)})
        await Webhook.filter(id=id).update(active=False, updated_at=RawSQL("now()"))
    while await connect.execute(_DELETE_SOME, id, _AT_ONCE) == _AT_ONCE:
        continue
    await Webhook.filter(id=id).delete()


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def rotate(viewer: Viewer, id: int, *, secret: str | None = None) -> Webhook:
    """Gives it a new secret, shown this once; what is posted in the next 24 hours is signed with both."""
    secret = new_secret() if secret is None else check_secret(secret)
    async with transaction():
        webhook = await _locked(id)
        # One that cannot be read any more would keep all from being signed.
        old = webhook.sealed if _is_readable(webhook.sealed) else None
        await Webhook.filter(id=id).update(
            sealed=seal(secret),
            old_sealed=old,
            old_until=None if old is None else datetime.now(UTC) + OVERLAP,
            updated_at=RawSQL("now()"),
        )
        await _note(viewer, "rotateWebhookSecret", webhook, {"secret": (audit.HIDDEN, audit.HIDDEN)})
        webhook = await Webhook.get(id=id)
    webhook.secret = secret
    return webhook


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def test(viewer: Viewer, id: int) -> WebhookDelivery:
    """Has a WEBHOOK_TEST event posted, once, also to a webhook that is switched off."""
    async with transaction():
        webhook = await _locked(id)
        made = await WebhookDelivery.create(
            webhook_id=id,
            type=EventType.WEBHOOK_TEST,
            body=payload.body(EventType.WEBHOOK_TEST, datetime.now(UTC), {}),
            subject=f"Webhook:{id}",
        )
        # By the clock that tells the next try.
        await WebhookDelivery.filter(id=made.id).update(give_up_at=RawSQL("now()"))
        await _wake(webhook)
        return await WebhookDelivery.get(id=made.id)


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def replay(viewer: Viewer, id: int, *, after: str) -> Webhook:
    """Has every matching event since a cursor posted again, under its first id. Raises CURSOR_EXPIRED."""
    place = decode(after, "after")
    async with transaction():
        webhook = await _locked(id)
        check_reaches(await log.read(0, 0), place)
        await _note(viewer, "replayWebhook", webhook, {"position": (webhook.position, place.number)})
        # Not beyond where it is: what lies between has not been told yet anyway.
        await _wake(webhook, position=min(webhook.position, place.number), updated_at=RawSQL("now()"))
        return await Webhook.get(id=id)


@allow(Role.ADMIN, scope=Scope.WEBHOOKS, bound=False)
async def retry(viewer: Viewer, id: int) -> WebhookDelivery:
    """Has one tried again now; one that was given up, this once. Raises INVALID_STATE for one that was delivered."""
    async with transaction():
        found = await get_delivery(viewer, id)
        webhook = await _locked(found.webhook_id)
        # Whoever forgets a contact or the past takes deliveries away without a look at their webhook.
        if (found := await WebhookDelivery.filter(id=id).select_for_update().first()) is None:
            raise not_found("webhook delivery")
        if found.status is WebhookDeliveryStatus.DELIVERED:
            words = "It was delivered; replayWebhook posts what was delivered again."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="id", reason="delivered")
        if not webhook.active and found.event_number is not None:
            words = "Its webhook is switched off; switch it on first."
            raise Refusal(ErrorCode.INVALID_STATE, words, field="id", reason="inactive")
        now = RawSQL("now()")
        more = {"give_up_at": now} if found.status is WebhookDeliveryStatus.FAILED else {}
        await WebhookDelivery.filter(id=id).update(status=WebhookDeliveryStatus.PENDING, next_attempt_at=now, **more)
        await _wake(webhook)
        return await WebhookDelivery.get(id=id)


async def forget(days: int) -> None:
    """Deletes deliveries of more than so many days ago that are over, in batches that each commit."""
    sql = (
        "DELETE FROM webhook_delivery WHERE id = ANY(ARRAY(SELECT id FROM webhook_delivery WHERE status <> 'PENDING'"
        " AND created_at < now() - make_interval(days => $1) ORDER BY created_at LIMIT $2))"
    )
    while await connect.execute(sql, days, _AT_ONCE) == _AT_ONCE:
        continue


def _url(url: str) -> str:
    return check_url(url, "url", anywhere=not get_settings().production)


def _events(events: Sequence[EventType]) -> list[str]:
    if not events:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "Name at least one.", field="events", reason="required")
    if EventType.CONVERSATION_TYPING in events:
        words = "CONVERSATION_TYPING is live only, and not for webhooks."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field="events", reason="live_only")
    return [type.value for type in dict.fromkeys(events)]


def _is_readable(sealed: bytes) -> bool:
    try:
        unseal(sealed)
    except SecretError:
        return False
    return True


async def _locked(id: int) -> Webhook:
    if (found := await Webhook.filter(id=id).select_for_update().first()) is None:
        raise not_found("webhook")
    return found


async def _wake(webhook: Webhook, **values: Any) -> None:
    """Writes what changed, and has a worker look."""
    await Webhook.filter(id=webhook.id).update(**values, due_at=RawSQL("now()"))
    ring("deliver", webhook.id)


async def _note(viewer: Viewer, action: str, webhook: Webhook, changes: dict[str, tuple[Any, Any]]) -> None:
    """Without what follows the ? of a URL: tokens stand there."""
    if "url" in changes:
        changes = {**changes, "url": tuple(url and url.partition("?")[0] for url in changes["url"])}  # pyright: ignore[reportAssignmentType] - of two comes two
    await audit.note(viewer, action, changes, subject=("Webhook", webhook.id))

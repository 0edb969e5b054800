"""Registering, changing and removing senders, starting and stopping them."""

import re
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from db import schedules
from db.accounts import ApiToken, Role, Scope
from db.core import connect
from db.core.settings import get_settings
from db.core.transaction import ring, transaction
from db.events import EventType, record
from db.senders import Sender, SenderProvider, SenderStatus
from domain import audit
from domain.core.access import Viewer, allow, unbound
from domain.core.errors import Checks, ErrorCode, Refusal, optional_text, text
from domain.core.phone import parse_phone
from domain.core.secrets import seal
from domain.core.unique import unique
from domain.providers import waha_sessions
from domain.senders import faults, sessions
from domain.senders.reading import visible

_DEFAULT_LOCK = 0x7469_6473
"""Advisory lock of those who change which sender is the default, so that there is always one and never two."""


class SenderChanges(TypedDict, total=False):
    """What is left out stays."""

    name: str | None
    is_default: bool | None
    phone_number_id: str | None
    business_account_id: str | None
    access_token: str | None
    bot_enabled: bool | None


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.SENDERS, bound=False)
async def create(
    viewer: Viewer,
    *,
    phone_number: str,
    provider: SenderProvider,
    name: str | None = None,
    is_default: bool = False,
    phone_number_id: str | None = None,
    business_account_id: str | None = None,
    access_token: str | None = None,
    bot_enabled: bool = True,
) -> Sender:
    """Registers a number; the first is the default. Raises DUPLICATE_RESOURCE, WHATSAPP_API_ERROR.

    One of the Cloud API is connected straight away; one of WAHA has its session started, and waits to be scanned.
    """
    check, values = Checks(), dict[str, Any]()
    with check():
        values["phone_number"] = parse_phone(phone_number, field="phoneNumber")
    given: SenderChanges = {
        "name": name,
        "phone_number_id": phone_number_id,
        "business_account_id": business_account_id,
        "access_token": access_token,
    }
    if provider is SenderProvider.WAHA:
        with check():
            sessions.check_set_up()
    values |= _checked(check, given, provider)
    check.done()
    news = await _open(values["phone_number"]) if provider is SenderProvider.WAHA else None
    with unique("sender_number", "This number is registered already.", field="phoneNumber"):
        async with transaction():
            first = await _lock_default()
            if is_default and not first:
                await _unset_default()
            status = SenderStatus.CONNECTED if news is None else SenderStatus.STOPPED
            sender = await Sender.create(
                **values,
                provider=provider,
                status=status,
                is_default=first or is_default,
                session_name=news and news.session,
                bot_enabled=bot_enabled,
            )
            if news is None:
                _record(viewer, sender)
            else:
                await sessions.take_over(sender, news, actor_id=viewer.user_id, asked=True)
            made = {**values, "provider": provider}
            await _note(viewer, "createSender", sender, {name: (None, value) for name, value in made.items()})
    return sender


async def _open(phone_number: str) -> sessions.SessionNews:
    """Starts the session of a new number, before anything is written: where that fails nothing is left half done."""
    if await Sender.filter(phone_number=phone_number, deleted_at=None).exists():
        raise Refusal(
            ErrorCode.DUPLICATE_RESOURCE, "This number is registered already.", field="phoneNumber", reason="duplicate"
        )
    return await sessions.start(Sender(phone_number=phone_number, status=SenderStatus.STOPPED), restart=False)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.SENDERS)
async def update(viewer: Viewer, id: int, **changes: Unpack[SenderChanges]) -> Sender:
    """Changes a sender; is_default true takes that place from the present one, and false is refused: one must be."""
    if "is_default" in changes:
        unbound(viewer)
    provider = (await visible(viewer, id)).provider
    check = Checks()
    values = _checked(check, changes, provider)
    check.done()
    async with transaction():
        if "is_default" in changes:
            await _lock_default()
        sender = await visible(viewer, id, lock="FOR UPDATE")
        if "is_default" in changes and changes["is_default"] != sender.is_default:
            if not changes["is_default"]:
                raise Refusal(
                    ErrorCode.VALIDATION_ERROR,
                    "One sender is the default; make another one so instead.",
                    field="isDefault",
                    reason="default_needed",
                )
            await _unset_default()
            values["is_default"] = True
        if (answers := changes.get("bot_enabled")) is not None:
            values["bot_enabled"] = answers
        noted = {name: (was, value) for name, value in values.items() if (was := getattr(sender, name)) != value}
        if noted:
            await _note(viewer, "updateSender", sender, noted)
        return await _save(sender, **values)


@allow(Role.ADMIN, scope=Scope.SENDERS, bound=False)
async def delete(viewer: Viewer, id: int) -> int:
    """Removes a sender and the tokens bound to it; its messages stay, and the oldest one left becomes the default.

    A session at WAHA is logged out and forgotten there first. Raises INVALID_STATE while a schedule that is not done
    needs it, WHATSAPP_API_ERROR when WAHA does not answer.
    """
    session = (await visible(viewer, id)).session_name
    await _check_unneeded(id)
    if session is not None and get_settings().waha_url:
        await waha_sessions.delete(session)
    async with transaction():
        await _lock_default()
        sender = await visible(viewer, id, lock="FOR UPDATE")
        await _check_unneeded(id)
        was_default = sender.is_default
        await connect.execute(
            "UPDATE sender SET deleted_at = now(), updated_at = now(), is_default = false, status = 'STOPPED',"
            " access_token = NULL WHERE id = $1",
            id,
        )
        if was_default:
            await connect.execute(
                "UPDATE sender SET is_default = true, updated_at = now()"
                " WHERE id = (SELECT id FROM sender WHERE deleted_at IS NULL ORDER BY id LIMIT 1)"
            )
        await ApiToken.filter(sender_id=id).delete()
        sender.status = SenderStatus.STOPPED
        _record(viewer, sender)
        await _note(viewer, "deleteSender", sender, {"phone_number": (sender.phone_number, None)})
    return id


async def _check_unneeded(id: int) -> None:
    if await schedules.needed("sender_id", id):
        raise Refusal(ErrorCode.INVALID_STATE, "Schedules that are not done need this sender.", field="id")


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.SENDERS)
async def connect_sender(viewer: Viewer, id: int, *, restart: bool = False) -> Sender:
    """Starts a sender again and lifts pauses, of countries too; does nothing to one that sends.

    With restart a session at WAHA is stopped first. Raises WHATSAPP_API_ERROR when WAHA does not do it.
    """
    sender = await visible(viewer, id)
    live = sender.active and not restart
    news = None
    if sender.provider is SenderProvider.WAHA and not live:
        sessions.check_set_up()
        news = await sessions.start(sender, restart=restart)
    async with transaction():
        sender = await visible(viewer, id, lock="FOR UPDATE")
        if sender.active and not (sender.paused_until or sender.error_message or sender.closed_countries or news):
            return sender
        was = sender.status
        await _note(viewer, "connectSender", sender)
        if sender.paused_until or sender.closed_countries:
            faults.changed(id)
        sender = await _save(sender, paused_until=None, error_message=None, closed_countries=[])
        if news is not None:
            await sessions.take_over(sender, news, actor_id=viewer.user_id, asked=True)
        else:
            sender = await _save(sender, status=SenderStatus.CONNECTED)
            if was is not sender.status:
                _record(viewer, sender)
        ring("dispatch", id)
    return sender


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.SENDERS)
async def disconnect_sender(viewer: Viewer, id: int, *, logout: bool = False) -> Sender:
    """Stops a sender: nothing more leaves than is in flight already, and its queue waits.

    With logout a session at WAHA forgets its authentication too. Raises WHATSAPP_API_ERROR when WAHA does not do it.
    """
    sender = await visible(viewer, id)
    if logout and sender.provider is not SenderProvider.WAHA:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "Only senders of WAHA can be logged out.",
            field="logout",
            reason="not_applicable",
        )
    news = await sessions.stop(sender, logout=logout) if sender.provider is SenderProvider.WAHA else None
    async with transaction():
        sender = await visible(viewer, id, lock="FOR UPDATE")
        if news is None and sender.status is SenderStatus.STOPPED:
            return sender
        await _note(viewer, "disconnectSender", sender)
        if news is not None:
            await sessions.take_over(sender, news, actor_id=viewer.user_id, asked=True)
            return sender
        sender = await _save(sender, status=SenderStatus.STOPPED)
        _record(viewer, sender)
    return sender


_CLOUD_ONLY = {
    "phone_number_id": "phoneNumberId",
    "business_account_id": "businessAccountId",
    "access_token": "accessToken",
}

_ID = re.compile(r"[A-Za-z0-9_-]+")


def _id_of_meta(value: str, field: str) -> str:
    """An id goes into the paths of the Graph API, where other signs would lead elsewhere, with the sender's token."""
    value = text(value, field, most=64)
    if not _ID.fullmatch(value):
        words = "An id of Meta's has letters, digits, - and _ alone."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="invalid_characters")
    return value


def _checked(check: Checks, given: SenderChanges, provider: SenderProvider) -> dict[str, Any]:
    """Columns of what was given, each within its bounds; what only the Cloud API has is refused of others."""
    values: dict[str, Any] = {}
    if provider is not SenderProvider.CLOUD_API:
        for column, field in _CLOUD_ONLY.items():
            with check():
                if given.get(column) is not None:
                    raise Refusal(
                        ErrorCode.VALIDATION_ERROR,
                        "Only senders of the Cloud API have this.",
                        field=field,
                        reason="not_applicable",
                    )
        given = {"name": given["name"]} if "name" in given else {}
    with check():
        if "name" in given:
            values["name"] = optional_text(given["name"], "name", most=100)
    with check():
        if "phone_number_id" in given:
            values["phone_number_id"] = _id_of_meta(given["phone_number_id"] or "", "phoneNumberId")
    with check():
        if "business_account_id" in given:
            account = optional_text(given["business_account_id"], "businessAccountId", most=64)
            values["business_account_id"] = account and _id_of_meta(account, "businessAccountId")
    with check():
        if "access_token" in given:
            token = text(given["access_token"] or "", "accessToken", most=4096)
            if not (token.isascii() and token.isprintable()) or " " in token:
                # It goes into a header; this is what a token looks like that was copied with something else.
                raise Refusal(
                    ErrorCode.VALIDATION_ERROR,
                    "A token has letters, digits and signs of ASCII, without spaces.",
                    field="accessToken",
                    reason="invalid_characters",
                )
            values["access_token"] = seal(token)
    return values


async def _lock_default() -> bool:
    """Keeps others from changing the default until the end of the transaction; answers whether there is none."""
    await connect.execute("SELECT pg_advisory_xact_lock($1)", _DEFAULT_LOCK)
    return not await Sender.filter(is_default=True, deleted_at=None).exists()


async def _unset_default() -> None:
    await connect.execute("UPDATE sender SET is_default = false, updated_at = now() WHERE is_default")


async def _save(sender: Sender, **values: Any) -> Sender:
    if not values:
        return sender
    for column, value in (values | {"updated_at": await connect.value("SELECT now()")}).items():
        setattr(sender, column, value)
    await sender.save(update_fields=[*values, "updated_at"])
    return sender


def _record(viewer: Viewer, sender: Sender) -> None:
    record(
        EventType.SENDER_STATUS_CHANGED,
        "Sender",
        sender.id,
        actor_id=viewer.user_id,
        sender_id=sender.id,
        data={"status": sender.status.value},
    )


async def _note(
    viewer: Viewer, action: str, sender: Sender, changes: Mapping[str, tuple[Any, Any]] | None = None
) -> None:
    shown = {
        name: (audit.HIDDEN, audit.HIDDEN) if name == "access_token" else change
        for name, change in (changes or {}).items()
    }
    await audit.note(viewer, action, shown, subject=("Sender", sender.id))

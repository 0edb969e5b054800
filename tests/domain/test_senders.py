"""Senders: registering and changing them, exactly one default, and who may."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import ApiToken, Role, Scope
from db.core import connect
from db.core.paging import PageRequest
from db.senders import Sender, SenderProvider, SenderStatus
from domain import senders
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal, Refusals
from domain.core.secrets import unseal
from domain.senders import SenderOrder
from tests import factories
from tests.callers import check_attempts, each_caller
from tests.crowds import crowd
from tests.factories import phone, unique

MARKETER = Viewer(role=Role.MARKETER)


async def events_of(sender_id: int) -> list[str]:
    found = await connect.rows(
        "SELECT data->>'status' AS status FROM event WHERE type = 'SENDER_STATUS_CHANGED' AND subject_id = $1"
        " AND sender_id = $1 ORDER BY number",
        sender_id,
    )
    return [row["status"] for row in found]


async def defaults() -> list[int]:
    return [row.id for row in await Sender.filter(is_default=True, deleted_at=None)]


async def test_a_new_sender_is_connected_and_its_token_is_kept_encrypted() -> None:
    sender = await senders.create(
        MARKETER,
        phone_number="0055 (11) 91234-5678",
        provider=SenderProvider.CLOUD_API,
        name="  Sales ",
        phone_number_id="1234",
        business_account_id="waba",
        access_token="very-secret",
    )
    stored = await Sender.get(id=sender.id)
    assert (stored.phone_number, stored.name, stored.status) == ("+5511912345678", "Sales", SenderStatus.CONNECTED)
    assert (stored.active, stored.requires_auth, stored.phone_number_id) == (True, False, "1234")
    assert stored.access_token is not None
    assert b"very-secret" not in stored.access_token
    assert unseal(stored.access_token) == "very-secret"
    assert await events_of(sender.id) == ["CONNECTED"]


async def test_what_the_cloud_api_needs_must_be_given_one_error_a_field() -> None:
    before = await Sender.all().count()
    with pytest.raises(Refusals) as caught:
        await senders.create(SYSTEM, phone_number="12", provider=SenderProvider.CLOUD_API, name="n" * 101)
    found = {refusal.field: refusal.code for refusal in caught.value.refusals}
    assert found == {
        "phoneNumber": ErrorCode.INVALID_PHONE_NUMBER,
        "name": ErrorCode.VALIDATION_ERROR,
        "phoneNumberId": ErrorCode.VALIDATION_ERROR,
        "accessToken": ErrorCode.VALIDATION_ERROR,
    }
    assert await Sender.all().count() == before


async def test_a_number_is_registered_once_at_a_time() -> None:
    number = phone()

    attempts = (factories.sender(phone_number=number) for _ in range(5))
    answers = await asyncio.gather(*attempts, return_exceptions=True)
    refusals = [(answer.code, answer.field) for answer in answers if isinstance(answer, Refusal)]
    assert refusals == [(ErrorCode.DUPLICATE_RESOURCE, "phoneNumber")] * 4
    sender = await Sender.get(phone_number=number)
    await senders.delete(SYSTEM, sender.id)
    assert (await factories.sender(phone_number=number)).id != sender.id


async def test_there_is_one_default_whatever_happens_at_once() -> None:
    made = [await factories.sender() for _ in range(6)]
    await asyncio.gather(
        *(senders.update(SYSTEM, sender.id, is_default=True) for sender in made[:4]),
        *(factories.sender(is_default=True) for _ in range(3)),
        senders.delete(SYSTEM, made[5].id),
    )
    assert len(await defaults()) == 1


async def test_the_oldest_left_becomes_the_default() -> None:
    sender = await factories.sender(is_default=True)
    assert await defaults() == [sender.id]
    assert (await senders.default_sender()).id == sender.id
    await senders.delete(SYSTEM, sender.id)
    oldest = await Sender.filter(deleted_at=None).order_by("id").first()
    assert oldest is not None
    assert await defaults() == [oldest.id]


async def test_the_default_gives_its_place_only_to_another() -> None:
    sender = await factories.sender(is_default=True)
    with pytest.raises(Refusal) as caught:
        await senders.update(SYSTEM, sender.id, is_default=False)
    assert (caught.value.code, caught.value.field) == (ErrorCode.VALIDATION_ERROR, "isDefault")
    assert await defaults() == [sender.id]
    other = await senders.update(SYSTEM, (await factories.sender()).id, is_default=True)
    assert other.is_default
    assert await defaults() == [other.id]


async def test_an_update_changes_what_is_given() -> None:
    sender = await factories.sender(name="Before")
    changed = await senders.update(MARKETER, sender.id, name=None, access_token="new")
    assert changed.updated_at > sender.updated_at
    stored = await Sender.get(id=sender.id)
    assert (stored.name, stored.phone_number_id) == (None, sender.phone_number_id)
    assert stored.access_token is not None
    assert unseal(stored.access_token) == "new"
    with pytest.raises(Refusal) as caught:
        await senders.update(MARKETER, sender.id, name="After", phone_number_id=" ")
    assert caught.value.field == "phoneNumberId"
    assert (await Sender.get(id=sender.id)).name is None
    assert (await senders.update(MARKETER, sender.id)).updated_at == changed.updated_at


async def test_connecting_and_disconnecting_is_announced_and_lifts_a_pause() -> None:
    sender = await factories.sender()
    assert (await senders.disconnect_sender(MARKETER, sender.id)).status is SenderStatus.STOPPED
    stopped = await senders.disconnect_sender(MARKETER, sender.id)
    assert (stopped.active, stopped.requires_auth) == (False, True)
    assert (await senders.connect_sender(MARKETER, sender.id)).status is SenderStatus.CONNECTED
    await senders.connect_sender(MARKETER, sender.id)
    assert await events_of(sender.id) == ["CONNECTED", "STOPPED", "CONNECTED"]
    pause = datetime.now(UTC) + timedelta(hours=1)
    await Sender.filter(id=sender.id).update(paused_until=pause, error_message="slow down")
    connected = await senders.connect_sender(MARKETER, sender.id)
    assert (connected.paused_until, connected.error_message) == (None, None)


async def test_a_deleted_sender_is_gone_with_the_tokens_bound_to_it() -> None:
    sender = await factories.sender()
    user = await factories.user()
    token = await ApiToken.create(
        user_id=user.id, sender_id=sender.id, name="t", digest=unique(), prefix="p", scopes=["READ"]
    )
    assert await senders.delete(SYSTEM, sender.id) == sender.id
    with pytest.raises(Refusal) as caught:
        await senders.get(SYSTEM, sender.id)
    assert caught.value.code is ErrorCode.NOT_FOUND
    assert not await ApiToken.filter(id=token.id).exists()
    assert (await senders.by_ids(SYSTEM, [sender.id]))[0] is not None
    assert (await Sender.get(id=sender.id)).access_token is None


@pytest.mark.parametrize("status", ["PENDING", "HELD", "PROCESSING"])
async def test_a_sender_that_schedules_need_stays(status: str) -> None:
    sender, template = await factories.sender(), await factories.template()
    schedule = await connect.value(
        "INSERT INTO schedule (template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to)"
        " VALUES ($1, $2, $3, '{}', $4, now() + interval '1 day', 0, 0) RETURNING id",
        *(template.id, await crowd(1), sender.id, status),
    )
    with pytest.raises(Refusal) as caught:
        await senders.delete(SYSTEM, sender.id)
    assert caught.value.code is ErrorCode.INVALID_STATE
    assert (await senders.get(SYSTEM, sender.id)).active
    await connect.execute("UPDATE schedule SET status = 'FAILED' WHERE id = $1", schedule)
    assert await senders.delete(SYSTEM, sender.id) == sender.id


async def test_senders_are_found_by_what_they_are() -> None:
    word = unique("Office")
    first = await factories.sender(name=f"{word} 50%_a")
    second = await factories.sender(name=f"{word} b")
    await senders.disconnect_sender(SYSTEM, second.id)

    async def found(**filters: Any) -> list[int]:
        page = await senders.find(SYSTEM, page=PageRequest(first=100), **{"search": word, **filters})
        return [row.id for row in page.rows]

    assert await found() == [second.id, first.id]
    assert await found(descending=False) == [first.id, second.id]
    assert await found(order=SenderOrder.NAME, descending=False) == [first.id, second.id]
    assert await found(active=True) == [first.id]
    assert await found(active=False) == [second.id]
    assert await found(status=[SenderStatus.STOPPED, SenderStatus.FAILED]) == [second.id]
    assert await found(provider=[]) == []
    assert await found(search=f"{word.upper()} 50%_") == [first.id]
    assert await found(search=f"{word} %") == []
    spelled = first.phone_number.removeprefix("+") + "@c.us"
    assert await found(search=None, phone_number=spelled) == [first.id]


async def test_silent_senders_come_last_by_sign_of_life() -> None:
    word = unique("Silent")
    silent, early, late = [await factories.sender(name=word) for _ in range(3)]
    now = datetime.now(UTC)
    await Sender.filter(id=early.id).update(last_active_at=now - timedelta(days=1))
    await Sender.filter(id=late.id).update(last_active_at=now)
    for descending, order in ((True, [late, early, silent]), (False, [early, late, silent])):
        page = await senders.find(
            SYSTEM, search=word, order=SenderOrder.LAST_ACTIVE_AT, descending=descending, page=PageRequest(first=5)
        )
        assert [row.id for row in page.rows] == [row.id for row in order]


async def test_a_token_that_is_bound_to_a_sender_sees_and_changes_that_one_alone() -> None:
    own, other = await factories.sender(), await factories.sender()
    bound = Viewer(role=Role.ADMIN, scopes=frozenset(Scope), sender_id=own.id)
    assert (await senders.get(bound, own.id)).id == own.id
    assert [row.id for row in (await senders.find(bound, page=PageRequest())).rows] == [own.id]
    assert await (await senders.find(bound, page=PageRequest())).total() == 1
    assert [row and row.id for row in await senders.by_ids(bound, [other.id, own.id])] == [None, own.id]
    assert (await senders.choose(bound, None)).id == own.id
    attempts: list[Any] = [
        senders.get(bound, other.id),
        senders.update(bound, other.id, name="x"),
        senders.connect_sender(bound, other.id),
        senders.disconnect_sender(bound, other.id),
        senders.choose(bound, other.id),
    ]
    for attempt in attempts:
        with pytest.raises(Refusal) as caught:
            await attempt
        assert caught.value.code is ErrorCode.NOT_FOUND
    beyond: list[Any] = [
        senders.create(bound, phone_number=phone(), provider=SenderProvider.CLOUD_API),
        senders.update(bound, own.id, is_default=True),
        senders.delete(bound, own.id),
        senders.delete(bound, other.id),
    ]
    for attempt in beyond:
        with pytest.raises(Refusal) as caught:
            await attempt
        assert caught.value.code is ErrorCode.AUTHORIZATION_ERROR
    kept = await Sender.get(id=own.id)
    assert (kept.is_default, kept.deleted_at) == (False, None)
    assert (await Sender.get(id=other.id)).status is SenderStatus.CONNECTED


async def test_a_paused_sender_sends_nothing_until_its_time() -> None:
    sender = await factories.sender()
    assert await senders.account(sender.id) is not None
    pause = "UPDATE sender SET paused_until = now() + $2::interval WHERE id = $1"
    await connect.execute(pause, sender.id, timedelta(minutes=1))
    assert await senders.account(sender.id) is None
    await connect.execute(pause, sender.id, timedelta(seconds=-1))
    assert await senders.account(sender.id) is not None


@pytest.mark.parametrize("token", ["EAAJ\u2026", "Bearer EAAJ", "EAAJ\nx", "\u200bEAAJ"])
async def test_a_token_that_no_header_can_carry_is_refused(token: str) -> None:
    sender = await factories.sender()
    with pytest.raises(Refusal) as caught:
        await senders.update(MARKETER, sender.id, access_token=token)
    assert (caught.value.code, caught.value.field) == (ErrorCode.VALIDATION_ERROR, "accessToken")


@each_caller(Scope.SENDERS)
async def test_who_may_do_what(viewer: Viewer) -> None:
    sender = await factories.sender()
    scoped = viewer.scopes is None
    changes = viewer.role in (Role.ADMIN, Role.MARKETER) and (scoped or Scope.SENDERS in (viewer.scopes or ()))
    attempts: list[tuple[Any, bool]] = [
        (senders.get(viewer, sender.id), viewer.known and (scoped or Scope.READ in (viewer.scopes or ()))),
        (senders.update(viewer, sender.id, name="Changed"), changes),
        (senders.disconnect_sender(viewer, sender.id), changes),
        (senders.connect_sender(viewer, sender.id), changes),
        (senders.delete(viewer, sender.id), changes and viewer.role is Role.ADMIN),
    ]
    await check_attempts(viewer, attempts)
    if not changes:
        kept = await Sender.get(id=sender.id)
        assert (kept.name, kept.status, kept.deleted_at) == (None, SenderStatus.CONNECTED, None)
        assert await events_of(sender.id) == ["CONNECTED"]

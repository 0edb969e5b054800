"""Groups: their rules, their members, and that a refusal changes nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.accounts import Role, Scope
from db.contacts import Contact
from db.core import connect
from db.core.paging import PageRequest
from db.groups import Group, GroupMember
from db.schedules import Schedule, ScheduleStatus
from db.senders import Sender
from domain import contacts, groups
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from domain.groups import GroupOrder
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.crowds import crowd
from tests.factories import unique
from tests.statements import statements

HIDDEN = (ErrorCode.NOT_FOUND, "id", None)
WRITERS = {Role.ADMIN, Role.MARKETER}


async def schedule(group: Group, status: ScheduleStatus, sender: Sender | None = None, **given: Any) -> Schedule:
    """A schedule for a group, far in the future, so that nobody starts it."""
    return await Schedule.create(
        template=await factories.template(),
        group=group,
        sender=sender or await factories.sender(),
        variables={},
        outcome=status,
        send_at=datetime.now(UTC) + timedelta(days=365),
        **given,
    )


async def members(group: Group) -> set[int]:
    return {row.contact_id for row in await GroupMember.filter(group_id=group.id)}


async def found(viewer: Viewer = SYSTEM, **criteria: Any) -> list[int]:
    page = await groups.find(viewer, page=PageRequest(), **criteria)
    return [group.id for group in page.rows]


async def test_create_with_first_members() -> None:
    ana, ben = await factories.contact(), await factories.contact()
    name = unique("Friends")
    group = await groups.create(SYSTEM, name=f" {name} ", description=" Ours ", contact_ids=[ana.id, ben.id, ana.id])
    stored = await Group.get(id=group.id)
    assert (stored.name, stored.description) == (name, "Ours")
    assert await members(group) == {ana.id, ben.id}
    assert await groups.contact_counts(SYSTEM, [group.id]) == [2]
    bare = await groups.create(SYSTEM, name=unique(), description="")
    assert (bare.description, await members(bare)) == (None, set())


@pytest.mark.parametrize(
    ("given", "code", "field", "reason"),
    [
        ({"name": " "}, ErrorCode.VALIDATION_ERROR, "name", "required"),
        ({"name": "x" * 101}, ErrorCode.VALIDATION_ERROR, "name", "too_long"),
        ({"description": "x" * 501}, ErrorCode.VALIDATION_ERROR, "description", "too_long"),
        ({"contact_ids": list(range(1, 10_002))}, ErrorCode.VALIDATION_ERROR, "contactIds", "too_many"),
        ({"contact_ids": [2**40]}, ErrorCode.NOT_FOUND, "contactIds", None),
    ],
)
async def test_what_is_wrong_is_told_by_field_and_nothing_changes(
    given: dict[str, Any], code: ErrorCode, field: str, reason: str
) -> None:
    ana = await factories.contact()
    group, before = await factories.group(ana), await Group.all().count()
    assert await only(groups.create(SYSTEM, **{"name": unique(), **given})) == (code, field, reason)
    changes = {"name": unique(), "description": "New", **given}
    assert await only(groups.update(SYSTEM, group.id, **changes)) == (code, field, reason)
    untouched = await Group.get(id=group.id)
    assert (untouched.name, untouched.description, untouched.updated_at) == (group.name, None, group.updated_at)
    assert await members(group) == {ana.id}
    assert await Group.all().count() == before


async def test_each_field_at_fault_has_its_own_error() -> None:
    found = await refused(groups.create(SYSTEM, name="", description="x" * 501))
    assert {field for _, field, _ in found} == {"name", "description"}


async def test_a_name_belongs_to_one_group_whatever_its_case_however_many_try() -> None:
    name = unique("Name")
    outcomes = await asyncio.gather(
        *(groups.create(SYSTEM, name=each) for each in (name, name.upper()) * 3), return_exceptions=True
    )
    [made] = [outcome for outcome in outcomes if isinstance(outcome, Group)]
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)} == {ErrorCode.DUPLICATE_RESOURCE}
    other = await factories.group()
    taken = (ErrorCode.DUPLICATE_RESOURCE, "name", "already_exists")
    assert await only(groups.update(SYSTEM, other.id, name=name.lower(), description="New")) == taken
    assert (await Group.get(id=other.id)).description is None
    assert (await groups.update(SYSTEM, made.id, name=name.swapcase())).name == name.swapcase()
    await groups.delete(SYSTEM, made.id)
    assert (await groups.update(SYSTEM, other.id, name=name)).name == name


async def test_update_is_partial_and_replaces_members_at_once() -> None:
    ana, ben, cid = [await factories.contact() for _ in range(3)]
    group = await groups.create(SYSTEM, name=unique(), description="Ours", contact_ids=[ana.id, ben.id])
    renamed = await groups.update(SYSTEM, group.id, name=unique())
    assert (renamed.description, await members(group)) == ("Ours", {ana.id, ben.id})
    changed = await groups.update(SYSTEM, group.id, contact_ids=[ben.id, cid.id, cid.id], description=None)
    assert (changed.name, changed.description, await members(group)) == (renamed.name, None, {ben.id, cid.id})
    assert changed.updated_at > renamed.updated_at
    same = await groups.update(SYSTEM, group.id, contact_ids=[cid.id, ben.id])
    assert same.updated_at == changed.updated_at
    assert (await only(groups.update(SYSTEM, group.id, name=None)))[1:] == ("name", "required")
    await contacts.delete(SYSTEM, ana.id)
    gone = groups.update(SYSTEM, group.id, contact_ids=[ana.id])
    assert await only(gone) == (ErrorCode.NOT_FOUND, "contactIds", None)
    assert await members(group) == {ben.id, cid.id}
    await groups.update(SYSTEM, group.id, contact_ids=None)
    assert await members(group) == set()
    assert await only(groups.update(SYSTEM, 2**40, name=unique())) == HIDDEN


async def test_ten_thousand_members_are_replaced_in_few_statements() -> None:
    group = await Group.get(id=await crowd(10_000))
    everyone = sorted(await members(group))
    with statements() as asked:
        await groups.update(SYSTEM, group.id, contact_ids=everyone[5_000:])
        await groups.update(SYSTEM, group.id, contact_ids=everyone)
    assert len(asked) <= 16
    assert await groups.contact_counts(SYSTEM, [group.id]) == [10_000]


async def test_replacements_at_once_leave_the_members_of_one_of_them() -> None:
    people = [(await factories.contact()).id for _ in range(12)]
    group = await factories.group()
    sets = [people[:6], people[6:], people[3:9], people[::-1]]
    for _ in range(3):
        await asyncio.gather(*(groups.update(SYSTEM, group.id, contact_ids=ids) for ids in sets))
        assert await members(group) in [set(ids) for ids in sets]


async def test_members_joining_leaving_and_deleted_at_once_never_lock_each_other_out() -> None:
    people = [await factories.contact() for _ in range(6)]
    one, two = await factories.group(), await factories.group()
    ids = [person.id for person in people]
    outcomes = await asyncio.gather(
        *(groups.update(SYSTEM, group.id, contact_ids=order) for group in (one, two) for order in (ids, ids[::-1])),
        *(contacts.update(SYSTEM, id, group_ids=[two.id, one.id]) for id in ids[:4]),
        *(contacts.delete(SYSTEM, id) for id in ids[4:]),
        return_exceptions=True,
    )
    assert {type(outcome) for outcome in outcomes} <= {Group, Contact, int, Refusal}
    deleted = {person.id for person in await Contact.filter(id__in=ids).exclude(deleted_at=None)}
    assert deleted == set(ids[4:])
    assert not (await members(one) | await members(two)) & deleted


async def test_delete_lets_the_contacts_go() -> None:
    ana = await factories.contact()
    group = await factories.group(ana)
    await schedule(group, ScheduleStatus.SENT)
    assert await groups.delete(SYSTEM, group.id) == group.id
    assert await only(groups.get(SYSTEM, group.id)) == HIDDEN
    assert await only(groups.delete(SYSTEM, group.id)) == HIDDEN
    assert (await contacts.get(SYSTEM, ana.id)).updated_at == ana.updated_at
    assert await groups.of_contacts(SYSTEM, [ana.id]) == [[]]
    [named] = await groups.by_ids(SYSTEM, [group.id])
    assert named is not None
    assert named.name == group.name
    assert group.id not in await found(search=group.name)


@pytest.mark.parametrize("status", [ScheduleStatus.PENDING, ScheduleStatus.HELD, ScheduleStatus.PROCESSING])
async def test_a_group_that_a_schedule_needs_stays(status: ScheduleStatus) -> None:
    ana = await factories.contact()
    group = await factories.group(ana)
    waiting = await schedule(group, status)
    assert await only(groups.delete(SYSTEM, group.id)) == (ErrorCode.INVALID_STATE, "id", "in_use")
    assert await members(group) == {ana.id}
    await Schedule.filter(id=waiting.id).update(outcome=ScheduleStatus.CANCELLED)
    assert await groups.delete(SYSTEM, group.id) == group.id


async def test_deleting_waits_for_whoever_is_scheduling_for_the_group() -> None:
    group = await factories.group(await factories.contact())
    sender, template = await factories.sender(), await factories.template()
    async with connect.connection() as conn:
        other = conn.transaction()
        await other.start()
        await conn.execute("SELECT 1 FROM contact_group WHERE id = $1 FOR SHARE", group.id)
        deleting = asyncio.create_task(only(groups.delete(SYSTEM, group.id)))
        await asyncio.sleep(0.2)
        assert not deleting.done()
        await conn.execute(
            "INSERT INTO schedule "
            "(template_id, group_id, sender_id, variables, status, send_at, excluded, fanned_out_to) "
            "VALUES ($1, $2, $3, '{}', 'PENDING', now() + interval '1 year', 0, 0)",
            template.id,
            group.id,
            sender.id,
        )
        await other.commit()
    assert await deleting == (ErrorCode.INVALID_STATE, "id", "in_use")


async def test_counts_of_schedules() -> None:
    group, other, one, two = (
        await factories.group(),
        await factories.group(),
        await factories.sender(),
        await factories.sender(),
    )
    for status in ScheduleStatus:
        if status is not ScheduleStatus.ARCHIVED:
            await schedule(group, status, one)
    await schedule(group, ScheduleStatus.SENT, two, archived_at=datetime.now(UTC))
    await schedule(group, ScheduleStatus.SENT, two, deleted_at=datetime.now(UTC))
    figures, none = await groups.schedule_counts(SYSTEM, [group.id, other.id])
    assert (figures.scheduled, figures.sent) == (3, 2), "a held one waits too"
    assert (none.scheduled, none.sent) == (0, 0)
    [own] = await groups.schedule_counts(token(Scope.READ, sender_id=two.id), [group.id])
    assert (own.scheduled, own.sent) == (0, 1)


async def test_find_groups() -> None:
    word = unique("Zz%_")
    ben = await groups.create(SYSTEM, name=f"ben {word}")
    ann = await groups.create(SYSTEM, name=f"Ann {unique()}", description=f"About {word}")
    await groups.update(SYSTEM, ben.id, description="Newer")
    assert await found(search=word.upper()) == [ann.id, ben.id]
    assert await found(search=word, order=GroupOrder.NAME, descending=False) == [ann.id, ben.id]
    assert await found(search=word, order=GroupOrder.UPDATED_AT) == [ben.id, ann.id]
    assert await found(search=word.replace("%", "x")) == []
    assert (await only(groups.find(SYSTEM, search="x" * 201, page=PageRequest())))[1:] == ("search", "too_long")


async def test_members_come_in_pages_for_many_groups_at_once() -> None:
    people = [await factories.contact() for _ in range(5)]
    big, small, empty = await factories.group(*people), await factories.group(people[0]), await factories.group()
    ids = [big.id, small.id, empty.id]
    with statements() as asked:
        pages = await groups.pages_of_contacts(SYSTEM, ids, PageRequest(first=2))
        totals = [await pages[id].total() for id in ids]
    assert totals == [5, 1, 0]
    assert len(asked) == 2
    assert [row.id for row in pages[big.id].rows] == [people[4].id, people[3].id]
    assert ([row.id for row in pages[small.id].rows], pages[empty.id].rows) == ([people[0].id], [])
    after = pages[big.id].cursor(pages[big.id].rows[1])
    rest = await groups.pages_of_contacts(SYSTEM, [big.id], PageRequest(first=5, after=after))
    assert [row.id for row in rest[big.id].rows] == [people[2].id, people[1].id, people[0].id]


async def test_every_kind_of_caller() -> None:
    await check_callers(lambda v: groups.get(v, 2**40), set(Role), Scope.READ)
    await check_callers(lambda v: groups.create(v, name=""), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: groups.update(v, 2**40), WRITERS, Scope.CONTACTS)
    await check_callers(lambda v: groups.delete(v, 2**40), WRITERS, Scope.CONTACTS)


async def test_a_token_bound_to_a_sender_sees_groups_of_its_schedules_and_changes_none() -> None:
    word = unique()
    mine, theirs = [await groups.create(SYSTEM, name=f"{letter} {word}") for letter in "ab"]
    one, two = await factories.sender(), await factories.sender()
    await schedule(mine, ScheduleStatus.SENT, one)
    await schedule(theirs, ScheduleStatus.SENT, two)
    bound = token(*Scope, sender_id=one.id)
    assert (await groups.get(bound, mine.id)).id == mine.id
    assert await only(groups.get(bound, theirs.id)) == HIDDEN
    assert await found(bound, search=word) == [mine.id]
    seen = await groups.by_ids(bound, [theirs.id, mine.id])
    assert [group and group.id for group in seen] == [None, mine.id]
    for doing in (
        groups.create(bound, name=unique()),
        groups.update(bound, mine.id, name=unique()),
        groups.delete(bound, mine.id),
    ):
        assert (await only(doing))[0] is ErrorCode.AUTHORIZATION_ERROR
    assert (await Group.get(id=mine.id)).updated_at == mine.updated_at

"""Labels, custom values and time zones: what may stand in them, what follows from numbers, and finding by them."""

from typing import Any

import pytest

from db.contacts import Contact
from db.contacts.zones import zone_of
from db.core import connect
from db.core.paging import PageRequest
from domain import contacts
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.templates.placeholders import own_values
from tests import factories
from tests.callers import only
from tests.factories import phone, unique

INVALID = ErrorCode.VALIDATION_ERROR


async def ids(**criteria: Any) -> list[int]:
    page = await contacts.find(SYSTEM, page=PageRequest(), descending=False, **criteria)
    return [contact.id for contact in page.rows]


async def test_labels_are_kept_once_and_in_order() -> None:
    contact = await factories.contact(tags=[" vip", "a", "vip", "É"])
    assert contact.tags == ["a", "vip", "É"]
    assert (await contacts.update(SYSTEM, contact.id, company="Acme")).tags == ["a", "vip", "É"]
    assert (await contacts.update(SYSTEM, contact.id, tags=["b"])).tags == ["b"]
    assert (await contacts.update(SYSTEM, contact.id, tags=None)).tags == []


async def test_custom_values_are_merged_and_null_removes() -> None:
    given = {"plan": "gold", "age": 41, "rate": 1.5, "member": True, "gone": None}
    contact = await factories.contact(attributes=given)
    assert contact.attributes == {"plan": "gold", "age": 41, "rate": 1.5, "member": True}
    changed = await contacts.update(SYSTEM, contact.id, attributes={"age": None, "plan": "silver", "city": "Faro"})
    assert changed.attributes == {"plan": "silver", "rate": 1.5, "member": True, "city": "Faro"}
    assert (await contacts.update(SYSTEM, contact.id, attributes=None)).attributes == {}


async def test_custom_values_fill_placeholders() -> None:
    contact = await factories.contact(name="Rita", attributes={"plan": "gold", "rate": 1.5, "member": True})
    values = own_values(contact, "+351910000111")
    assert (values["plan"], values["rate"], values["member"], values["name"]) == ("gold", "1.5", "true", "Rita")


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"tags": ["x" * 51]}, "tags", "too_long"),
        ({"tags": [" "]}, "tags", "required"),
        ({"tags": ["a\0"]}, "tags", "invalid_characters"),
        ({"tags": [str(n) for n in range(51)]}, "tags", "too_many"),
        ({"attributes": []}, "attributes", "not_an_object"),
        ({"attributes": {f"a{n}": n for n in range(101)}}, "attributes", "too_many"),
        ({"attributes": {"a b": 1}}, "attributes", "invalid_name"),
        ({"attributes": {"x" * 65: 1}}, "attributes", "invalid_name"),
        ({"attributes": {"first_name": "x"}}, "attributes", "reserved_name"),
        ({"attributes": {"a": "x" * 1001}}, "attributes", "too_long"),
        ({"attributes": {"a": "x\0"}}, "attributes", "invalid_characters"),
        ({"attributes": {"a": ["x"]}}, "attributes", "invalid_value"),
        ({"attributes": {"a": {"b": 1}}}, "attributes", "invalid_value"),
        ({"time_zone": "Mars/Olympus"}, "timeZone", "unknown_time_zone"),
        ({"time_zone": "+02:00"}, "timeZone", "unknown_time_zone"),
    ],
)
async def test_what_is_wrong_is_told_by_field_and_nothing_changes(given: Any, field: str, reason: str) -> None:
    contact, before = await factories.contact(tags=["a"], attributes={"a": 1}), await Contact.all().count()
    assert await only(contacts.create(SYSTEM, name="Ana", **given)) == (INVALID, field, reason)
    assert await only(contacts.update(SYSTEM, contact.id, **given)) == (INVALID, field, reason)
    after = await Contact.get(id=contact.id)
    assert (after.tags, after.attributes, after.updated_at) == (["a"], {"a": 1}, contact.updated_at)
    assert await Contact.all().count() == before


async def test_values_with_those_that_are_there_are_at_most_a_hundred() -> None:
    contact = await factories.contact(attributes={f"a{n}": n for n in range(100)})
    doing = contacts.update(SYSTEM, contact.id, attributes={"one_more": 1})
    assert await only(doing) == (INVALID, "attributes", "too_many")
    changed = await contacts.update(SYSTEM, contact.id, attributes={"one_more": 1, "a0": None})
    assert len(changed.attributes) == 100


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+351910000111", "Europe/Lisbon"),
        ("+12125550100", "America/New_York"),
        ("+13105550100", "America/Los_Angeles"),
        ("+5511987654321", "America/Sao_Paulo"),
        ("+919876543210", "Asia/Calcutta"),
        ("+80012345678", None),
        (None, None),
    ],
)
def test_a_number_points_to_a_zone(number: str | None, zone: str | None) -> None:
    assert zone_of(number) == zone


async def zone(contact: Contact) -> tuple[str | None, bool]:
    found = await Contact.get(id=contact.id)
    return found.time_zone, found.time_zone_inferred


async def test_a_zone_is_inferred_from_the_primary_number_until_somebody_says_it() -> None:
    contact = await factories.contact(phone_number=None)
    assert await zone(contact) == (None, False)
    first = await contacts.create_phone(SYSTEM, contact.id, phone_number=phone())
    assert await zone(contact) == ("America/Sao_Paulo", True)
    second = await contacts.create_phone(SYSTEM, contact.id, phone_number=phone().replace("+55119", "+3519"))
    await contacts.set_primary(SYSTEM, second.id)
    assert (await zone(contact))[0] in ("Europe/Lisbon", "Atlantic/Azores")
    await contacts.update_phone(SYSTEM, second.id, phone_number=phone().replace("+55119", "+336"))
    assert await zone(contact) == ("Europe/Paris", True)
    await contacts.update(SYSTEM, contact.id, time_zone="Asia/Tokyo")
    await contacts.delete_phone(SYSTEM, second.id)
    assert await zone(contact) == ("Asia/Tokyo", False)
    await contacts.update(SYSTEM, contact.id, time_zone=None)
    assert await zone(contact) == ("America/Sao_Paulo", True)
    await contacts.delete_phone(SYSTEM, first.id)
    assert await zone(contact) == (None, False)
    named = await factories.contact(time_zone="Asia/Tokyo")
    assert await zone(named) == ("Asia/Tokyo", False)
    assert await zone(await factories.contact()) == ("America/Sao_Paulo", True)


async def test_a_merge_joins_labels_and_values_and_the_survivors_win() -> None:
    stays = await factories.contact(tags=["b"], attributes={"a": 1})
    goes = await factories.contact(tags=["a", "b"], attributes={"a": 2, "c": 3}, time_zone="Asia/Tokyo")
    merged = await contacts.merge(SYSTEM, stays.id, goes.id)
    assert (merged.tags, merged.attributes) == (["a", "b"], {"a": 1, "c": 3})
    assert (merged.time_zone, merged.time_zone_inferred) == ("Asia/Tokyo", False)


async def test_found_by_labels() -> None:
    one, two, both = unique(), unique(), [unique()]
    first, second = await factories.contact(tags=[one, *both]), await factories.contact(tags=[two, *both])
    assert await ids(tags=[one]) == [first.id]
    assert await ids(tags=[one, two, "nobody"]) == await ids(tags=both) == [first.id, second.id]
    assert await ids(tags=[]) == []


async def test_found_by_custom_values() -> None:
    name = unique("a").replace("-", "_")
    values: list[Any] = [1, 5, 10.5, "7", "2026-03-01", "2026-03-02T10:00:00+02:00", "2026-02-31", "gold", True]
    made = {str(value): (await factories.contact(attributes={name: value})).id for value in values}
    await factories.contact(attributes={"other": 5})

    async def having(**asked: Any) -> set[str]:
        found = await ids(attributes=[{"name": name, **asked}])
        return {value for value, id in made.items() if id in found}

    assert await having() == set(made)
    assert await having(equals=5) == {"5"}
    assert await having(equals="7") == {"7"}
    assert await having(equals=True) == {"True"}
    assert await having(min=5) == {"5", "10.5"}
    assert await having(max=5) == {"1", "5"}
    assert await having(min=2, max=10) == {"5"}
    assert await having(min="2026-03-01") == {"2026-03-01", "2026-03-02T10:00:00+02:00"}
    assert await having(max="2026-03-01") == {"2026-03-01"}
    assert await having(max="2026-03-02") == {"2026-03-01", "2026-03-02T10:00:00+02:00"}
    assert await having(min="2026-03-02T08:00:00Z", max="2026-03-02T08:00:00Z") == {"2026-03-02T10:00:00+02:00"}
    assert await having(min="2026-03-02T08:00:01Z") == set()
    two = [{"name": name, "equals": 5}, {"name": name, "max": 4}]
    assert await ids(attributes=two) == []


@pytest.mark.parametrize(
    ("asked", "field", "reason"),
    [
        ([{"name": "a b"}], "attributes[0].name", "invalid_name"),
        ([{"name": "email"}], "attributes[0].name", "reserved_name"),
        ([{"name": "a"}, {"name": "b", "equals": []}], "attributes[1].equals", "invalid_value"),
        ([{"name": "a", "equals": "x\0"}], "attributes[0].equals", "invalid_characters"),
        ([{"name": "a", "min": True}], "attributes[0].min", "invalid_value"),
        ([{"name": "a", "max": "soon"}], "attributes[0].max", "invalid_value"),
        ([{"name": "a", "max": "9999-12-31"}], "attributes[0].max", "invalid_value"),
        ([{"name": "a"}] * 11, "attributes", "too_many"),
    ],
)
async def test_what_is_wrong_with_a_filter_is_told(asked: Any, field: str, reason: str) -> None:
    assert await only(contacts.find(SYSTEM, attributes=asked, page=PageRequest())) == (INVALID, field, reason)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"search": "rita"}, "contact_search"),
        ({"search": "351 910"}, "contact_search"),
        ({"search": "иван"}, "contact_search"),
        ({"search": "zq"}, "contact_search"),
        ({"search": "田"}, "contact_search"),
        ({"company": "Acme"}, "contact_search"),
        ({"tags": ["vip"]}, "contact_tags"),
        ({"attributes": [{"name": "plan", "equals": "gold"}]}, "contact_attributes"),
        ({"attributes": [{"name": "age", "min": 18}]}, "contact_attributes"),
    ],
)
async def test_an_index_serves_each_filter(asked: dict[str, Any], index: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the planner chooses among a million, it can choose at all: few rows are scanned unless that is forbidden."""
    explained: list[str] = []
    # What imports have added waits in lists beside these indexes, and makes them look dear.
    await connect.execute("VACUUM ANALYZE contact")

    async def explain(sql: str, *values: Any) -> list[Any]:
        async with connect.connection() as connection:
            undone = connection.transaction()
            await undone.start()
            await connection.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
            others = {"contact_search", "contact_tags", "contact_attributes"} - {index}
            await connection.execute(f"DROP INDEX {', '.join(sorted(others))}")
            explained.extend(row[0] for row in await connection.fetch(f"EXPLAIN {sql}", *values))
            await undone.rollback()
        return []

    monkeypatch.setattr(connect, "rows", explain)
    await contacts.find(SYSTEM, page=PageRequest(), **asked)
    told = "\n".join(explained)
    assert index in told
    assert "Index Cond" in told

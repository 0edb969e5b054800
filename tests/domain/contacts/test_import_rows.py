"""What each row of a CSV becomes: contacts made, changed, left or refused, each with a verdict."""

from pathlib import Path

from db.contacts import Contact, DuplicatePolicy, JobStatus, OptInStatus
from db.groups import GroupMember
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.contacts.importing import imported, who, words
from tests.domain.contacts.surroundings import updates_of
from tests.domain.contacts.test_imports import Verdict, progress_of, verdicts
from tests.factories import phone


async def test_every_row_gets_its_verdict_and_what_it_says_is_kept() -> None:
    known, number, second = await factories.contact(name="Known"), phone(), phone()
    group = await factories.group()
    [[of_known]] = await contacts.phones_of(SYSTEM, [known.id])
    job = await imported(
        "name,phone,phone 2,email,company,job title,opt-in\n"
        f"Ada,{number},{second},ada@example.com,Acme,CEO,yes\n"
        "\n"
        f"Twin,{second},,,,,\n"
        f"Other,{of_known.phone_number},,,,,\n"
        "Nobody,,,,,,\n"
        "Wrong,12,,,,,\n"
        f"Wrong,{phone()},34,,,,\n"
        f"Wrong,{phone()},,nobody,,,\n"
        f"Wrong,{phone()},,,,,maybe\n"
        f"Wide,{phone()},,,,,,more\n"
        f"Wide,{phone()},,,,,,,\n"
        f"Short,{phone()}\n"
        f"Two,{phone()},{of_known.phone_number},,,,\n"
        f'"Open,{phone()}\n'
        f"=cmd()|' /C calc'!A0,{phone()},,,,,\n",
        group_ids=[group.id],
    )
    expected: list[Verdict] = [
        (1, "CREATED", None, None),
        (3, "FAILED", "phone", "DUPLICATE_RESOURCE"),
        (4, "SKIPPED", None, None),
        (5, "FAILED", "phone", "VALIDATION_ERROR"),
        (6, "FAILED", "phone", "INVALID_PHONE_NUMBER"),
        (7, "FAILED", "phone 2", "INVALID_PHONE_NUMBER"),
        (8, "FAILED", "email", "VALIDATION_ERROR"),
        (9, "FAILED", "opt-in", "VALIDATION_ERROR"),
        (10, "FAILED", None, "VALIDATION_ERROR"),
        (11, "CREATED", None, None),
        (12, "CREATED", None, None),
        (13, "FAILED", "phone", "DUPLICATE_RESOURCE"),
        (14, "FAILED", None, "VALIDATION_ERROR"),
        (15, "CREATED", None, None),
    ]
    assert await verdicts(job) == expected
    assert (job.status, job.progress, job.total, job.created, job.skipped, job.failed) == (
        JobStatus.COMPLETED,
        1.0,
        15,
        4,
        1,
        9,
    )
    said = dict(zip([row for row, *_ in expected], await words(job), strict=True))
    assert said[3] == "Row 1 is the same contact."
    assert said[10] == "It has 8 cells where the header has 7."
    assert said[13] == "Row 4 is the same contact."
    assert said[14] == "A quotation mark is never closed."
    ada = await who(number)
    assert (ada.name, ada.email, ada.company, ada.job_title) == ("Ada", "ada@example.com", "Acme", "CEO")
    assert ada.opt_in_status is OptInStatus.OPTED_IN
    [[first, other]] = await contacts.phones_of(SYSTEM, [ada.id])
    assert (first.phone_number, first.primary) == (number, True)
    assert (other.phone_number, other.primary) == (second, False)
    assert await updates_of(ada.id) == [None]
    assert await GroupMember.filter(group_id=group.id).count() == 5
    assert await progress_of(job) == ["QUEUED", "COMPLETED"]


async def test_control_characters_that_come_late_fail_their_row() -> None:
    job = await imported("name,phone\n" + "\n" * 65_536 + f"A\0B,{phone()}\nBen,{phone()}\n")
    assert await verdicts(job) == [(65_537, "FAILED", "name", "VALIDATION_ERROR"), (65_538, "CREATED", None, None)]


async def test_known_contacts_become_what_the_row_says_and_get_its_other_numbers() -> None:
    ada, number = await factories.contact(name="Ada", company="Acme"), phone()
    [[of_ada]] = await contacts.phones_of(SYSTEM, [ada.id])
    ben = await factories.contact()
    [[of_ben]] = await contacts.phones_of(SYSTEM, [ben.id])
    content = (
        "name,phone,other phone,company,email,opt in\n"
        f"Ada Luz,{number},{of_ada.phone_number},,ada@example.com,no\n"
        f"Both,{of_ben.phone_number},{of_ada.phone_number},,,\n"
        f"Again,{phone()},{number},,,\n"
    )
    mapping = [
        {"column": "name", "field": contacts.ContactField.NAME},
        {"column": "phone", "field": contacts.ContactField.PHONE_NUMBER},
        {"column": "other phone", "field": contacts.ContactField.PHONE_NUMBER},
        {"column": "email", "field": contacts.ContactField.EMAIL},
        {"column": "opt in", "field": contacts.ContactField.OPT_IN_STATUS},
    ]
    job = await imported(content, mapping=mapping, on_duplicate=DuplicatePolicy.UPDATE)
    assert [verdict for _, verdict, *_ in await verdicts(job)] == ["UPDATED", "FAILED", "FAILED"], await words(job)
    ada = await Contact.get(id=ada.id)
    assert (ada.name, ada.company, ada.email) == ("Ada Luz", "Acme", "ada@example.com")
    assert ada.opt_in_status is OptInStatus.OPTED_OUT
    [phones] = await contacts.phones_of(SYSTEM, [ada.id])
    assert [(one.phone_number, one.primary) for one in phones] == [(of_ada.phone_number, True), (number, False)]


async def test_labels_custom_values_and_time_zone_come_from_columns_too() -> None:
    number, guessed = phone(), phone()
    content = (
        "name;phone;tags;time zone;Ciudad;Código;Puntos;Activo;Saldo;имя2\n"
        f"Ada;{number};vip, new,vip;Europe/Lisbon;Évora;007;12;TRUE;-1.50;x\n"
        f"Ben;{guessed};;;;;;;;\n"
        f"Wrong;{phone()};;Atlantis/City;;;;;;\n"
        f"Wrong;{phone()};{'x' * 51};;;;;;;\n"
        f"Wrong;{phone()};;;{'x' * 1001};;;;;\n"
    )
    job = await imported(content)
    assert await verdicts(job) == [
        (1, "CREATED", None, None),
        (2, "CREATED", None, None),
        (3, "FAILED", "time zone", "VALIDATION_ERROR"),
        (4, "FAILED", "tags", "VALIDATION_ERROR"),
        (5, "FAILED", "attributes", "VALIDATION_ERROR"),
    ]
    ada, ben = await who(number), await who(guessed)
    assert (ada.tags, ada.time_zone, ada.time_zone_inferred) == (["new", "vip"], "Europe/Lisbon", False)
    assert ada.attributes == {
        "ciudad": "Évora",
        "codigo": "007",
        "puntos": 12,
        "activo": True,
        "saldo": -1.5,
        "2": "x",
    }
    assert (ben.tags, ben.attributes, ben.time_zone_inferred) == ([], {}, True)
    update = f"name;phone;puntos;tags\nAda;{number};13;old\n"
    assert (await imported(update, on_duplicate=DuplicatePolicy.UPDATE)).updated == 1
    ada = await who(number)
    assert (ada.tags, ada.attributes["puntos"], ada.attributes["ciudad"]) == (["old"], 13, "Évora")


async def test_the_example_is_imported_as_its_page_says() -> None:
    job = await imported((Path(__file__).parents[3] / "examples/customers.csv").read_bytes())
    assert await verdicts(job) == [
        (1, "CREATED", None, None),
        (2, "CREATED", None, None),
        (3, "CREATED", None, None),
        (4, "CREATED", None, None),
        (5, "FAILED", "Teléfono móvil", "INVALID_PHONE_NUMBER"),
        (6, "FAILED", "Teléfono móvil", "VALIDATION_ERROR"),
        (7, "FAILED", "Teléfono móvil", "DUPLICATE_RESOURCE"),
    ]
    assert (await who("+551131234567")).id == (await who("+5511961230345")).id


async def test_numbers_of_two_contacts_are_no_one_person() -> None:
    one, two = await factories.contact(), await factories.contact()
    [[first], [second]] = await contacts.phones_of(SYSTEM, [one.id, two.id])
    job = await imported(f"name,phone,phone\nX,{first.phone_number},{second.phone_number}\n")
    assert await verdicts(job) == [(1, "FAILED", "phone", "DUPLICATE_RESOURCE")]
    assert await words(job) == ["Its numbers belong to 2 contacts."]


async def test_a_contact_has_twenty_numbers_at_most_after_an_import_too() -> None:
    ada = await factories.contact()
    [[own]] = await contacts.phones_of(SYSTEM, [ada.id])
    for _ in range(18):
        await contacts.create_phone(SYSTEM, ada.id, phone_number=phone())
    head, fits = "name,phone,phone,phone\n", phone()
    update = {"on_duplicate": DuplicatePolicy.UPDATE}
    job = await imported(f"{head}Ada,{own.phone_number},{phone()},{phone()}\n", **update)
    assert await words(job) == ["A contact has at most 20 phone numbers."]
    assert await verdicts(job) == [(1, "FAILED", "phone", "VALIDATION_ERROR")]
    job = await imported(f"{head}Ada,{own.phone_number},{fits},{fits}\n", **update)
    assert job.updated == 1
    assert len((await contacts.phones_of(SYSTEM, [ada.id]))[0]) == 20


async def test_a_last_name_alone_leaves_the_first_one() -> None:
    number = phone()
    await imported(f"first name,last name,phone\nAna,Luz,{number}\n")
    await imported(f"first name,last name,phone\n,Prado,{number}\n", on_duplicate=DuplicatePolicy.UPDATE)
    ana = await who(number)
    assert (ana.name, ana.first_name, ana.last_name) == ("Ana Prado", "Ana", "Prado")


async def test_a_contact_has_a_hundred_custom_values_at_most_after_an_import_too() -> None:
    ada = await factories.contact(attributes={f"a{n}": n for n in range(99)})
    [[own]] = await contacts.phones_of(SYSTEM, [ada.id])
    update = {"on_duplicate": DuplicatePolicy.UPDATE}
    job = await imported(f"name,phone,a5,b1,b2\nAda,{own.phone_number},new,1,2\n", **update)
    assert await verdicts(job) == [(1, "FAILED", "attributes", "VALIDATION_ERROR")]
    assert await words(job) == ["With these the contact would have more than 100 custom values."]
    assert (await Contact.get(id=ada.id)).attributes["a5"] == 5
    assert (await imported(f"name,phone,a5,b1\nAda,{own.phone_number},new,1\n", **update)).updated == 1
    values = (await Contact.get(id=ada.id)).attributes
    assert (len(values), values["a5"]) == (100, "new")

"""How long does a search among many contacts take, for rare and frequent terms, long and short, in each order?

The baseline is the same page with a condition on each column and on the numbers, and no index: what there was before.

python -m benchmarks.contact_search [rows] [searches] [runs]
"""

import statistics
import sys
import time

import uvloop

from benchmarks.measure import installation, report, spread
from db.contacts import Contact
from db.core import connect
from db.core.paging import Order, PageRequest, Where, fetch_page
from domain import contacts
from domain.contacts import ContactOrder
from domain.core.access import SYSTEM

TARGET_MS = 500
PREPARE = """
INSERT INTO contact (name, first_name, last_name, email, company, job_title, tags, attributes, opt_in_status,
                     created_at, numbers)
  SELECT first || ' ' || last, first, last, lower(last) || n || '@example.com', company, job,
         ARRAY['tag' || n % 50], jsonb_build_object('age', 18 + n % 60, 'plan', 'p' || n % 1000), 'UNKNOWN',
         now() - n * interval '1 second', '+1202' || lpad(n::text, 8, '0')
  FROM (SELECT n, initcap(substr(translate(md5(n::text), '0123456789', 'aeioulnrst'), 1, 4 + n % 4)) AS first,
               initcap(substr(translate(md5((n % 50000)::text || 'x'), '0123456789', 'aeioulnrst'), 1, 8)) AS last,
               'Company ' || n % 20000 AS company, (ARRAY['Buyer', 'Engineer', 'Nurse', 'Teacher'])[1 + n % 4] AS job
        FROM generate_series(1, $1::int) n) AS people;
INSERT INTO contact_phone (contact_id, phone_number, is_primary) SELECT id, numbers, true FROM contact;
INSERT INTO contact (name, opt_in_status, created_at) VALUES ('Zqxj Wvkz', 'UNKNOWN', now() - interval '1 year');
VACUUM ANALYZE
"""
TERMS = {
    "nobody's": "zzqqxx",
    "one's": "zqxj",
    "a hundred's": "company 1777",
    "everybody's": "example",
    "a quarter's": "engineer",
    "a number's": "+1 (202) 00-012-345",
    "digits of some": "12345",
    "two rare letters": "qj",
    "two frequent letters": "an",
    "two digits": "77",
    "one letter": "z",
}
FORMER = (
    "contact.name ILIKE {} OR contact.email ILIKE {} OR contact.company ILIKE {} OR contact.job_title ILIKE {}"
    " OR EXISTS (SELECT FROM contact_phone p WHERE p.contact_id = contact.id AND p.phone_number LIKE {})"
)
PAGE = PageRequest(first=50)


async def fill(rows: int) -> None:
    async with connect.connection() as connection:
        await connection.execute("SET statement_timeout = 0")
        await connection.execute("TRUNCATE contact, message RESTART IDENTITY CASCADE")
        for statement in PREPARE.replace("$1::int", str(rows)).split(";\n"):
            await connection.execute(statement, timeout=1200)


async def ours(term: str, order: ContactOrder) -> int:
    return len((await contacts.find(SYSTEM, search=term, order=order, page=PAGE)).rows)


async def former(term: str) -> int:
    where = Where(["contact.deleted_at IS NULL"])
    where.add(FORMER, *[f"%{term}%"] * 5)
    page = await fetch_page(Contact, where, Order("contact.created_at", "timestamptz", descending=True), PAGE)
    return len(page.rows)


async def main(rows: int, searches: int, runs: int) -> None:
    orders = (ContactOrder.CREATED_AT, ContactOrder.NAME, ContactOrder.UPDATED_AT)
    async with installation():
        await fill(rows)
        for name, term in TERMS.items():
            taken = dict[str, list[float]]()
            found = dict[str, int]()
            for _ in range(runs):
                for order in orders:
                    found[order], times = 0, list[float]()
                    for _ in range(searches):
                        began = time.perf_counter()
                        found[order] = await ours(term, order)
                        times.append((time.perf_counter() - began) * 1000)
                    taken.setdefault(order, []).append(statistics.median(times))
                began = time.perf_counter()
                await former(term)
                taken.setdefault("before", []).append((time.perf_counter() - began) * 1000)
            ratios = [was / now for was, now in zip(taken["before"], taken[ContactOrder.CREATED_AT], strict=True)]
            report(
                f"Search for {name} ({term!r})",
                f"{rows:,} contacts, a page of {PAGE.first}, {found[ContactOrder.CREATED_AT]} found",
                ratios,
                f"each below {TARGET_MS} ms",
                **{key: f"{spread(times)} ms" for key, times in taken.items()},
            )


if __name__ == "__main__":
    uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["20000", "5", "2"][len(sys.argv) - 1 :]])))

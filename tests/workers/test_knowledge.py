"""Files that the bot reads, in a worker that is killed."""

from db.contacts import JobStatus
from db.core import connect
from tests.domain.bot.knowing import given_to_read, reading_of
from tests.running import Program
from tests.workers.test_files import until

ROWS = 6000
COUNT = "SELECT count(*) FROM passage WHERE file_id = $1"


async def test_a_worker_that_is_killed_goes_on_where_it_was(environment: dict[str, str], database: None) -> None:
    file = await given_to_read("many.csv", "thing,price\n" + "".join(f"thing {n},{n}\n" for n in range(ROWS)))
    with Program.worker(environment) as worker:

        async def some() -> bool:
            return 200 <= await connect.value(COUNT, file.id) < ROWS

        await until(some, 60)
        worker.kill()
    first = await connect.value("SELECT min(id) FROM passage WHERE file_id = $1", file.id)
    kept = await connect.value(COUNT, file.id)
    assert (await reading_of(file)).status is JobStatus.RUNNING
    assert 200 <= kept < ROWS
    # Nobody waits for the end of its lease here.
    await connect.execute("UPDATE file_reading SET lease_until = now() WHERE file_id = $1", file.id)
    with Program.worker(environment):

        async def done() -> bool:
            return (await reading_of(file)).status is not JobStatus.RUNNING

        await until(done, 60)
    reading = await reading_of(file)
    assert (reading.status, reading.passages, reading.progress) == (JobStatus.COMPLETED, ROWS, 1.0)
    assert await connect.value("SELECT min(id) FROM passage WHERE file_id = $1", file.id) == first
    places = await connect.row("SELECT count(*), max(position) FROM passage WHERE file_id = $1", file.id)
    assert tuple(places or ()) == (ROWS, ROWS - 1)

"""What is due of files: bytes of deleted ones go, and uploads that never came are given up."""

import pytest

from db.contacts import JobStatus
from db.core import connect
from db.files import File
from domain import files
from domain.core.access import SYSTEM
from domain.files import tending
from tests.domain.files.surroundings import PNG, announced, events_of, kept, put, uploaded

pytestmark = [pytest.mark.usefixtures("place"), pytest.mark.timeout(300)]  # the first to want S3 installs its server


async def test_bytes_of_deleted_files_are_removed_and_no_others() -> None:
    gone, stays = await uploaded(), await uploaded()
    await files.delete(SYSTEM, gone.id)
    assert kept(gone.id) == PNG
    assert await tending.tend() is False
    assert (kept(gone.id), kept(stays.id)) == (None, PNG)
    assert (await File.get(id=gone.id)).due_at is None


async def test_an_upload_that_never_came_is_given_up() -> None:
    late, waiting = await announced(), await announced()
    await connect.execute("UPDATE file SET due_at = now() WHERE id = $1", late.file.id)
    await tending.tend()
    found = await File.get(id=late.file.id)
    assert (found.status, found.error_message, found.due_at) == (JobStatus.FAILED, "Its bytes never came.", None)
    assert await events_of(late.file.id) == ["FILE_UPDATED"]
    assert (await File.get(id=waiting.file.id)).status is JobStatus.QUEUED
    assert (await put(waiting)).status is JobStatus.COMPLETED

"""What may be not well: one list, which health tells, metrics count, the log notes and `tidings doctor` explains."""

import asyncio
import shutil
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from redis.exceptions import RedisError

from db.core import connect, leader
from db.core.settings import get_settings
from db.messages.dispatch import FLIGHT_SECONDS
from db.senders import SenderProvider
from db.webhooks import backlogs
from domain import senders, settings
from domain.core import traffic
from domain.core.cache import Cached

JOURNAL_SECONDS = 30
"""Age of the oldest post in the journal that is due, which is worth a word."""
POSTS_PUT_OFF = 10
"""Posts that are tried again later that are: a few are poison, and told of once they are given up."""
QUEUE_SECONDS = 60
"""The same of a queue that nothing holds back: pauses and limits are no fault."""
OVERDUE_SECONDS = 60
"""The same of what the clock should have begun: it looks every second, or oftener."""
JOBS_FAILED = 3
"""Failures of a job within a minute: what it failed at comes again, and a lone one has been made up for."""
BEHIND_SECONDS = 5
"""The same of an event that this server has not told its sockets."""
DOUBT_SECONDS = 60
"""Age of a send whose answer was lost and of which no status told: mostly the first comes within one."""
DOUBTS = 10
"""Such sends that are worth a word: one lost answer is what the grace is for."""
WEBHOOK_SECONDS = 900
"""The same of an event that an outgoing webhook was not told: a receiver that restarts is no fault."""
SILENT_SECONDS = 900
"""Seconds from a send to its first status: mostly one, so that this means that WhatsApp does not reach us."""


class Kind(StrEnum):
    """What can be wrong, by the name that metrics and logs call it."""

    DATABASE_AWAY = "database_away"
    DATABASE_BUSY = "database_busy"
    REDIS_AWAY = "redis_away"
    NO_WORKER = "no_worker"
    NO_CLOCK = "no_clock"
    JOBS_FAIL = "jobs_fail"
    WEBHOOKS_REFUSED = "webhooks_refused"
    JOURNAL_GROWS = "journal_grows"
    POSTS_NOT_UNDERSTOOD = "posts_not_understood"
    QUEUE_STUCK = "queue_stuck"
    SENDS_IN_DOUBT = "sends_in_doubt"
    WORK_OVERDUE = "work_overdue"
    EVENTS_BEHIND = "events_behind"
    WEBHOOK_BEHIND = "webhook_behind"
    SENDER_SILENT = "sender_silent"
    SENDER_REFUSED = "sender_refused"
    SENDER_EXPIRED = "sender_expired"
    SENDER_RESTS = "sender_rests"
    WHATSAPP_AWAY = "whatsapp_away"
    MODEL_AWAY = "model_away"
    FILES_AWAY = "files_away"
    DISK_NEARLY_FULL = "disk_nearly_full"


Found: TypeAlias = Mapping[Kind, str | None]
"""What was looked at, with words for what is not well; what could not be found out is missing."""

DOWN = frozenset({Kind.DATABASE_AWAY, Kind.REDIS_AWAY, Kind.NO_WORKER})
"""Without these nothing is sent; anything else is work that goes on in part."""

MENDS: Mapping[Kind, str] = {
    Kind.DATABASE_AWAY: "Start PostgreSQL, or mend DATABASE_URL. WhatsApp posts again what was refused.",
    Kind.DATABASE_BUSY: "Look into pg_stat_activity for a lock or a slow statement (DATABASE_POOL is the number of "
    "connections), and that `tidings migrate` has been run.",
    Kind.REDIS_AWAY: "Start Redis, or mend REDIS_URL; what is due is in PostgreSQL and goes on by itself.",
    Kind.NO_WORKER: "Start `tidings worker`, and look into its log for why it ended; "
    "one that is there and hangs is ended first (`kill -9`): another does what it had begun.",
    Kind.NO_CLOCK: "Start `tidings worker`; where one runs, its log says `clock_stopped` or `tick_failed`.",
    Kind.JOBS_FAIL: "The log of workers has the traceback, beside `job` with result=failed. What was to be "
    "done stays in PostgreSQL and is tried again; after an upgrade see that `tidings migrate` has been run.",
    Kind.WEBHOOKS_REFUSED: "Look into this API's log for `webhook_not_kept` or `unexpected_error`: "
    "PostgreSQL may be full or read-only, or inbound_post locked.",
    Kind.JOURNAL_GROWS: "Look for a transaction that stays open, `SELECT * FROM pg_stat_activity ORDER BY xact_start`, "
    "and into the log of workers for `inbound_`; without Redis they wait for it.",
    Kind.POSTS_NOT_UNDERSTOOD: "SELECT id, errors FROM inbound_post WHERE errors IS NOT NULL ORDER BY id DESC LIMIT 9;",
    Kind.QUEUE_STUCK: "Look into the log of workers for `dispatch`; the metrics say which sender it is.",
    Kind.SENDS_IN_DOUBT: "See whether others have the same trouble (metastatus.com), or what stands between; "
    "it is decided after SEND_GRACE.",
    Kind.WORK_OVERDUE: "Look into the worker that keeps the clock (`clock_leads`) for `tick_failed`.",
    Kind.EVENTS_BEHIND: "Look into this API's log for `tailer_waits`; start it anew, sockets resume without a gap.",
    Kind.WEBHOOK_BEHIND: "`Webhook.deliveries` with status PENDING says what its receiver answers: mend that, or "
    "switch it off; where nothing was tried, look into the log of workers for `telling_failed`.",
    Kind.SENDER_SILENT: "See that WhatsApp reaches PUBLIC_URL/webhooks/whatsapp, and what the app says of it.",
    Kind.SENDER_REFUSED: "Mend what `Sender.errorMessage` says at WhatsApp, then connectSender.",
    Kind.SENDER_EXPIRED: "Give the sender a new access token, or scan its session anew, then connectSender.",
    Kind.SENDER_RESTS: "It goes on by itself; `Sender.pacing` says when and why.",
    Kind.WHATSAPP_AWAY: "See whether others have the same trouble (metastatus.com); messages wait meanwhile.",
    Kind.MODEL_AWAY: "Mend OPENAI_BASE_URL, OPENAI_API_KEY or OPENAI_MODEL; the bot answers from its files meanwhile.",
    Kind.FILES_AWAY: "`tidings doctor` tries the bucket out; files that come wait, and go on by themselves.",
    Kind.DISK_NEARLY_FULL: "Free some space, or move DATA_DIR to another disk: on a full one PostgreSQL stops, "
    "and on one that does not answer files do.",
}
"""What to do about each."""

_STATE = """
SELECT (SELECT count(*) FROM (SELECT FROM inbound_post WHERE done_at IS NULL LIMIT 100000) AS p) AS posts,
       (SELECT extract(epoch FROM now() - greatest(created_at, retry_at))::int FROM inbound_post
        WHERE done_at IS NULL AND (retry_at IS NULL OR retry_at <= now()) ORDER BY id LIMIT 1) AS posts_wait,
       (SELECT count(*) FROM inbound_post WHERE done_at IS NULL AND retry_at > now()) AS posts_put_off,
       (SELECT count(*) FROM inbound_post
        WHERE errors IS NOT NULL AND created_at > now() - interval '1 hour') AS posts_faulty,
       (SELECT count(*) FROM (SELECT FROM message WHERE lease_until < now() - $2::interval
                              AND state = 'UNKNOWN' LIMIT 100000) AS m) AS doubts,
       of_senders.*,
       (SELECT extract(epoch FROM now() - min(due_at))::int FROM (
          (SELECT send_at AS due_at FROM schedule WHERE status = 'PENDING' AND deleted_at IS NULL AND send_at <= now()
           ORDER BY send_at LIMIT 1)
          UNION ALL
          (SELECT scheduled_at FROM campaign WHERE status = 'SCHEDULED' AND deleted_at IS NULL AND scheduled_at <= now()
           ORDER BY scheduled_at LIMIT 1)
          UNION ALL
          (SELECT due_at FROM bot_turn WHERE due_at <= now() AND (lease_until IS NULL OR lease_until <= now())
           ORDER BY due_at LIMIT 1)
          UNION ALL
          (SELECT next_follow_up_at FROM lead
           WHERE next_follow_up_at <= now() AND NOT follow_up_told AND closed_at IS NULL AND deleted_at IS NULL
           ORDER BY next_follow_up_at LIMIT 1)) AS work) AS overdue
FROM (
  SELECT count(*) FILTER (WHERE status = 'FAILED') AS failed,
         count(*) FILTER (WHERE status = 'EXPIRED') AS expired,
         count(*) FILTER (WHERE status = 'CONNECTED' AND paused_until > now()) AS resting,
         count(*) FILTER (WHERE status = 'CONNECTED' AND unheard_since < now() - $1::interval
                          -- WhatsApp repeats nothing that is older: one that sends no more is silent no longer.
                          AND unheard_since > now() - interval '7 days') AS silent
  FROM sender WHERE deleted_at IS NULL
) AS of_senders
"""

_QUEUES = """
SELECT head.id, head.provider, extract(epoch FROM now() - head.due_at)::int AS seconds FROM (
  SELECT s.*, head.due_at FROM sender s,
    LATERAL (SELECT due_at FROM message m WHERE m.sender_id = s.id AND m.due_at <= now()
             ORDER BY priority DESC, due_at, id LIMIT 1) AS head
  WHERE s.status = 'CONNECTED' AND s.deleted_at IS NULL AND (s.paused_until IS NULL OR s.paused_until <= now())
    AND head.due_at < now() - $1::interval
    -- One in doubt waits for its receipt, for an hour perhaps: it moves nothing.
    AND NOT EXISTS (SELECT FROM message m WHERE m.lease_until > now() AND m.sender_id = s.id AND m.state <> 'UNKNOWN')
  OFFSET 0) AS head
-- Counted for those alone that would be worth a word.
WHERE head.messaging_limit IS NULL OR head.messaging_limit > (
  SELECT count(*) FROM portfolio_reach r WHERE r.reached_at > now() - interval '24 h'
    AND r.portfolio_id = coalesce(head.portfolio_id, head.business_account_id, 'sender ' || head.id))
-- Those that pause by intention come last, however long they wait: they hide no other.
ORDER BY head.provider = 'WAHA', head.due_at LIMIT 100
"""


async def _queue_waits() -> int:
    """Seconds for which the oldest message waits that nothing holds back; 0 where none does."""
    rows = await connect.rows(_QUEUES, timedelta(seconds=QUEUE_SECONDS))
    hourly = (await settings.current()).limits.messages_per_hour is not None
    paced = [row["id"] for row in rows if hourly or row["provider"] == SenderProvider.WAHA]
    try:
        held = await senders.held_back(paced)
    except (RedisError, OSError):
        held = set(paced)  # Nobody knows, and that Redis is away is told by itself.
    return max((row["seconds"] for row in rows if row["id"] not in held), default=0)


async def in_database() -> Found:
    """What goes wrong slowly, as the database shows it; no names and numbers, since logs keep it."""
    row = await connect.row(
        _STATE,
        timedelta(seconds=SILENT_SECONDS),
        timedelta(seconds=DOUBT_SECONDS - FLIGHT_SECONDS),
    )
    assert row is not None
    is_led = await leader.has_leader()
    queue_waits = await _queue_waits()
    late = [one.late for one in await backlogs() if one.active and one.late > WEBHOOK_SECONDS]
    minutes = SILENT_SECONDS // 60
    found = {
        Kind.JOURNAL_GROWS: (
            (row["posts_wait"] or 0) > JOURNAL_SECONDS or row["posts_put_off"] >= POSTS_PUT_OFF,
            f"The inbound journal grows: {row['posts']} wait, the oldest that is due {row['posts_wait'] or 0} s.",
        ),
        Kind.POSTS_NOT_UNDERSTOOD: (
            row["posts_faulty"],
            f"Posts of the last hour that were not understood, in whole or in part: {row['posts_faulty']}; "
            "they are kept in inbound_post, with the reasons.",
        ),
        Kind.NO_CLOCK: (not is_led, "No clock runs: schedules do not start, and lost rings are not made up for."),
        Kind.QUEUE_STUCK: (
            queue_waits,
            f"Queued messages do not leave: the oldest waits {queue_waits} s.",
        ),
        Kind.SENDS_IN_DOUBT: (
            row["doubts"] >= DOUBTS,
            f"Sends of which WhatsApp's answer was lost, and nothing was told for a minute: {row['doubts']}.",
        ),
        Kind.WORK_OVERDUE: (
            (row["overdue"] or 0) > OVERDUE_SECONDS,
            f"Scheduled work does not begin: the oldest was due {row['overdue']} s ago.",
        ),
        Kind.WEBHOOK_BEHIND: (
            late,
            f"Outgoing webhooks that are told late: {len(late)}; the oldest event waits {max(late, default=0):.0f} s.",
        ),
        Kind.SENDER_REFUSED: (row["failed"], f"Senders that WhatsApp refuses: {row['failed']}."),
        Kind.SENDER_EXPIRED: (row["expired"], f"Senders whose sign-in has expired: {row['expired']}."),
        Kind.SENDER_RESTS: (row["resting"], f"Senders that WhatsApp lets rest: {row['resting']}."),
        Kind.SENDER_SILENT: (
            row["silent"],
            f"Senders that send and hear of nothing for {minutes} minutes: {row['silent']}.",
        ),
    }
    return {kind: words if wrong else None for kind, (wrong, words) in found.items()}


def of_jobs(failed: Mapping[str, int] | None) -> Found:
    """Of a fault in the code, or of tables that are not as it knows them; None where nobody knows."""
    if failed is None:
        return {}
    often = {name: count for name, count in failed.items() if count >= JOBS_FAILED}
    words = ", ".join(f"{name} {count} times" for name, count in sorted(often.items()))
    return {Kind.JOBS_FAIL: f"Jobs of workers fail by a fault of ours, in the last minute: {words}." if often else None}


async def events_behind() -> float:
    """Seconds for which the oldest event waits to be told by this process; 0 where nobody subscribes."""
    if traffic.told_to is None:
        return 0.0
    return await connect.value(
        "SELECT coalesce((SELECT extract(epoch FROM now() - occurred_at)::float8 FROM event WHERE number > $1"
        " ORDER BY number LIMIT 1), 0)",
        traffic.told_to,
    )


async def of_events() -> Found:
    seconds = await events_behind()
    words = f"This server tells its sockets of events late: the oldest waits {seconds:.0f} s."
    return {Kind.EVENTS_BEHIND: words if seconds > BEHIND_SECONDS else None}


def of_webhooks() -> Found:
    count = traffic.webhooks_refused()
    words = f"Webhooks of the last five minutes that this server could not keep: {count}; they are posted again later."
    return {Kind.WEBHOOKS_REFUSED: words if count else None}


def nearest(folder: Path) -> Path:
    """The folder, or where it would be made."""
    folder = folder.resolve()
    return next(each for each in (folder, *folder.parents) if each.exists())


def bytes_on_disk(folder: Path) -> tuple[int, int]:
    """What is free and what is in use on the disk of a folder, which need not be there yet."""
    found = shutil.disk_usage(nearest(folder))
    return found.free, found.used


async def _ask_disk() -> tuple[int, int]:
    return await asyncio.to_thread(bytes_on_disk, get_settings().data_dir)


disk = Cached(_ask_disk, 1.0)
"""A network disk may hang, and whoever asks it: it is asked no second time meanwhile, or threads run out."""
NO_DISK: Found = {Kind.DISK_NEARLY_FULL: "The disk of the data folder does not answer."}


async def of_disk() -> Found:
    """Raises OSError."""
    free, _ = await disk.get()
    gib, reserve = free / 2**30, get_settings().disk_reserve_gb
    words = f"The disk of the data folder is nearly full: {gib:.1f} GiB are free, and {reserve:g} should be."
    return {Kind.DISK_NEARLY_FULL: words if gib < reserve else None}

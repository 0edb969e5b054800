"""What is said in conversations, as figures count it.

Said is what came in, and what WhatsApp took of ours, at that time. Reactions are not, nor is what failed after all:
much is refused only when it was taken. What a contact writes in a row waits for an answer since its first. An answer
is what the bot or a person of ours says next; what schedules and campaigns send answers nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from asyncpg import Record

from db.core import connect

QUARTER = timedelta(minutes=15)
_DAY = timedelta(days=1)
_EIGHT_DAYS = timedelta(days=8)
_ANYWHERE = timedelta(hours=16)
"""From when a month begins in UTC until it does anywhere, before or after; no zone was ever farther away."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

SAID = """
said AS (
  SELECT v.id AS conversation_id, m.id, m.direction, m.author, at
  FROM live v JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id
  CROSS JOIN LATERAL (SELECT CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END AS at) AS time
  WHERE m.type <> 'REACTION' AND m.state <> 'FAILED' AND m.deleted_at IS NULL AND at IS NOT NULL
), talk AS (
  SELECT *, lag(direction) OVER (PARTITION BY conversation_id ORDER BY at, id) IS DISTINCT FROM direction AS begins
  FROM said WHERE author <> 'SYSTEM'
), turn AS (
  SELECT *, lag(at) OVER (PARTITION BY conversation_id ORDER BY at, id) AS asked_at FROM talk WHERE begins
), moment AS (
  SELECT conversation_id, at, 1 AS messages, 0 AS answers, 0::bigint AS waited FROM said
  UNION ALL
  SELECT conversation_id, at, 0, 1, (extract(epoch FROM at - asked_at) * 1000000)::bigint FROM turn
  WHERE direction = 'OUTBOUND' AND asked_at IS NOT NULL
)"""
"""CTEs over one named `live`, of conversations that are there: `moment` is what counts, and when."""

# Whether a conversation that had spoken before a span and did after it, on one day (UTC), did so within: no row says.
# OFFSET keeps the planner from reading all messages once instead, where it expects many such conversations.
_WITHIN = """EXISTS (
  SELECT FROM conversation v JOIN message m ON m.contact_id = v.contact_id AND m.sender_id = v.sender_id
  WHERE v.id = d.conversation_id AND m.type <> 'REACTION' AND m.state <> 'FAILED' AND m.deleted_at IS NULL
    AND CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END >= span.start
    AND CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE m.sent_at END < span.until OFFSET 0)"""
# Rows that begin in a span, and those that reach into it; of each conversation the first alone.
_BEGUN = "d.first_at >= span.start AND d.first_at < span.until AND (d.before_at >= span.start) IS NOT TRUE"
_REACHING = f"""d.first_at >= span.start - interval '1 day' AND d.first_at < span.start AND d.last_at >= span.start
  AND (d.last_at < span.until OR {_WITHIN})"""
# Who spoke twice in a month: in whatever zone, and around its beginning or end somewhere.
_MONTH = "date_trunc('month', first_at AT TIME ZONE 'UTC')"
REPEATED = f"""before_at AT TIME ZONE 'UTC' >= {_MONTH} + interval '16 hours'
  AND first_at AT TIME ZONE 'UTC' < {_MONTH} + interval '1 month -16 hours'"""
_AROUND = f"""(before_at AT TIME ZONE 'UTC' >= {_MONTH} - interval '16 hours'
    OR first_at AT TIME ZONE 'UTC' < {_MONTH} + interval '16 hours')
  AND (before_at AT TIME ZONE 'UTC' < {_MONTH} + interval '16 hours'
    OR first_at AT TIME ZONE 'UTC' >= {_MONTH} + interval '1 month -16 hours')"""
_SPAN = "(SELECT coalesce($1, '-infinity'::timestamptz) AS start, coalesce($2, 'infinity'::timestamptz) AS until)"
_ONE = "($3::bigint IS NULL OR {}.sender_id = $3)"

# Those that begin in it, in two parts, each along an index: the first of all, and the first since the span began.
# An array, because joins are planned for many more or far fewer than there are.
_STANDING = f"""
WITH active AS (
  SELECT d.conversation_id FROM {_SPAN} AS span, conversation_day d
  WHERE d.before_at IS NULL AND d.first_at >= span.start AND d.first_at < span.until AND {_ONE.format("d")}
  UNION ALL
  SELECT d.conversation_id FROM {_SPAN} AS span, conversation_day d
  WHERE d.before_at < span.start AND d.first_at >= span.start AND d.first_at < span.until AND {_ONE.format("d")}
  UNION ALL
  SELECT d.conversation_id FROM {_SPAN} AS span, conversation_day d WHERE {_REACHING} AND {_ONE.format("d")}
)
SELECT v.status, count(*) AS conversations, count(*) FILTER (WHERE v.unread_count > 0) AS unread,
       count(*) FILTER (WHERE v.priority = 4) AS urgent, count(*) FILTER (WHERE v.assigned_to_id IS NULL) AS unassigned,
       count(v.satisfaction_score) AS ratings, coalesce(sum(v.satisfaction_score), 0) AS rated
FROM conversation v WHERE v.deleted_at IS NULL AND v.id = ANY(ARRAY(SELECT conversation_id FROM active)) GROUP BY 1
"""

_SPANS = """unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS given(start, until, n) CROSS JOIN LATERAL
  (SELECT n, coalesce(start, '-infinity') AS start, coalesce(until, 'infinity') AS until) AS span"""

_PACE = f"""
SELECT span.n, sum(q.messages) AS messages, sum(q.answers) AS answers, sum(q.waited)::bigint AS waited
FROM {_SPANS} JOIN conversation_quarter q ON q.at >= span.start AND q.at <= span.until - interval '15 minutes'
WHERE {_ONE.format("q")} GROUP BY 1
"""

# The same of spans that are made of whole quarters and of a day at least, with the conversations that spoke in them:
# rows that begin in a span or reach into it, but for further ones of a conversation that has one.
_STEPS = f"""
SELECT span.n, sum(q.messages) AS messages, sum(q.answers) AS answers, sum(q.waited)::bigint AS waited,
       sum(q.begun) - {{known}} + coalesce(sum(q.reaching) FILTER (WHERE q.at = span.start), 0) - (
         SELECT count(*) FROM conversation_day d
         WHERE d.first_at >= min(span.start) AND d.first_at < min(span.until) AND d.before_at >= min(span.start)
           AND {{among}} AND {_ONE.format("d")}) AS conversations
FROM {_SPANS} JOIN conversation_quarter q ON q.at >= span.start AND q.at < span.until
WHERE {_ONE.format("q")} GROUP BY span.n
"""
_AGAIN = {
    "days": {"known": "0", "among": "d.first_at - d.before_at < interval '8 days'"},
    "months": {"known": "sum(q.repeated)", "among": _AROUND},
    "others": {"known": "0", "among": "true"},
}
"""By how long the spans are: what quarters know of further rows, and among which of them the others are."""

# What whole quarters do not tell of spans that begin or end within one. An array, so that it costs what is found.
_EDGES = f"""
WITH edge AS (
  SELECT * FROM unnest($1::timestamptz[], $2::timestamptz[], $4::bigint[]) AS e(start, until, n)
), live AS MATERIALIZED (
  SELECT v.id, v.sender_id, v.contact_id FROM conversation v
  WHERE v.deleted_at IS NULL AND {_ONE.format("v")} AND v.id = ANY(ARRAY(
    SELECT d.conversation_id FROM edge JOIN conversation_day d
    ON d.first_at >= edge.start - interval '1 day' AND d.first_at < edge.until AND d.last_at >= edge.start))
), {SAID}
SELECT n, sum(messages) AS messages, sum(answers) AS answers, sum(waited)::bigint AS waited
FROM edge JOIN moment ON at >= start AND at < until GROUP BY 1
"""

_ACTIVE = f"""
SELECT span.n,
       (SELECT count(*) FROM conversation_day d WHERE {_BEGUN} AND {_ONE.format("d")})
       + (SELECT count(*) FROM conversation_day d WHERE {_REACHING} AND {_ONE.format("d")}) AS conversations
FROM {_SPANS}
"""

_COUNTED = """
SELECT CASE WHEN EXISTS (SELECT FROM event_reader WHERE name = 'analytics past')
         OR r.number < (SELECT trimmed_to FROM event_log) THEN NULL
       ELSE coalesce((SELECT occurred_at FROM event WHERE number > r.number ORDER BY number LIMIT 1), now()) END
FROM event_reader r WHERE r.name = 'analytics' AND r.number >= 0
"""

Span = tuple[datetime | None, datetime | None]
"""From an instant, or from the first; until before another, or without an end."""


@dataclass(slots=True)
class Pace:
    """What was said in a span."""

    messages: int = 0
    answers: int = 0
    waited: int = 0
    """Microseconds."""
    conversations: int = 0
    """In which it was said; where they were asked for."""

    @property
    def average_response_time(self) -> float | None:
        """Seconds."""
        return self.waited / self.answers / 1_000_000 if self.answers else None


async def standing(span: Span, sender_id: int | None) -> list[Record]:
    """Of conversations with something said in a span how they stand now, by status."""
    return await connect.rows(_STANDING, *span, sender_id)


async def pace(span: Span, sender_id: int | None) -> Pace:
    """What was said in a span, without its conversations."""
    return (await _paces([span], sender_id))[0]


async def steps(spans: Sequence[Span], sender_id: int | None) -> list[Pace]:
    """What was said in each span, and in how many conversations."""
    found = [Pace() for _ in spans]
    whole = [n for n, span in enumerate(spans) if _is_whole(span)]
    others = [n for n in range(len(spans)) if n not in whole]
    for kind, again in _AGAIN.items():
        if some := [n for n in whole if _kind(spans[n]) == kind]:
            given = _columns([spans[n] for n in some])
            for row in await connect.rows(_STEPS.format(**again), *given, sender_id):
                found[some[row["n"] - 1]] = Pace(row["messages"], row["answers"], row["waited"], row["conversations"])
    if others:
        given = [spans[n] for n in others]
        for n, pace in zip(others, await _paces(given, sender_id), strict=True):
            found[n] = pace
        for row in await connect.rows(_ACTIVE, *_columns(given), sender_id):
            found[others[row["n"] - 1]].conversations = row["conversations"]
    return found


async def _paces(spans: Sequence[Span], sender_id: int | None) -> list[Pace]:
    found = [Pace() for _ in spans]
    rows = await connect.rows(_PACE, *_columns(spans), sender_id)
    if edges := [(*edge, n) for n, span in enumerate(spans, 1) for edge in _edges(span)]:
        starts, ends, places = map(list, zip(*edges, strict=True))
        rows += await connect.rows(_EDGES, starts, ends, sender_id, places)
    for row in rows:
        pace = found[int(row["n"]) - 1]
        pace.messages += row["messages"]
        pace.answers += row["answers"]
        pace.waited += row["waited"]
    return found


async def first_at(sender_id: int | None) -> datetime | None:
    """When something was first said."""
    sql = "SELECT min(first_at) FROM conversation_day WHERE $1::bigint IS NULL OR sender_id = $1"
    return await connect.value(sql, sender_id)


async def counted_until() -> datetime | None:
    """Everything before then is counted; None while the past is."""
    return await connect.value(_COUNTED)


def _columns(spans: Sequence[Span]) -> tuple[list[datetime | None], list[datetime | None]]:
    return [start for start, _ in spans], [until for _, until in spans]


def _is_whole(span: Span) -> bool:
    """Whether quarters alone tell of a span: one of a day reaches beyond whatever reaches into it."""
    start, until = span
    return start is not None and until is not None and until - start >= _DAY and not _edges(span)


def _kind(span: Span) -> str:
    """Of a whole span the key of _AGAIN."""
    start, until = span
    assert start is not None
    assert until is not None
    month = (start + _ANYWHERE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    after = (month + timedelta(days=31)).replace(day=1)
    if until - start < _EIGHT_DAYS:
        return "days"
    return "months" if start <= month + _ANYWHERE and until <= after + _ANYWHERE else "others"


def _edges(span: Span) -> list[tuple[datetime, datetime]]:
    """The parts of a span that are no whole quarters."""
    start, until = span
    if start is not None and until is not None and until <= start:
        return []
    whole_from = None if start is None else start + (_EPOCH - start) % QUARTER
    whole_until = None if until is None else until - (until - _EPOCH) % QUARTER
    if start and until and whole_from and whole_until and whole_from > whole_until:
        return [(start, until)]
    edges: list[tuple[datetime, datetime]] = []
    if start is not None and whole_from is not None and start < whole_from:
        edges.append((start, whole_from))
    if until is not None and whole_until is not None and whole_until < until:
        edges.append((whole_until, until))
    return edges

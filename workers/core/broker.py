"""Actors: async functions that run when their name is rung."""

import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import dramatiq
import structlog
from redis.exceptions import RedisError

from db.core.doorbell import QUEUE, Broker, bell_key, make_broker
from domain.core import traffic
from workers.core.supervise import Loop, Tally

log = structlog.get_logger()

Job = TypeVar("Job", bound=Callable[..., Awaitable[None]])

_actors: dict[str, tuple[Callable[..., Awaitable[None]], int]] = {}


def actor(*, priority: int = 10) -> Callable[[Job], Job]:
    """Lets an async function be rung by its name; of those that wait, lower priorities run first.

    It stays what it was, and may be awaited. It is given ids of work and finds the work in the database. A failure is
    logged and the ring is spent: no retries here, the clock rings again for what is still due.
    """

    def register(job: Job) -> Job:
        _actors[job.__name__] = (job, priority)
        return job

    return register


def open_broker(loop: Loop, tally: Tally) -> Broker:
    """Dramatiq's broker with all actors that were imported; they run on the loop."""
    broker = make_broker()
    dramatiq.set_broker(broker)
    broker.add_middleware(_Bells())
    for name, (job, priority) in _actors.items():
        run = _on(loop, tally, name, job)
        dramatiq.Actor(run, broker=broker, actor_name=name, queue_name=QUEUE, priority=priority, options={})
    return broker


_workers: list[dramatiq.Worker] = []


def start_worker(broker: Broker, *, threads: int, poll_ms: int) -> dramatiq.Worker:
    """Dramatiq's threads of this process, at work."""
    worker = dramatiq.Worker(broker, worker_threads=threads, worker_timeout=poll_ms)
    worker.start()
    _workers.append(worker)
    return worker


def thread_wanted() -> bool:
    """Whether jobs wait for a thread of this process, or it is asked to stop: a long job makes room then."""
    return any(
        not worker.work_queue.empty() or not all(thread.running for thread in worker.workers) for worker in _workers
    )


def _on(loop: Loop, tally: Tally, name: str, job: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    async def observed(*args: Any) -> None:
        begun, result = time.perf_counter(), "failed"
        with tally.running(name), structlog.contextvars.bound_contextvars(actor=name):
            try:
                await job(*args)
                result = "done"
            finally:
                seconds = time.perf_counter() - begun
                traffic.JOBS.labels(name, result).observe(seconds)
                log.info("job", args=args, result=result, ms=round(seconds * 1000, 1))

    def run(*args: Any) -> None:
        loop.run_until_done(observed(*args))

    return run


class _Bells(dramatiq.Middleware):
    """Answers the bell before the run: whoever rings during it is heard, by another run.

    The run goes by the id of the request that it is for, in its log and at the provider; others have one of their own.
    """

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        # In the thread that runs it next, from which the event loop takes the context along.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=message.options.get("request_id") or uuid.uuid4().hex)
        try:
            make_broker().client.delete(bell_key(message.actor_name, message.args))
        except RedisError as error:
            # It is forgotten by itself after five seconds.
            log.warning("bell_not_answered", actor=message.actor_name, error=repr(error))

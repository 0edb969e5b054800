"""Tortoise's asyncpg engine with three mends.

A transaction that is cancelled while it begins gives its connection back: stock Tortoise 1.1 leaks it, and five
cancellations hang every later query for good (`backends/base/client.py`, `TransactionContextPooled.__aenter__`). One
whose connection cannot be given back, because PostgreSQL cut it, is over for its task all the same: the stock one stays
the task's transaction, and each later one fails as "released back to the pool". And nobody waits for a connection
without end: an exhausted pool is an error, not silence.
"""

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections

ACQUIRE_TIMEOUT = 5.0
"""Seconds that anyone waits for a free connection."""


class CancelSafeTransaction(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        parent: Any = self.client._parent  # pyright: ignore[reportPrivateUsage]
        pool: Any = parent._pool
        connection = await pool.acquire(timeout=ACQUIRE_TIMEOUT)
        try:
            self.client._connection = connection  # pyright: ignore[reportPrivateUsage]
            self.token = get_connections().set(self.connection_name, self.client)
            await self.client.begin()
        except BaseException:
            if hasattr(self, "token"):
                get_connections().reset(self.token)
            await pool.release(connection)
            raise
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if not self.client._finalized:  # pyright: ignore[reportPrivateUsage]
                await (self.client.rollback() if exc_type else self.client.commit())
        finally:
            pool: Any = self.client._parent._pool  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]
            try:
                if pool is not None:
                    await pool.release(self.client._connection)  # pyright: ignore[reportPrivateUsage]
            finally:
                get_connections().reset(self.token)


class BoundedConnection(PoolConnectionWrapper[Any]):
    """A connection for one statement outside of a transaction."""

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        pool: Any = self.client._pool  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage, reportUnknownMemberType, reportUnknownVariableType]
        self.connection = await pool.acquire(timeout=ACQUIRE_TIMEOUT)
        return self.connection


class Client(AsyncpgDBClient):
    def acquire_connection(self) -> BoundedConnection:
        return BoundedConnection(self, self._pool_init_lock)

    def _in_transaction(self) -> TransactionContext:
        return CancelSafeTransaction(TransactionWrapper(self), self._pool_init_lock)


client_class = Client

"""Tortoise's asyncpg engine with one mend: a transaction that is cancelled while it begins gives its connection back.

Stock Tortoise 1.1 leaks it, and five cancellations hang every later query for good (`backends/base/client.py`,
`TransactionContextPooled.__aenter__`). Acquiring is also bounded in time: an exhausted
pool is an error, not silence.
"""

from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled
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


class Client(AsyncpgDBClient):
    def _in_transaction(self) -> TransactionContext:
        return CancelSafeTransaction(TransactionWrapper(self), self._pool_init_lock)


client_class = Client

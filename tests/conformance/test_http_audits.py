"""All audits of graphql-http, the reference suite of GraphQL over HTTP: of a small schema, and of the whole API."""

import asyncio
import json
from pathlib import Path

from tests.graph.core.toy import Toy
from tests.running import Api


async def check(url: str, node: Path) -> None:
    run = await asyncio.create_subprocess_exec(
        "node", "audit.mjs", f"{url}/graphql", cwd=node, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await run.communicate()
    results = json.loads(out)
    assert len(results) == 61
    assert [result for result in results if result["status"] != "ok"] == []


async def test_every_audit_passes(served: Toy, node: Path) -> None:
    await check(served.url, node)


async def test_every_audit_of_the_whole_api_passes(api: Api, node: Path) -> None:
    await check(api.url, node)

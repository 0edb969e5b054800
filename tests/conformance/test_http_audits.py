"""All audits of graphql-http, the reference suite of GraphQL over HTTP."""

import asyncio
import json
from pathlib import Path

from tests.graph.core.toy import Toy


async def test_every_audit_passes(served: Toy, node: Path) -> None:
    run = await asyncio.create_subprocess_exec(
        "node", "audit.mjs", f"{served.url}/graphql", cwd=node, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await run.communicate()
    results = json.loads(out)
    assert len(results) == 61
    assert [result for result in results if result["status"] != "ok"] == []

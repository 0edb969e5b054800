"""What takes the database too long is ended, and says so."""

import asyncio

from db.accounts import Role
from db.core import connect
from tests.running import Api, Program, free_port


async def test_a_statement_of_the_api_has_an_end(environment: dict[str, str], api: Api) -> None:
    """Who asks for what is slow holds none of its connections for long."""
    port = free_port()
    given = {"API_PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", "API_STATEMENT_SECONDS": "1"}
    with Program.api({**environment, **given}) as program:
        hurried = Api(given["PUBLIC_URL"], program)
        hurried.tokens = api.tokens
        async with connect.connection() as conn, conn.transaction(), asyncio.timeout(10):
            await conn.execute("LOCK TABLE message_template IN ACCESS EXCLUSIVE MODE")
            answer = await hurried.gql("{ messageTemplates(first: 1) { edges { cursor } } me { id } }", role=Role.ADMIN)
        await hurried.close()
    [error] = answer["errors"]
    assert (error["extensions"]["code"], error["extensions"]["details"]) == (
        "EXTERNAL_SERVICE_ERROR",
        {"reason": "too_slow"},
    )

"""What operations may ask for, and that saying no is quick."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, parse

from db.accounts import Role
from db.core.paging import Page, PageRequest
from db.core.settings import get_settings
from domain.core.access import SYSTEM
from graph.core import limits, operation
from graph.schema import schema
from tests.graph.core import toy
from tests.graph.core.toy import Toy

OPERATIONS = sorted((Path(__file__).parents[3] / "examples/operations").glob("*.graphql"))


def bomb(doublings: int) -> str:
    """Fragments of which each spreads the next one twice, under an alias each."""
    parts = [f"fragment F{n} on Query {{ a: node(id: 1) {{ id }} ...F{n + 1} ...F{n + 1} }}" for n in range(doublings)]
    return f"{{ ...F0 }} {' '.join(parts)} fragment F{doublings} on Query {{ hello }}"


async def refused(served: Toy, document: str, **variables: Any) -> dict[str, Any]:
    answer = await served.post(document, **variables)
    assert "data" not in answer
    return answer["errors"][0]["extensions"]


@pytest.mark.parametrize("doublings", [12, 40])
async def test_a_fragment_bomb_is_refused_at_once(served: Toy, doublings: int) -> None:
    async def cost(document: str) -> float:
        """Seconds of CPU that a refusal takes; the least of five, since now and then garbage is collected meanwhile."""
        taken = []
        for spaces in range(5):
            started = time.process_time()
            found = await refused(served, document + " " * spaces)
            taken.append(time.process_time() - started)
        assert found["code"] == ("VALIDATION_ERROR" if document == "{ unknown }" else "COST_LIMIT_EXCEEDED")
        return min(taken)

    assert await cost(bomb(doublings)) < 10 * await cost("{ unknown }"), "it took long beside any other refusal"


async def test_fragments_in_a_circle_are_refused(served: Toy) -> None:
    found = await refused(served, "{ ...A } fragment A on Query { ...B } fragment B on Query { hello ...A }")
    assert found["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ hello }", {}, 0),
        ("{ node(id: 1) { id } }", {}, 1),
        ("{ contacts { totalCount } }", {}, 11),
        ("{ contacts(first: 0) { totalCount } }", {}, 11),
        ("{ contacts(first: 5) { ...A } } fragment A on ContactConnection { totalCount edges { cursor } }", {}, 16),
        ("{ contacts { edges { node { id name } } } }", {}, 201),
        ("{ contacts(first: 10) { edges { node { id } } } }", {}, 21),
        ("{ contacts(last: 10) { edges { node { id } } pageInfo { hasNextPage } } }", {}, 31),
        ("{ contacts(first: 0) { edges { node { id } } } }", {}, 1),
        ("{ contacts(first: 10) { edges { node { twin { twin { id } } } } } }", {}, 161),
        ("query ($n: Int) { contacts(first: $n) { edges { node { id } } } }", {"n": 5}, 11),
        ("query ($n: Int) { contacts(first: $n) { edges { node { id } } } }", {}, 201),
        ("query ($n: Int = 3) { contacts(first: $n) { edges { node { id } } } }", {}, 7),
        ("{ ...A ...A } fragment A on Query { node(id: 1) { id } }", {}, 2),
        ("{ contacts(first: 5) { ... on ContactConnection { edges { node { id } } } } }", {}, 11),
    ],
)
async def test_each_answer_says_what_it_cost(served: Toy, document: str, variables: dict[str, Any], cost: int) -> None:
    answer = await served.post(document, **variables)
    assert answer["extensions"] == {"cost": {"cost": cost, "limit": limits.most_cost()}}


def test_what_is_watched_may_cost_less_since_it_is_paid_at_each_event() -> None:
    document = (
        "subscription { messageEvents { message { contact { conversations(first: 30) { edges { node {"
        " messages(first: 50) { edges { node { id content } } } } } } } } } }"
    )
    with pytest.raises(GraphQLError) as caught:
        cost_of(document)
    assert getattr(caught.value.original_error, "details", {})["limit"] == limits.MOST_WATCHED
    assert cost_of(document.replace("30", "1").replace("50", "5")) < limits.MOST_WATCHED


async def test_what_costs_too_much_is_refused_before_it_runs(served: Toy) -> None:
    twins = " ".join(f"a{n}: twin {{ id }}" for n in range(8))
    document = f"{{ contacts {{ edges {{ node {{ {twins} }} }} }} }}"
    found = await refused(served, document)
    assert found["code"] == "COST_LIMIT_EXCEEDED"
    assert found["details"] == {"reason": "too_costly", "limit": 5000, "cost": 5801}


def cost_of(document: str) -> int:
    """What an operation costs in the schema that is served."""
    parsed = parse(document)
    operation = next(node for node in parsed.definitions if isinstance(node, OperationDefinitionNode))
    return limits.check_cost(schema._schema, parsed, operation, {})[0]  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ('{ contact(id: "1") { identities { type } } }', 12),  # the contact, the list, ten of them by guess
        ('{ contact(id: "1") { groups { id } } }', 27),  # 25 are listed at most
        ('{ contact(id: "1") { groups { contacts(first: 1) { totalCount } } } }', 302),
        ("{ contacts { edges { node { phones { id } groups { id } } } } }", 4901),  # a full page of all of it
        ('{ contact(id: "1") { phones { id } } }', 22),  # a contact has at most 20 of them
        ("{ me { apiTokens { scopes } } }", 52),
        ('{ askKnowledge(question: "x") { answer } }', 500),  # a model is paid for it
        ("{ assignableUsers { name } }", 101),
        ("{ senders(first: 5) { edges { node { id } } } }", 11),
        ("{ events(first: 5) { edges { cursor } } }", 6),
    ],
)
def test_a_plain_list_counts_as_many_objects(document: str, cost: int) -> None:
    assert cost_of(document) == cost


@pytest.mark.parametrize(
    "document",
    [
        '{{ contact(id: "1") {{ {} id {} }} }}'.format("phones { contact { " * 3, "} } " * 3),
        "{{ me {{ {} id {} }} }}".format("apiTokens { user { " * 3, "} } " * 3),
        "{ users(first: 100) { edges { node { apiTokens { id } } } } }",
    ],
    ids=["phones", "tokens", "users"],
)
def test_lists_in_lists_are_too_costly(document: str) -> None:
    with pytest.raises(GraphQLError) as caught:
        cost_of(document)
    assert getattr(caught.value.original_error, "details", {})["reason"] == "too_costly"


def test_what_graphiql_opens_with_stays_far_below_the_limit() -> None:
    costs = {file.stem: cost_of(file.read_text()) for file in OPERATIONS}
    assert costs
    assert {name: cost for name, cost in costs.items() if cost > limits.most_cost() / 5} == {}


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("{{ node(id: 1) {{ ... on Contact {{ {} id {} }} }} }}".format("twin { " * 17, "} " * 17), "too_deep"),
        ("{{ {} }}".format(" ".join(f"a{n}: hello" for n in range(51))), "too_many_aliases"),
        ("{ hello %s }" % ("@include(if: true)" * 51), "too_many_directives"),
        ("{ %s }" % ("hello " * 501), "too_many_fields"),
        ("{ %s } fragment A on Query { hello }" % ("...A " * 76), "too_many_spreads"),
        ('mutation { a: enter(secret: "1") b: enter(secret: "2") }', "too_many_sign_ins"),
        (
            'mutation { ...A ...A b: enter(secret: "1") } fragment A on Mutation { enter(secret: "1") }',
            "too_many_sign_ins",
        ),
    ],
    ids=lambda text: text[:20],
)
async def test_each_limit_holds(served: Toy, document: str, reason: str) -> None:
    found = await refused(served, document)
    assert (found["code"], found["details"]["reason"]) == ("COST_LIMIT_EXCEEDED", reason)


async def test_a_document_of_many_tokens_is_not_even_read(served: Toy) -> None:
    found = await refused(served, "{ node(id: [%s]) { id } }" % ("1 " * 6000))
    assert found["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "document",
    [
        "{ %s }" % ("hello " * 500),
        "{{ {} }}".format(" ".join("...A" for _ in range(75))) + "fragment A on Query { %s }" % ("hello " * 500),
        "{{ {} }}".format(" ".join(f"...F{n}" for n in range(75)))
        + " ".join(f"fragment F{n} on Query {{ hello contacts {{ totalCount }} }}" for n in range(75)),
    ],
    ids=["fields", "spreads", "fragments"],
)
async def test_documents_at_the_limit_are_quick_to_validate(served: Toy, document: str) -> None:
    started = time.process_time()
    await served.post(document, role=Role.VIEWER)
    assert time.process_time() - started < 1.0


async def test_counts_of_a_caller_take_turns(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many one operation asks for, the pool is left to others."""
    running, most = 0, 0

    async def total(self: Page[Any]) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)  # As long as a quick count.
        running -= 1
        return 7

    monkeypatch.setattr(Page, "total", total)
    document = "{{ {} }}".format(" ".join(f"a{n}: contacts(first: 0) {{ totalCount }}" for n in range(20)))
    answers = await asyncio.gather(*(served.post(document) for _ in range(3)))
    assert [len(answer["data"]) for answer in answers] == [20] * 3
    assert all(found == {"totalCount": 7} for answer in answers for found in answer["data"].values())
    assert most == 1
    await asyncio.gather(*(served.post(document, role=role) for role in (Role.ADMIN, Role.VIEWER)))
    assert most == 2, "others count meanwhile"


async def test_operations_of_a_caller_take_turns(served: Toy, monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow they are, others are answered meanwhile; whoever lets them pile up is refused."""
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(operation, "MOST_WAITING", 3)
    running, go_on, page = 0, asyncio.Event(), await toy.find(SYSTEM, page=PageRequest(first=0))

    async def find(*given: Any, **known: Any) -> Page[Any]:
        nonlocal running
        running += 1
        await go_on.wait()
        running -= 1
        return page

    monkeypatch.setattr(toy, "find", find)
    asked = [asyncio.create_task(served.post("{ contacts { edges { cursor } } }")) for _ in range(12)]
    try:
        async with asyncio.timeout(10):
            done, waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
            [error] = done.pop().result()["errors"]
            assert error["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
            assert error["extensions"]["details"]["reason"] == "too_many_operations"
            assert (running, len(waiting)) == (operation.AT_ONCE, 11)
            assert (await served.post("{ hello }", role=Role.VIEWER))["data"] == {"hello": "hello"}
    finally:
        go_on.set()
        answers = await asyncio.gather(*asked)
    assert sum("errors" in answer for answer in answers) == 1

"""What operations may ask for, and that saying no is quick."""

import time
from typing import Any

import pytest

from db.accounts import Role
from graph.core import limits
from tests.graph.core.toy import Toy


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
    started = time.process_time()
    found = await refused(served, bomb(doublings))
    assert time.process_time() - started < 0.05
    assert found["code"] == "COST_LIMIT_EXCEEDED"


async def test_fragments_in_a_circle_are_refused(served: Toy) -> None:
    found = await refused(served, "{ ...A } fragment A on Query { ...B } fragment B on Query { hello ...A }")
    assert found["code"] == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    ("document", "variables", "cost"),
    [
        ("{ hello }", {}, 0),
        ("{ node(id: 1) { id } }", {}, 1),
        ("{ contacts { totalCount } }", {}, 1),
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
    assert answer["extensions"] == {"cost": {"cost": cost, "limit": limits.MAX_COST}}


async def test_what_costs_too_much_is_refused_before_it_runs(served: Toy) -> None:
    twins = " ".join(f"a{n}: twin {{ id }}" for n in range(8))
    document = f"{{ contacts {{ edges {{ node {{ {twins} }} }} }} }}"
    found = await refused(served, document)
    assert found["code"] == "COST_LIMIT_EXCEEDED"
    assert found["details"] == {"reason": "too_costly", "limit": 5000, "cost": 5801}


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

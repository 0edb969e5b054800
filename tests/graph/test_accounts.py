"""Accounts through the API."""

from typing import Any

import httpx

from db.accounts import ApiToken, Role, Scope, User, UserIdentity
from domain import accounts
from domain.core.access import SYSTEM, Viewer
from graph.core.ids import encode
from tests import factories
from tests.factories import unique
from tests.running import Api
from tests.statements import counted

PASSWORD = "correct-horse-battery"
ME = "{ me { id email role } }"
LOGIN = """mutation ($input: LoginInput!) { login(input: $input) {
  accessToken refreshToken tokenType expiresIn user { id name role lastLoginAt }
} }"""
REFRESH = "mutation ($token: String!) { refreshTokens(refreshToken: $token) { accessToken refreshToken user { id } } }"
CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id email name role active } }"
UPDATE_USER = (
    "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { name role active } }"
)
DELETE_USER = "mutation ($id: ID!) { deleteUser(id: $id) }"
CREATE_TOKEN = """mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  id name token prefix scopes expiresAt lastUsedAt sender { id } user { id }
} }"""


async def signed_in(api: Api, user: User) -> dict[str, Any]:
    answer = await api.gql(LOGIN, {"input": {"email": user.email, "password": PASSWORD}})
    assert "errors" not in answer, answer
    return answer["data"]["login"]


async def code(api: Api, document: str, **variables: Any) -> str:
    """The code of the only error that a stranger, or the bearer of `token`, is given."""
    answer = await api.gql(document, variables, token=variables.pop("bearer", None))
    [error] = answer["errors"]
    return error["extensions"]["code"]


async def test_signing_in_and_out(api: Api) -> None:
    user = await factories.user(role=Role.SALES)
    id = encode("User", user.id)
    pair = await signed_in(api, user)
    assert (pair["tokenType"], pair["expiresIn"]) == ("bearer", 3600)
    assert (pair["user"]["id"], pair["user"]["role"]) == (id, "SALES")
    assert pair["user"]["lastLoginAt"].endswith("Z")
    answer = await api.gql(ME, token=pair["accessToken"])
    assert answer["data"]["me"] == {"id": id, "email": user.email, "role": "SALES"}
    renewed = (await api.gql(REFRESH, {"token": pair["refreshToken"]}))["data"]["refreshTokens"]
    assert renewed["user"]["id"] == id
    assert await code(api, REFRESH, token=pair["refreshToken"]) == "AUTHENTICATION_ERROR"
    logout = "mutation ($token: String!) { logout(refreshToken: $token) }"
    assert (await api.gql(logout, {"token": renewed["refreshToken"]}))["data"]["logout"] is True
    assert (await api.gql(logout, {"token": renewed["refreshToken"]}))["data"]["logout"] is False
    assert await code(api, ME, bearer=renewed["accessToken"]) == "AUTHENTICATION_ERROR"


async def test_wrong_credentials_are_told_alike(api: Api) -> None:
    user = await factories.user()
    told = []
    for email, password in ((user.email, "wrong-password"), ("nobody@example.com", PASSWORD)):
        answer = await api.gql(LOGIN, {"input": {"email": email, "password": password}})
        [error] = answer["errors"]
        told.append((error["message"], error["extensions"]["code"], error["extensions"]["field"]))
    assert told[0] == told[1] == ("The email or the password is wrong.", "AUTHENTICATION_ERROR", None)
    for header in ("Bearer", "Bearer nonsense", "Bearer tdg_nonsense", "Bearer a.b.c", "Basic YTpi", "nonsense"):
        answer = await api.http.post("/graphql", json={"query": ME}, headers={"Authorization": header})
        assert answer.json()["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"


async def test_registration_is_closed_unless_it_is_opened(api: Api) -> None:
    before = await User.all().count()
    document = "mutation ($input: RegisterInput!) { register(input: $input) { accessToken } }"
    given = {"email": f"{unique()}@example.com", "password": PASSWORD, "name": "Eve"}
    assert await code(api, document, input=given) == "AUTHORIZATION_ERROR"
    assert await User.all().count() == before


async def test_registration_may_be_opened(api: Api) -> None:
    document = "mutation ($input: RegisterInput!) { register(input: $input) { accessToken user { role } } }"
    given = {"email": f"{unique()}@example.com", "password": PASSWORD, "name": "Eve"}
    switch = "mutation ($on: Boolean) { updateSettings(input: { features: { openRegistration: $on } }) { version } }"
    await api.data(switch, on=True)
    try:
        made = (await api.gql(document, {"input": given}))["data"]["register"]
        assert made["user"]["role"] == "VIEWER"
        assert (await api.gql(ME, token=made["accessToken"]))["data"]["me"]["email"] == given["email"]
        assert (await api.data("{ settings { features { openRegistration } } }"))["settings"]["features"] == {
            "openRegistration": True
        }
    finally:
        await api.data(switch, on=None)
    given["email"] = f"{unique()}@example.com"
    assert await code(api, document, input=given) == "AUTHORIZATION_ERROR"


async def test_only_public_fields_are_open_to_strangers(api: Api) -> None:
    id = encode("User", 1)
    for document, given in (
        (ME, {}),
        ("query ($id: ID!) { user(id: $id) { id } }", {"id": id}),
        ("{ users { totalCount } }", {}),
        ("{ assignableUsers { id } }", {}),
        (CREATE_USER, {"input": {"email": "x", "password": "x", "name": "x"}}),
        (UPDATE_USER, {"id": id, "input": {}}),
        (DELETE_USER, {"id": id}),
        (CREATE_TOKEN, {"input": {"name": "x", "scopes": ["READ"]}}),
        ("mutation ($id: ID!) { deleteApiToken(id: $id) }", {"id": encode("ApiToken", 1)}),
        ("mutation ($id: ID!) { deleteUserSession(id: $id) }", {"id": encode("UserSession", 1)}),
    ):
        assert await code(api, document, **given) == "AUTHENTICATION_ERROR", document


async def test_admin_manages_users(api: Api) -> None:
    email = f"{unique()}@example.com"
    given = {"email": email, "password": PASSWORD, "name": "Ann"}
    made = (await api.data(CREATE_USER, input=given))["createUser"]
    assert made == {"id": made["id"], "email": email, "name": "Ann", "role": "VIEWER", "active": True}
    changes = {"role": "SALES", "active": False}
    changed = (await api.data(UPDATE_USER, id=made["id"], input=changes))["updateUser"]
    assert changed == {"name": "Ann", "role": "SALES", "active": False}
    shown = await api.data("query ($id: ID!) { user(id: $id) { name } }", role=Role.VIEWER, id=made["id"])
    assert shown == {"user": {"name": "Ann"}}
    document = """query ($search: String!) {
      users(filter: { search: $search, role: [SALES], active: false }, orderBy: EMAIL) {
        totalCount edges { node { id } }
      }
    }"""
    assert (await api.data(document, search=email.upper()))["users"] == {
        "totalCount": 1,
        "edges": [{"node": {"id": made["id"]}}],
    }
    assert await api.data(DELETE_USER, id=made["id"]) == {"deleteUser": made["id"]}
    assert (await api.refusal(DELETE_USER, id=made["id"]))["code"] == "NOT_FOUND"


async def test_what_may_not_be_changes_no_user(api: Api) -> None:
    user, before = await factories.user(role=Role.VIEWER), await User.all().count()
    id = encode("User", user.id)
    for role in (Role.MARKETER, Role.SALES, Role.VIEWER):
        for document, given in (
            (CREATE_USER, {"input": {"email": "a@b.co", "password": PASSWORD, "name": "x", "role": "ADMIN"}}),
            (UPDATE_USER, {"id": id, "input": {"name": "Hacked"}}),
            (DELETE_USER, {"id": id}),
            ("{ users { totalCount } }", {}),
        ):
            assert (await api.refusal(document, role=role, **given))["code"] == "AUTHORIZATION_ERROR"
    refusal = await api.refusal(CREATE_USER, input={"email": user.email.upper(), "password": PASSWORD, "name": "x"})
    assert (refusal["code"], refusal["field"]) == ("DUPLICATE_RESOURCE", "email")
    assert refusal["details"]["uniqueField"] == "email"
    answer = await api.gql(
        CREATE_USER, {"input": {"email": "x", "password": "hunter2", "name": ""}}, token=api.tokens[Role.ADMIN]
    )
    assert {error["extensions"]["field"] for error in answer["errors"]} == {"email", "password", "name"}
    assert "hunter2" not in str(answer)
    assert await User.all().count() == before
    assert (await User.get(id=user.id)).name == user.name


async def test_a_user_changes_their_own_profile_and_password(api: Api) -> None:
    user = await factories.user(role=Role.VIEWER)
    token, id = (await signed_in(api, user))["accessToken"], encode("User", user.id)
    answer = await api.gql(UPDATE_USER, {"id": id, "input": {"name": "Zoe"}}, token=token)
    assert answer["data"]["updateUser"]["name"] == "Zoe"
    for given, field in (
        ({"password": "another-password"}, "currentPassword"),
        ({"password": "another-password", "currentPassword": "wrong"}, "currentPassword"),
        ({"email": "zoe@example.com"}, "currentPassword"),
        ({"role": "ADMIN"}, "role"),
    ):
        [error] = (await api.gql(UPDATE_USER, {"id": id, "input": given}, token=token))["errors"]
        assert error["extensions"]["field"] == field
    given = {"password": "another-password", "currentPassword": PASSWORD}
    assert "errors" not in await api.gql(UPDATE_USER, {"id": id, "input": given}, token=token)
    assert "errors" not in await api.gql(ME, token=token)
    assert await code(api, LOGIN, input={"email": user.email, "password": PASSWORD}) == "AUTHENTICATION_ERROR"


async def test_sessions_are_listed_and_ended(api: Api) -> None:
    user = await factories.user(role=Role.SALES)
    here, there = await signed_in(api, user), await signed_in(api, user)
    document = "{ me { sessions { id current ipAddress userAgent createdAt lastUsedAt expiresAt } } }"
    sessions = (await api.gql(document, token=here["accessToken"]))["data"]["me"]["sessions"]
    assert [session["current"] for session in sessions] == [False, True]
    assert sessions[0]["ipAddress"] == "127.0.0.1"
    assert sessions[0]["userAgent"].startswith("python-httpx")
    end = "mutation ($id: ID!) { deleteUserSession(id: $id) }"
    assert (await api.refusal(end, role=Role.VIEWER, id=sessions[0]["id"]))["code"] == "NOT_FOUND"
    answer = await api.gql(end, {"id": sessions[0]["id"]}, token=here["accessToken"])
    assert answer["data"] == {"deleteUserSession": sessions[0]["id"]}
    assert await code(api, ME, bearer=there["accessToken"]) == "AUTHENTICATION_ERROR"
    others = "query ($id: ID!) { user(id: $id) { sessions { id } apiTokens { id } } }"
    id = encode("User", user.id)
    assert (await api.data(others, role=Role.VIEWER, id=id))["user"] == {"sessions": [], "apiTokens": []}
    assert len((await api.data(others, id=id))["user"]["sessions"]) == 1


async def test_identities_are_listed_and_unlinked(api: Api) -> None:
    user = await factories.user(role=Role.SALES)
    row = await UserIdentity.create(user_id=user.id, issuer="https://id.example", subject=unique())
    access, id = (await signed_in(api, user))["accessToken"], encode("User", user.id)
    listed = (await api.gql("{ me { identities { id issuer subject createdAt } } }", token=access))["data"]["me"]
    [identity] = listed["identities"]
    assert (identity["issuer"], identity["subject"]) == ("https://id.example", row.subject)
    others = "query ($id: ID!) { user(id: $id) { identities { id } } }"
    assert (await api.data(others, role=Role.VIEWER, id=id))["user"] == {"identities": []}
    assert (await api.data(others, id=id))["user"] == {"identities": [{"id": identity["id"]}]}
    end = "mutation ($id: ID!) { deleteUserIdentity(id: $id) }"
    assert (await api.refusal(end, role=Role.VIEWER, id=identity["id"]))["code"] == "NOT_FOUND"
    assert await UserIdentity.exists(id=row.id)
    answer = await api.gql(end, {"id": identity["id"]}, token=access)
    assert answer["data"] == {"deleteUserIdentity": identity["id"]}
    assert not await UserIdentity.exists(id=row.id)


async def test_api_tokens_live_through_the_api(api: Api) -> None:
    user, sender = await factories.user(role=Role.MARKETER), await factories.sender()
    access = (await signed_in(api, user))["accessToken"]
    given = {"name": "CI", "scopes": ["READ", "CONTACTS"], "senderId": encode("Sender", sender.id)}
    made = (await api.gql(CREATE_TOKEN, {"input": given}, token=access))["data"]["createApiToken"]
    assert made["token"].startswith("tdg_")
    assert made["token"].startswith(made["prefix"])
    assert (made["sender"]["id"], made["user"]["id"]) == (given["senderId"], encode("User", user.id))
    assert (made["scopes"], made["lastUsedAt"]) == (["READ", "CONTACTS"], None)
    assert (await api.gql(ME, token=made["token"]))["data"]["me"]["email"] == user.email
    listed = (await api.gql("{ me { apiTokens { id token lastUsedAt } } }", token=access))["data"]["me"]["apiTokens"]
    assert [(row["id"], row["token"]) for row in listed] == [(made["id"], None)]
    assert listed[0]["lastUsedAt"] is not None
    create_group = 'mutation { createGroup(input: { name: "x" }) { id } }'
    assert await code(api, create_group, bearer=made["token"]) == "AUTHORIZATION_ERROR"
    shown = "query ($id: ID!) { node(id: $id) { ... on ApiToken { name token } } }"
    assert (await api.data(shown, id=made["id"]))["node"] == {"name": "CI", "token": None}
    assert (await api.data(shown, role=Role.SALES, id=made["id"]))["node"] is None
    revoke = "mutation ($id: ID!) { deleteApiToken(id: $id) }"
    assert (await api.refusal(revoke, role=Role.VIEWER, id=made["id"]))["code"] == "NOT_FOUND"
    assert (await api.data(revoke, id=made["id"])) == {"deleteApiToken": made["id"]}
    assert await code(api, ME, bearer=made["token"]) == "AUTHENTICATION_ERROR"


async def test_a_new_password_ends_api_tokens_and_the_list_tells_where_they_came_from(api: Api) -> None:
    user = await factories.user(role=Role.SALES)
    access, id = (await signed_in(api, user))["accessToken"], encode("User", user.id)
    given = {"name": "CI", "scopes": ["READ", "ADMIN"]}
    made = (await api.gql(CREATE_TOKEN, {"input": given}, token=access))["data"]["createApiToken"]
    await api.gql(CREATE_TOKEN, {"input": given}, token=made["token"])
    listed = "{ me { sessions { id } apiTokens { id ipAddress session { id current } } } }"
    me = (await api.gql(listed, token=access))["data"]["me"]
    assert [token["ipAddress"] for token in me["apiTokens"]] == ["127.0.0.1"] * 2
    [session] = me["sessions"]
    assert [token["session"] for token in me["apiTokens"]] == [None, {"id": session["id"], "current": True}]
    change = {"password": "another-password", "currentPassword": PASSWORD}
    assert "errors" not in await api.gql(UPDATE_USER, {"id": id, "input": change}, token=access)
    assert "errors" not in await api.gql(ME, token=made["token"]), "programs go on unless they are to end"
    ends = {"endApiTokens": True}
    assert (await api.refusal(UPDATE_USER, role=Role.MARKETER, id=id, input=ends))["code"] == "AUTHORIZATION_ERROR"
    assert "errors" not in await api.gql(ME, token=made["token"])
    assert "errors" not in await api.gql(UPDATE_USER, {"id": id, "input": ends}, token=access)
    assert await code(api, ME, bearer=made["token"]) == "AUTHENTICATION_ERROR"
    assert (await api.gql(listed, token=access))["data"]["me"]["apiTokens"] == []


async def test_what_may_not_be_creates_no_token(api: Api) -> None:
    before, other = await ApiToken.all().count(), await factories.user()
    for role, given, expected, field in (
        (Role.VIEWER, {"userId": encode("User", other.id)}, "AUTHORIZATION_ERROR", "userId"),
        (Role.ADMIN, {"userId": encode("User", 2**40)}, "NOT_FOUND", "userId"),
        (Role.ADMIN, {"senderId": encode("Sender", 2**40)}, "NOT_FOUND", "senderId"),
        (Role.ADMIN, {"senderId": encode("User", other.id)}, "VALIDATION_ERROR", "senderId"),
        (Role.ADMIN, {"scopes": []}, "VALIDATION_ERROR", "scopes"),
        (Role.ADMIN, {"expiresInDays": 0}, "VALIDATION_ERROR", "expiresInDays"),
        (Role.ADMIN, {"name": ""}, "VALIDATION_ERROR", "name"),
    ):
        refusal = await api.refusal(CREATE_TOKEN, role=role, input={"name": "x", "scopes": ["READ"], **given})
        assert (refusal["code"], refusal["field"]) == (expected, field)
    assert await ApiToken.all().count() == before


async def test_x_admin_token_opens_what_admin_may(api: Api, environment: dict[str, str]) -> None:
    async def users(token: str) -> dict[str, Any]:
        answer: httpx.Response = await api.http.post(
            "/graphql", json={"query": "{ users { totalCount } }"}, headers={"X-Admin-Token": token}
        )
        return answer.json()

    assert (await users(environment["ADMIN_TOKEN"]))["data"]["users"]["totalCount"] > 0
    admin = await factories.user()
    made = await accounts.create_api_token(Viewer(user_id=admin.id, role=Role.ADMIN), name="x", scopes=[Scope.ADMIN])
    assert (await users(made.token or ""))["data"]["users"]["totalCount"] > 0
    assert (await users("nonsense"))["errors"][0]["extensions"]["code"] == "AUTHENTICATION_ERROR"


async def test_however_many_users_the_statements_are_as_many() -> None:
    word = unique("Crew")
    for n in range(3):
        user = await accounts.create_user(
            SYSTEM, email=f"{unique()}@example.com", password=PASSWORD, name=f"{n} {word}", role=Role.SALES
        )
        for _ in range(n):
            await accounts.create_api_token(SYSTEM, name="t", scopes=[Scope.READ], user_id=user.id)
    document = """query ($search: String!, $first: Int!) {
      users(filter: { search: $search }, first: $first) { edges { node {
      id apiTokens { id sender { id } user { id } session { id } } sessions { id current } identities { id }
    } } } }"""

    counts: list[int] = []
    for first in (1, 3):
        data, count = await counted(document, search=word, first=first)
        assert len(data["users"]["edges"]) == first
        counts.append(count)
    assert counts[0] == counts[1]

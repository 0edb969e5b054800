"""An identity provider that lies, is away, or is asked by many at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from joserfc.jwk import RSAKey

from db.accounts import Role, User, UserIdentity, UserSession
from db.core.settings import OAuthProvider, get_settings
from domain import accounts
from domain.accounts import attempts, openid
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.factories import unique
from tests.identity.attempt import URL, Attempt, code_of, someone
from tests.identity.running import Liar, liar
from tests.statements import statements

PASSWORD = "correct-horse-battery"
DISCOVERY = "/.well-known/openid-configuration"


@pytest_asyncio.fixture(loop_scope="session")
async def lying() -> AsyncIterator[Liar]:
    openid._documents.clear()  # Another one may have been at that port.
    async with liar() as running:
        yield running


LOOKALIKES = {
    "dotless i": ("mail.example", "ma\u0131l.example"),
    "long s": ("boss.example", "bo\u017fs.example"),
    "sharp s": ("strasse.example", "stra\u00dfe.example"),
    "Kelvin": ("kate.example", "\u212aate.example"),
}


@pytest.mark.parametrize("kind", LOOKALIKES)
async def test_letters_that_only_look_alike_make_nobody_of_anybody(lying: Liar, kind: str) -> None:
    usual, other = LOOKALIKES[kind]
    name = unique("boss")
    user = await accounts.create_user(SYSTEM, email=f"{name}@{usual}", password=PASSWORD, name="The Boss")
    attempt, before = Attempt(lying.provider, code="a-code"), await User.all().count()
    lying.sign(lying.claims(await attempt.url(), email=f"{name}@{other}"))
    assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None)
    assert not await UserIdentity.filter(user_id=user.id).exists()
    assert await User.all().count() == before


async def test_the_user_of_an_email_is_found_by_its_index(lying: Liar) -> None:
    user = await factories.user()
    attempt = Attempt(lying.provider, code="a-code")
    lying.sign(lying.claims(await attempt.url(), email=user.email.upper()))
    with statements() as asked:
        assert (await attempt.give()).errors is None
    assert [one for one in asked if "lower(email) = lower(" in one]
    assert not [one for one in asked if "UPPER(" in one.upper()]


async def test_of_two_first_sign_ins_at_once_both_succeed(lying: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "oauth_providers", [lying.provider])
    lying.provider.allowed_domains.append("allowed.example")
    attempt, email = Attempt(lying.provider, code="a-code"), someone()
    lying.sign(lying.claims(await attempt.url(), email=email))
    answers = await asyncio.gather(*(attempt.give() for _ in range(3)))
    assert [answer.errors for answer in answers] == [None] * 3
    assert await User.filter(email=email).count() == 1


LIES: dict[str, Callable[[Liar, dict[str, Any]], None]] = {
    "of another issuer": lambda it, claims: it.sign({**claims, "iss": "https://other.example"}),
    "for another client": lambda it, claims: it.sign({**claims, "aud": "another"}),
    "for another client too, and made for that": lambda it, claims: it.sign(
        {**claims, "aud": ["tidings", "another"], "azp": "another"}
    ),
    "that has ended": lambda it, claims: it.sign({**claims, "exp": int(time.time()) - 120}),
    "of another sign-in": lambda it, claims: it.sign({**claims, "nonce": "another"}),
    "of no sign-in": lambda it, claims: it.sign({name: claims[name] for name in claims if name != "nonce"}),
    "of nobody": lambda it, claims: it.sign({name: claims[name] for name in claims if name != "sub"}),
    "without an end": lambda it, claims: it.sign({name: claims[name] for name in claims if name != "exp"}),
    "of another key": lambda it, claims: it.sign(claims, key=RSAKey.generate_key(2048)),
    "of a key that is not there": lambda it, claims: it.sign(claims, {"kid": "two"}),
    "by a shared secret": lambda it, claims: it.sign(claims, {"alg": "HS256"}, it.shared()),
    "that is changed": lambda it, claims: (it.sign(claims), setattr(it, "id_token", it.id_token[:-8] + "AAAAAAAA"))[0],
    "that is none": lambda it, claims: setattr(it, "id_token", "nonsense"),
    "whose email is not verified": lambda it, claims: it.sign({**claims, "email_verified": False}),
    "without an email": lambda it, claims: it.sign({name: claims[name] for name in claims if name != "email"}),
}


@pytest.mark.parametrize("lie", LIES)
async def test_an_id_token_that_proves_nothing_signs_nobody_in(lying: Liar, lie: str) -> None:
    user = await factories.user()
    attempt = Attempt(lying.provider, code="a-code")
    url = await attempt.url()
    claims = lying.claims(url, email=user.email)
    LIES[lie](lying, claims)
    assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None)
    assert await attempt.told() == ["signInFailed"]
    assert not await UserIdentity.filter(user_id=user.id).exists()
    assert not await UserSession.filter(user_id=user.id).exists()
    lying.sign(claims)
    assert (await attempt.give()).errors is None


async def test_each_bad_field_is_told_before_anybody_is_asked(lying: Liar) -> None:
    attempt = Attempt(lying.provider, code="a-code")
    answer = await attempt.ask(URL, {"uri": "javascript:alert(1)", "state": "short", "challenge": "x"})
    assert {error.extensions["field"] for error in answer.errors} == {"redirectUri", "state", "codeChallenge"}
    answer = await attempt.give(provider="nobody", code="", redirectUri="x", codeVerifier="short", state="short")
    assert {(error.extensions["field"], error.extensions["code"]) for error in answer.errors} == {
        ("provider", "NOT_FOUND"),
        ("code", "VALIDATION_ERROR"),
        ("redirectUri", "VALIDATION_ERROR"),
        ("codeVerifier", "VALIDATION_ERROR"),
        ("state", "VALIDATION_ERROR"),
    }
    assert await attempt.told() == []


async def test_a_provider_that_is_away_or_another_is_said_to_be(lying: Liar) -> None:
    lying.metadata["issuer"] = "https://other.example"
    attempt = Attempt(lying.provider, code="a-code")
    assert code_of(await attempt.give()) == ("EXTERNAL_SERVICE_ERROR", None)
    gone = OAuthProvider(name="gone", issuer="http://127.0.0.1:9", client_id="tidings")
    assert code_of(await Attempt(gone, code="a-code").give()) == ("EXTERNAL_SERVICE_ERROR", None)


async def test_however_many_begin_the_provider_is_asked_once(lying: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "oauth_providers", [lying.provider])
    lying.answers.clear()
    urls = [asyncio.ensure_future(Attempt(lying.provider).url()) for _ in range(20)]
    async with asyncio.timeout(10):
        await lying.reached.wait()
    lying.answers.set()
    assert len(set(await asyncio.gather(*urls))) == 20
    assert lying.asked == [DISCOVERY]


async def test_a_provider_that_is_away_is_left_alone_for_a_while(lying: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer, lying.metadata["issuer"] = lying.metadata["issuer"], "https://other.example"
    for _ in range(5):
        assert code_of(await Attempt(lying.provider, code="a-code").give()) == ("EXTERNAL_SERVICE_ERROR", None)
    assert lying.asked == [DISCOVERY]
    monkeypatch.setattr(openid, "_AGAIN", 0.0)
    lying.metadata["issuer"] = issuer
    await Attempt(lying.provider).url()
    assert lying.asked == [DISCOVERY] * 2


async def test_keys_are_kept_and_read_anew_where_they_do_not_fit(lying: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    async def signs_in_there() -> Any:
        attempt = Attempt(lying.provider, code="a-code")
        lying.sign(lying.claims(await attempt.url(), email=(await factories.user()).email))
        return await attempt.give()

    for _ in range(2):
        assert (await signs_in_there()).errors is None
    assert lying.asked.count("/jwks_uri") == 1
    lying.key = RSAKey.generate_key(2048, parameters={"kid": "one", "alg": "RS256"})
    assert code_of(await signs_in_there()) == ("AUTHENTICATION_ERROR", None)
    assert lying.asked.count("/jwks_uri") == 1, "not more often than every 10 s"
    monkeypatch.setattr(openid, "_AGAIN", 0.0)
    assert (await signs_in_there()).errors is None
    assert lying.asked.count("/jwks_uri") == 2


async def test_an_address_is_limited_before_the_provider_is_asked(lying: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    monkeypatch.setattr(attempts, "FOR_ANYONE", 3)
    address, user = unique("10."), await factories.user()
    good = Attempt(lying.provider, address, code="a-code")
    lying.sign(lying.claims(await good.url(), email=user.email))
    for _ in range(4):
        assert (await good.give()).errors is None, "who signs in may do so as often as they like"
    lying.id_token = "nonsense"
    for _ in range(3):
        assert code_of(await good.give()) == ("AUTHENTICATION_ERROR", None)
    before = len(lying.asked)
    for _ in range(3):
        assert code_of(await good.give()) == ("RATE_LIMIT_EXCEEDED", None)
    assert len(lying.asked) == before
    told = await good.told()
    assert (told.count("signInFailed"), told.count("signInRefused")) == (3, 1)


async def test_somebody_who_may_not_register_is_written_down(lying: Liar) -> None:
    attempt = Attempt(lying.provider, code="a-code")
    lying.sign(lying.claims(await attempt.url(), email=someone("elsewhere.example")))
    assert code_of(await attempt.give()) == ("AUTHORIZATION_ERROR", None)
    assert await attempt.told() == ["signInFailed"]


async def test_a_name_that_is_too_long_is_not_cut_to_somebody_elses(lying: Liar) -> None:
    user = await factories.user()
    attempt = Attempt(lying.provider, code="a-code")
    claims = lying.claims(await attempt.url(), email=user.email)
    lying.sign({**claims, "sub": "x" * 255})
    assert (await attempt.give()).errors is None
    lying.sign({**claims, "sub": "x" * 256})
    assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None)


async def test_who_says_the_email_says_whether_it_is_verified(lying: Liar) -> None:
    """An id token that names no email proves none, whatever it says of one."""
    lying.metadata["userinfo_endpoint"] = f"{lying.provider.issuer}/userinfo_endpoint"
    user = await factories.user()
    attempt = Attempt(lying.provider, code="a-code")
    claims = lying.claims(await attempt.url(), email="")
    lying.sign({name: value for name, value in claims.items() if name != "email"})
    for verified in ({}, {"email_verified": False}):
        lying.person = {"sub": claims["sub"], "email": user.email, **verified}
        assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None)
        assert not await UserIdentity.filter(user_id=user.id).exists()
    lying.person = {"sub": "another", "email": user.email, "email_verified": True}
    assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None)
    lying.person = {"sub": claims["sub"], "email": user.email, "email_verified": True}
    assert (await attempt.give()).data["loginWithOAuth"]["user"]["email"] == user.email


async def test_whoever_is_signed_in_as_another_links_nothing_to_that_one(lying: Liar) -> None:
    """What counts is whom the provider names, not who asks."""
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.ADMIN)
    attempt = Attempt(lying.provider, code="a-code", by=Viewer(user_id=other.id, role=Role.ADMIN, session_id=1))
    lying.sign(lying.claims(await attempt.url(), email=user.email))
    pair = (await attempt.give()).data["loginWithOAuth"]
    assert (await accounts.authenticate(pair["accessToken"])).user_id == user.id
    assert not await UserIdentity.filter(user_id=other.id).exists()


async def test_an_email_that_changes_at_the_provider_leads_to_nobody_else(lying: Liar) -> None:
    mine, theirs = await factories.user(role=Role.VIEWER), await factories.user(role=Role.ADMIN)
    attempt = Attempt(lying.provider, code="a-code")
    claims = lying.claims(await attempt.url(), email=mine.email)
    lying.sign(claims)
    assert (await attempt.give()).errors is None
    lying.sign({**claims, "email": theirs.email})
    pair = (await attempt.give()).data["loginWithOAuth"]
    assert (await accounts.authenticate(pair["accessToken"])).user_id == mine.id
    assert not await UserIdentity.filter(user_id=theirs.id).exists()
    await accounts.update_user(SYSTEM, mine.id, active=False)
    for email in (mine.email, theirs.email):
        lying.sign({**claims, "email": email})
        assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None), "switched off is switched off"
    assert not await UserIdentity.filter(user_id=theirs.id).exists()

"""SECRET_KEY changes: what was signed and encrypted under the old one holds, until that is taken away."""

import asyncio
import os
import subprocess
import sys

import pytest
import standardwebhooks
from pydantic import SecretStr

from db.audit import AuditEntry
from db.contacts import OptInStatus
from db.core import connect
from db.core.settings import get_settings
from db.senders import Sender
from domain import accounts, contacts, webhooks
from domain.accounts import AuthTokens
from domain.core import export, rotation
from domain.core.access import ANONYMOUS, SYSTEM
from domain.core.errors import Refusal
from domain.core.secrets import SecretError, is_stamp, key_id, seal, stamp, unseal
from domain.files import links
from tests import factories
from tests.databases import database_of_its_own
from tests.receivers import hook, receiving, say

OLD, NEW = "a-secret-key-for-tests-of-32-bytes-and-more", "the-next-secret-key-of-32-bytes-and-more"
PASSWORD = "correct-horse-battery"


def change(patch: pytest.MonkeyPatch, key: str, *old: str) -> None:
    patch.setattr(get_settings(), "secret_key", SecretStr(key))
    patch.setattr(get_settings(), "secret_keys_old", [SecretStr(secret) for secret in old])


async def test_tokens_links_and_stamps_of_the_old_key_hold_as_long_as_it_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = await factories.user()

    async def sign_in() -> AuthTokens:
        return await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)

    async def hold(tokens: AuthTokens, file: str, list_: str, stamped: str) -> bool:
        try:
            assert (await accounts.authenticate(tokens.access_token)).user_id == user.id
            export.opened(list_.rpartition("/")[2])
        except Refusal:
            held = False
        else:
            held = True
        _, _, query = file.partition("?expires=")
        expires, _, signature = query.partition("&signature=")
        assert links.is_good("GET", 7, expires, signature) is is_stamp("x", stamped) is held
        return held

    made = await sign_in(), links.link("GET", 7), export.link(SYSTEM, "audit"), stamp("x")
    old = key_id()
    change(monkeypatch, NEW, OLD)
    assert key_id() != old
    newer = await sign_in(), links.link("GET", 7), export.link(SYSTEM, "audit"), stamp("x")
    assert [await hold(*made), await hold(*newer)] == [True, True]
    change(monkeypatch, NEW)
    assert [await hold(*made), await hold(*newer)] == [False, True]
    # Refresh tokens are random, and no key is in them.
    assert (await accounts.refresh_tokens(ANONYMOUS, refresh_token=made[0].refresh_token)).user.id == user.id
    change(monkeypatch, OLD)
    assert [await hold(*made), await hold(*newer)] == [True, False]


async def test_secrets_are_encrypted_anew_and_what_was_left_midway_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async with database_of_its_own():
        made = [await factories.sender(access_token=f"token-{n}") for n in range(5)]
        # As the first release wrote it: without the id of its key.
        await connect.execute(
            "UPDATE sender SET access_token = $2 WHERE id = $1", made[0].id, seal("token-0").partition(b":")[2]
        )
        old = key_id()
        change(monkeypatch, NEW, OLD)
        assert await rotation.sealed_under() == {old: 4, "": 1}
        monkeypatch.setattr(rotation, "seal", dying(after=2))
        with pytest.raises(KeyboardInterrupt):
            await rotation.reseal()
        assert await rotation.sealed_under() == {old: 3, key_id(): 2}
        monkeypatch.setattr(rotation, "seal", seal)
        both = await asyncio.gather(rotation.reseal(), rotation.reseal())
        assert [sum(done) for done in zip(*both, strict=True)] == [3, 0]
        assert await rotation.sealed_under() == {key_id(): 5}
        assert await rotation.reseal() == (0, 0)
        change(monkeypatch, NEW)
        stored = await Sender.all().order_by("id")
        assert [unseal(sender.access_token or b"") for sender in stored] == [f"token-{n}" for n in range(5)]
        change(monkeypatch, OLD)
        with pytest.raises(SecretError):
            unseal(stored[0].access_token or b"")
        assert await rotation.reseal() == (0, 5)
        assert [sender.access_token for sender in await Sender.all().order_by("id")] == [
            sender.access_token for sender in stored
        ]


def dying(after: int):
    left = [after]

    def sealing(secret: str) -> bytes:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return seal(secret)

    return sealing


async def test_opt_outs_of_who_was_deleted_outlive_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async def deleted() -> str:
        contact = await factories.contact(opt_in_status=OptInStatus.OPTED_OUT)
        number = str(await connect.value("SELECT phone_number FROM contact_phone WHERE contact_id = $1", contact.id))
        await contacts.delete(SYSTEM, contact.id)
        return number

    async with database_of_its_own():
        number = await deleted()
        change(monkeypatch, NEW, OLD)
        later = await deleted()
        assert await rotation.reseal() == (1, 0)
        change(monkeypatch, NEW)
        for each in (number, later):
            assert (await factories.contact(phone_number=each)).opt_in_status is OptInStatus.OPTED_OUT
        change(monkeypatch, "neither-the-one-nor-the-other-of-32-bytes")
        assert (await factories.contact()).opt_in_status is not OptInStatus.OPTED_OUT


async def test_webhooks_are_signed_with_the_same_secrets_under_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    async with database_of_its_own(), receiving() as receiver:
        webhook = await hook(receiver)
        first, second = webhook.secret, (await webhooks.rotate(SYSTEM, webhook.id)).secret
        change(monkeypatch, NEW, OLD)
        assert await rotation.reseal() == (2, 0), "the one before holds for a day"
        change(monkeypatch, NEW)
        await say(1)
        await webhooks.deliver(webhook.id)
        [(headers, body)] = receiver.posts
        for secret in (first, second):
            assert standardwebhooks.Webhook(secret or "").verify(body, headers)


async def test_the_command_line_lists_keys_and_rotates(environment: dict[str, str]) -> None:
    def tidings(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tidings", "keys", *arguments]
        given = {**os.environ, **settings}
        return subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=60)

    async with database_of_its_own():
        await factories.sender(access_token="a-token")
        renewed = {"SECRET_KEY": NEW, "SECRET_KEYS_OLD": f'["{OLD}"]'}
        found = await asyncio.to_thread(tidings, "list", **renewed)
        assert f"{key_id():9} SECRET_KEYS_OLD  1 secrets" in found.stdout, found.stderr
        lost = await asyncio.to_thread(tidings, "rotate", SECRET_KEY=NEW, SECRET_KEYS_OLD="[]")
        assert (lost.returncode, "1 secrets cannot be read" in lost.stderr) == (1, True)
        done = await asyncio.to_thread(tidings, "rotate", **renewed)
        assert (done.returncode, done.stdout[:24]) == (0, "1 secrets are encrypted "), done.stderr
        [entry] = await AuditEntry.filter(action="keyRotation")
        assert (entry.changes["key"][0], entry.changes["secrets"]) == ([key_id()], [None, 1])
        found = await asyncio.to_thread(tidings, "list", **renewed)
        assert f"{key_id():9} SECRET_KEYS_OLD  0 secrets" in found.stdout

"""Bearer tokens: what is stored of them, and what they allow."""

import pytest
from sqlalchemy import select

from fediunion.kit.errors import Invalid
from fediunion.members.models import AccessToken
from fediunion.members.scopes import check_scopes
from fediunion.members.tokens import create_token, find_token
from tests.members.conftest import Office
from tests.members.revoking import revoke_token


async def test_a_token_is_found_by_itself_and_only_its_hash_is_stored(office: Office) -> None:
    ana = await office.add("ana")
    bearer = await office.on(ana, create_token, "read write:statuses", "Tusky")
    found = await office.db.read(find_token, bearer)
    assert found is not None
    token, member, actor = found
    assert (member.id, actor.username, token.scopes, token.app_name) == (
        ana.id,
        "ana",
        "read write:statuses",
        "Tusky",
    )
    (row,) = await office.db.read(lambda session: list(session.scalars(select(AccessToken))))
    assert bearer not in str(vars(row))
    assert await office.db.read(find_token, bearer[:-1]) is None
    assert await office.db.read(find_token, row.token_hash) is None
    assert await office.db.read(find_token, "\udc80") is None


async def test_a_revoked_token_is_worthless_and_the_others_stay(office: Office) -> None:
    ana = await office.add("ana")
    first, second = [await office.on(ana, create_token, "read", name) for name in ("one", "two")]
    await office.db.write(revoke_token, first)
    await office.db.write(revoke_token, "unknown")
    assert await office.db.read(find_token, first) is None
    assert await office.db.read(find_token, second) is not None


@pytest.mark.parametrize("text", ["", "everything", "read write admin", "read:nothing", "read,write"])
def test_unknown_scopes_are_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_scopes(text)


def test_scopes_are_kept_once_in_order() -> None:
    assert check_scopes("read write  follow read push") == "read write follow push"
    assert check_scopes(["profile", "admin:read:accounts"]) == "profile admin:read:accounts"

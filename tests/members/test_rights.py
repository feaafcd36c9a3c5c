"""What a member may do, by how it signed in: officers need a second factor (W11)."""

import pytest
from sqlalchemy.orm import Session

from fediunion.members.factors.enrolment import finish_totp, remove_totp, start_totp
from fediunion.members.models import Member, Role
from fediunion.members.rights import rights_in_session, rights_of_token
from fediunion.members.service import set_role
from fediunion.members.sessions import find_session, prove_again
from fediunion.members.tokens import add_token, create_token, find_token
from tests.members.conftest import PASSWORD, Office, password_hash
from tests.members.factors.test_totp import code_of, enrolled


async def rights(office: Office, cookie: str) -> Role:
    """Return what a browser may do."""

    def read(session: Session) -> Role:
        found = find_session(session, cookie)
        assert found is not None
        return rights_in_session(found[0], found[1], office.settings)

    return await office.db.read(read)


async def token_rights(office: Office, bearer: str) -> Role | None:
    """Return what an app may do, None where its token is worthless."""

    def read(session: Session) -> Role | None:
        found = find_token(session, bearer)
        return None if found is None else rights_of_token(found[0], found[1], office.settings)

    return await office.db.read(read)


async def app_token(office: Office, member: Member) -> str:
    """Return a token that an app got by a consent."""
    return await office.db.write(add_token, member_id=member.id, scopes="admin:read read", app_name="App")


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMIN, Role.OWNER], ids=str)
async def test_W11_an_officer_without_a_second_factor_has_the_rights_of_a_member(
    real_office: Office, role: Role
) -> None:
    ola = await real_office.add("ola", role=role)
    assert await rights(real_office, await real_office.signed_in(ola)) is Role.MEMBER
    assert await token_rights(real_office, await app_token(real_office, ola)) is Role.MEMBER


async def test_W11_what_an_operator_gives_on_the_machine_asks_for_no_second_factor(
    real_office: Office,
) -> None:
    ola = await real_office.add("ola", role=Role.ADMIN)
    bearer = await real_office.on(ola, create_token, "admin:read", "script")
    assert await token_rights(real_office, bearer) is Role.ADMIN


async def test_in_development_officers_need_no_second_factor(office: Office) -> None:
    ola = await office.add("ola", role=Role.ADMIN)
    assert await rights(office, await office.signed_in(ola)) is Role.ADMIN
    assert await token_rights(office, await app_token(office, ola)) is Role.ADMIN


async def test_W02_with_the_second_factor_an_officer_gets_the_rights_and_another_cookie(
    real_office: Office,
) -> None:
    ola = await real_office.add("ola", role=Role.ADMIN, password_hash=password_hash())
    elsewhere, cookie = await real_office.signed_in(ola), await real_office.signed_in(ola)
    apps = await app_token(real_office, ola)
    script = await real_office.on(ola, create_token, "admin:read", "script")
    enrolment = await real_office.db.write(start_totp, cookie)
    changed = await real_office.db.write(finish_totp, cookie, code_of(real_office, enrolment))
    assert await rights(real_office, changed.cookie) is Role.ADMIN
    assert not await real_office.is_signed_in(cookie)
    assert not await real_office.is_signed_in(elsewhere)
    assert await token_rights(real_office, apps) is None
    assert await token_rights(real_office, script) is Role.ADMIN
    assert await token_rights(real_office, await app_token(real_office, ola)) is Role.ADMIN
    real_office.clock.advance(seconds=90)
    removed = await remove_totp(
        real_office.world,
        cookie=changed.cookie,
        password=PASSWORD,
        code=code_of(real_office, enrolment),
        address="192.0.2.1",
    )
    assert await rights(real_office, removed.cookie) is Role.MEMBER


async def test_W02_a_new_role_is_not_for_the_session_that_was_open(real_office: Office) -> None:
    ana, cookie, _ = await enrolled(real_office)
    assert ana.role == Role.MEMBER
    apps = await app_token(real_office, ana)
    await real_office.on(ana, set_role, Role.MODERATOR)
    assert await rights(real_office, cookie) is Role.MEMBER
    assert await token_rights(real_office, apps) is None
    fresh = await real_office.db.write(prove_again, cookie)
    assert fresh != cookie
    assert await rights(real_office, fresh) is Role.MODERATOR
    assert not await real_office.is_signed_in(cookie)
    assert await real_office.db.write(prove_again, fresh) == fresh


async def test_less_of_a_role_holds_at_once(office: Office) -> None:
    await office.add("olga", role=Role.OWNER)
    ola = await office.add("ola", role=Role.ADMIN)
    cookie = await office.signed_in(ola)

    def lower(session: Session, member: Member) -> None:
        member.role = Role.MODERATOR

    await office.on(ola, lower)
    assert await rights(office, cookie) is Role.MODERATOR

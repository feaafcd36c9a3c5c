"""Members: made, looked up, given roles, suspended, erased."""

import pytest

from fediunion.actors.events import ActorDeleted
from fediunion.actors.models import Reach
from fediunion.actors.queries import find_actor
from fediunion.kit.errors import Invalid, NotAllowed, NotFound
from fediunion.members.emails import unseal_email
from fediunion.members.events import MemberErased, MemberReachChanged, MemberSuspended
from fediunion.members.models import Member, MemberState, Role
from fediunion.members.queries import (
    find_login,
    find_member,
    find_member_by_email,
    get_member,
    list_members,
)
from fediunion.members.service import (
    approve_member,
    change_email,
    delete_member,
    set_password,
    set_reach,
    set_role,
    suspend_member,
    unsuspend_member,
)
from fediunion.members.tokens import create_token, find_token
from tests.members.conftest import Office


async def test_a_new_member_is_hidden_unless_the_union_says_otherwise(office: Office) -> None:
    ana = await office.add("ana", email="ana@union.test")
    actor = await office.db.read(find_actor, ana.actor_id)
    assert actor is not None
    assert (actor.reach, actor.locked, actor.discoverable) == (Reach.HIDDEN, True, False)
    assert (ana.state, ana.role, ana.locale) == (MemberState.ACTIVE, Role.MEMBER, "en")


async def test_the_address_is_sealed_and_found_by_its_keyed_hash(office: Office) -> None:
    ana = await office.add("ana", email="Ana.B@Union.test")
    stored = await office.state_of(ana)
    assert stored.sealed_email is not None
    assert stored.email_key is not None
    assert b"nion" not in stored.sealed_email
    assert "nion" not in stored.email_key
    assert unseal_email(stored.sealed_email, ana.id, office.settings) == "Ana.B@union.test"
    found = await office.db.read(find_member_by_email, "ana.b@UNION.test")
    assert found is not None
    assert found[0].id == ana.id
    assert await office.db.read(find_member_by_email, "not an address") is None


async def test_names_and_addresses_are_taken_once(office: Office) -> None:
    await office.add("ana", email="ana@union.test")
    for more in ({"username": "ANA"}, {"username": "ben", "email": "ANA@union.test"}):
        with pytest.raises(Invalid):
            await office.add(**more)
    assert [actor.username for _, actor in await office.db.read(list_members)] == ["ana"]


@pytest.mark.parametrize(
    "name", ["union", "instance", "vacancies", "settings", "union.test", "API", "jobs news"]
)
async def test_names_of_routes_and_institutions_are_reserved(office: Office, name: str) -> None:
    with pytest.raises(Invalid) as caught:
        await office.add(name)
    assert caught.value.field == "username"


async def test_names_of_authority_are_for_the_operator_to_give(office: Office) -> None:
    with pytest.raises(Invalid):
        await office.add("admin", by_operator=False)
    await office.add("admin", role=Role.ADMIN)


async def test_members_are_found_by_name_and_by_address_for_logging_in(office: Office) -> None:
    ana = await office.add("ana", email="ana@union.test")
    for text in ("ana", "ANA", "@ana", "ana@union.test", " Ana@Union.Test "):
        found = await office.db.read(find_login, text)
        assert found is not None
        assert found[0].id == ana.id
    assert await office.db.read(find_login, "nobody") is None
    with pytest.raises(NotFound):
        await office.db.read(get_member, "nobody")


async def test_an_institution_is_no_member(office: Office) -> None:
    assert await office.db.read(find_member, "instance") is None


async def test_a_new_password_ends_all_tokens(office: Office) -> None:
    ana = await office.add("ana", password_hash="old")
    bearer = await office.on(ana, create_token, "read")
    await office.on(ana, set_password, "new")
    assert (await office.state_of(ana)).password_hash == "new"
    assert await office.db.read(find_token, bearer) is None


async def test_suspension_ends_tokens_hides_the_profile_and_can_be_taken_back(office: Office) -> None:
    ana = await office.add("ana")
    bearer = await office.on(ana, create_token, "read write")
    await office.on(ana, suspend_member)
    await office.on(ana, suspend_member)
    assert (await office.state_of(ana)).state == MemberState.SUSPENDED
    assert await office.db.read(find_token, bearer) is None
    actor = await office.db.read(find_actor, ana.actor_id)
    assert actor is not None
    assert actor.suspended_at is not None
    with pytest.raises(Invalid):
        await office.on(ana, create_token, "read")
    assert office.announced == [MemberSuspended(ana.id, ana.actor_id)]
    await office.on(ana, unsuspend_member)
    assert (await office.state_of(ana)).state == MemberState.ACTIVE
    assert await office.on(ana, create_token, "read")


@pytest.mark.parametrize("reach", [Reach.HIDDEN, Reach.PUBLIC])
async def test_V33_erasing_takes_everything_but_the_name(office: Office, reach: Reach) -> None:
    ana = await office.add("ana", email="ana@union.test", password_hash="x", reach=reach, display_name="Ana")
    bearer = await office.on(ana, create_token, "read")
    await office.on(ana, delete_member)
    await office.on(ana, delete_member)
    stored = await office.state_of(ana)
    assert (stored.state, stored.email_key, stored.sealed_email, stored.password_hash) == (
        MemberState.DELETED,
        None,
        None,
        None,
    )
    assert await office.db.read(find_token, bearer) is None
    assert await office.db.read(find_login, "ana") is None
    actor = await office.db.read(find_actor, ana.actor_id)
    assert actor is not None
    assert (actor.display_name, actor.deleted_at) == ("", office.clock.now())
    assert office.announced == [
        MemberErased(ana.id, ana.actor_id),
        ActorDeleted(ana.actor_id, actor.uri, local=True),
    ]
    with pytest.raises(Invalid):
        await office.add("ana")
    await office.add("ben", email="ana@union.test")


async def test_a_change_of_reach_is_announced_with_what_it_was(office: Office) -> None:
    ana = await office.add("ana", reach=Reach.PUBLIC)
    await office.on(ana, set_reach, Reach.PUBLIC)
    await office.on(ana, set_reach, Reach.HIDDEN)
    assert office.announced == [MemberReachChanged(ana.actor_id, Reach.PUBLIC, Reach.HIDDEN)]


@pytest.mark.parametrize("act", [suspend_member, delete_member, lambda s, m: set_role(s, m, Role.MEMBER)])
async def test_W18_the_last_owner_cannot_go(office: Office, act: object) -> None:
    first = await office.add("first", role=Role.OWNER)
    with pytest.raises(NotAllowed):
        await office.on(first, act)
    await office.add("second", role=Role.OWNER)
    await office.on(first, act)


async def test_who_waits_for_approval_is_let_in(office: Office) -> None:
    ana = await office.add("ana", state=MemberState.PENDING)
    await office.on(ana, approve_member)
    assert (await office.state_of(ana)).state == MemberState.ACTIVE


async def test_an_address_can_be_changed_to_a_free_one(office: Office) -> None:
    ana = await office.add("ana", email="ana@union.test")
    await office.add("ben", email="ben@union.test")
    with pytest.raises(Invalid):
        await office.on(ana, change_email, "ben@union.test")
    await office.on(ana, change_email, "ANA@union.test")
    await office.on(ana, change_email, "new@union.test")
    found = await office.db.read(find_member_by_email, "new@union.test")
    assert found is not None
    assert isinstance(found[0], Member)

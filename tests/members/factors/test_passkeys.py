"""Passkeys, with real signatures: enrolled, asked, and whatever could be wrong with an answer."""

import json
from collections.abc import Callable

import pytest

from fediunion.kit.errors import Invalid
from fediunion.members.factors.enrolment import finish_passkey, remove_passkey, start_passkey
from fediunion.members.factors.passkeys import list_passkeys, rename_passkey
from fediunion.members.models import Member
from fediunion.members.passkey_sign_in import sign_in_by_passkey, sign_in_options
from fediunion.members.refusals import SignInRefused, WrongProof
from fediunion.members.service import suspend_member
from fediunion.members.sessions import new_session_cookie
from fediunion.members.step_up import passkey_options, prove_by_passkey
from tests.fakes.authenticator import Authenticator
from tests.members.conftest import PASSWORD, Office, password_hash

ORIGIN = "https://union.test"
ADDRESS = "192.0.2.1"


async def with_passkey(
    office: Office, name: str = "ana", device: Authenticator | None = None
) -> tuple[Member, str, Authenticator]:
    """Return a member with a passkey, the cookie of a browser, and the device."""
    member = await office.add(name, password_hash=password_hash())
    device = device or Authenticator(ORIGIN)
    return member, await enrol(office, await office.signed_in(member), device), device


async def enrol(office: Office, cookie: str, device: Authenticator, name: str = "Phone") -> str:
    """Enrol a device in a browser; return the cookie from now on."""
    options = await office.db.write(start_passkey, cookie)
    changed = await finish_passkey(office.world, cookie=cookie, answer=device.make(options), name=name)
    return changed.cookie


async def sign_in(office: Office, device: Authenticator, **lies: object) -> str:
    """Return the cookie of a session that a passkey alone opened."""
    cookie = new_session_cookie()
    options = await sign_in_options(office.world, cookie=cookie, address=ADDRESS)
    answer = device.sign(options, **lies)  # type: ignore[arg-type]  # each test names one of sign's own
    return await sign_in_by_passkey(office.world, cookie=cookie, answer=answer, address=ADDRESS)


async def test_a_passkey_signs_in_without_name_and_password(office: Office) -> None:
    ana, first, device = await with_passkey(office)
    cookie = await sign_in(office, device)
    assert await office.is_signed_in(cookie)
    assert await office.is_signed_in(first)
    (row,) = await office.on(ana, lambda session, member: list_passkeys(session, member.id))
    assert (row.name, row.sign_count, row.last_used_at) == ("Phone", 1, office.clock.now())


async def test_a_passkey_that_does_not_count_signs_in_again_and_again(office: Office) -> None:
    _, _, device = await with_passkey(office, device=Authenticator(ORIGIN, counts=False))
    for _ in range(2):
        assert await office.is_signed_in(await sign_in(office, device))


async def test_a_member_has_several_passkeys_each_enrolled_once(office: Office) -> None:
    ana, cookie, phone = await with_passkey(office)
    cookie = await enrol(office, cookie, Authenticator(ORIGIN), "  Key \n ring ")
    keys = await office.on(ana, lambda session, member: list_passkeys(session, member.id))
    assert [key.name for key in keys] == ["Phone", "Key ring"]
    options = json.loads(await office.db.write(start_passkey, cookie))
    assert {each["id"] for each in options["excludeCredentials"]} == {key.credential_id for key in keys}
    with pytest.raises(WrongProof):
        await enrol(office, cookie, phone, "Again")
    await office.on(ana, rename_passkey, keys[0].id, "Old phone")
    with pytest.raises(Invalid):
        await office.on(ana, rename_passkey, keys[0].id, "  ")


LIES: dict[str, dict[str, object]] = {
    "another origin": {"origin": "https://evil.example"},
    "a subdomain": {"origin": "https://x.union.test"},
    "plain http": {"origin": "http://union.test"},
    "another server": {"rp_id": "evil.example"},
    "another challenge": {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    "the answer of an enrolment": {"kind": "webauthn.create"},
    "not verified": {"verified": False},
    "the same count": {"count": 1},
    "a lower count": {"count": 0},
    "another user": {"user_handle": b"x" * 32},
    "no user": {"user_handle": b""},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_W13_an_answer_with_one_thing_wrong_signs_nobody_in(
    office: Office, lie: dict[str, object]
) -> None:
    _, _, device = await with_passkey(office)
    await sign_in(office, device)
    with pytest.raises(WrongProof, match="could not be checked"):
        await sign_in(office, device, **lie)
    assert await office.is_signed_in(await sign_in(office, device))


async def test_W13_a_signature_of_another_key_signs_nobody_in(office: Office) -> None:
    _, _, device = await with_passkey(office)
    thief = Authenticator(ORIGIN, credential_id=device.credential_id, user_handle=device.user_handle)
    with pytest.raises(WrongProof):
        await sign_in(office, thief)
    with pytest.raises(WrongProof):
        await sign_in(office, Authenticator(ORIGIN, user_handle=device.user_handle))


async def test_W13_a_challenge_is_good_once_for_five_minutes_in_one_browser(office: Office) -> None:
    _, _, device = await with_passkey(office)
    cookie, other = new_session_cookie(), new_session_cookie()
    options = await sign_in_options(office.world, cookie=cookie, address=ADDRESS)

    async def answer(browser: str) -> str:
        return await sign_in_by_passkey(
            office.world, cookie=browser, answer=device.sign(options), address=ADDRESS
        )

    with pytest.raises(WrongProof):
        await answer(other)
    assert await answer(cookie)
    with pytest.raises(WrongProof):
        await answer(cookie)
    options = await sign_in_options(office.world, cookie=cookie, address=ADDRESS)
    office.clock.advance(minutes=5)
    with pytest.raises(WrongProof):
        await answer(cookie)


async def test_W13_a_wrong_answer_uses_the_challenge_up(office: Office) -> None:
    _, _, device = await with_passkey(office)
    cookie = new_session_cookie()
    options = await sign_in_options(office.world, cookie=cookie, address=ADDRESS)
    for lie in ("https://evil.example", ""):
        with pytest.raises(WrongProof):
            await sign_in_by_passkey(
                office.world, cookie=cookie, answer=device.sign(options, origin=lie), address=ADDRESS
            )


async def test_W13_what_was_signed_to_prove_it_again_does_not_sign_in(office: Office) -> None:
    _, cookie, device = await with_passkey(office)
    options = await office.db.write(passkey_options, cookie)
    with pytest.raises(WrongProof):
        await sign_in_by_passkey(office.world, cookie=cookie, answer=device.sign(options), address=ADDRESS)


NO_ANSWERS: dict[str, Callable[[str], str]] = {
    "nothing": lambda answer: "",
    "no object": lambda answer: "[]",
    "empty": lambda answer: "{}",
    "no response": lambda answer: json.dumps({**json.loads(answer), "response": 1}),
    "no strings": lambda answer: json.dumps({**json.loads(answer), "response": {"signature": 1}}),
    "no base64": lambda answer: json.dumps({**json.loads(answer), "rawId": "ä"}),
    "deep": lambda answer: "[" * 10_000,
    "long": lambda answer: answer + " " * 20_000,
}


@pytest.mark.parametrize("spoil", NO_ANSWERS.values(), ids=NO_ANSWERS)
async def test_W13_what_is_no_answer_is_refused_like_any_other(
    office: Office, spoil: Callable[[str], str]
) -> None:
    _, cookie, device = await with_passkey(office)
    options = await sign_in_options(office.world, cookie=cookie, address=ADDRESS)
    with pytest.raises(WrongProof):
        await sign_in_by_passkey(
            office.world, cookie=cookie, answer=spoil(device.sign(options)), address=ADDRESS
        )
    options = await office.db.write(start_passkey, cookie)
    with pytest.raises(WrongProof):
        await finish_passkey(
            office.world, cookie=cookie, answer=spoil(Authenticator(ORIGIN).make(options)), name="Other"
        )


@pytest.mark.parametrize(
    "lie", [{"origin": "https://evil.example"}, {"rp_id": "evil.example"}], ids=["origin", "server"]
)
async def test_W13_a_passkey_made_for_another_server_is_not_enrolled(
    office: Office, lie: dict[str, str]
) -> None:
    ana = await office.add("ana")
    cookie = await office.signed_in(ana)
    options = await office.db.write(start_passkey, cookie)
    with pytest.raises(WrongProof):
        await finish_passkey(
            office.world, cookie=cookie, answer=Authenticator(ORIGIN).make(options, **lie), name="Key"
        )
    with pytest.raises(WrongProof, match="too long"):
        await finish_passkey(
            office.world, cookie=cookie, answer=Authenticator(ORIGIN).make(options), name="Key"
        )


async def test_W13_the_passkey_of_another_member_proves_nothing(office: Office) -> None:
    _, ana_cookie, _ = await with_passkey(office, "ana")
    _, _, ben_device = await with_passkey(office, "ben")
    options = await office.db.write(passkey_options, ana_cookie)
    office.clock.advance(minutes=11)
    for handle in (ben_device.user_handle, b""):
        with pytest.raises(WrongProof):
            await prove_by_passkey(
                office.world,
                cookie=ana_cookie,
                answer=ben_device.sign(options, user_handle=handle),
                address=ADDRESS,
            )


async def test_who_may_not_act_is_not_signed_in_by_a_passkey(office: Office) -> None:
    ana, _, device = await with_passkey(office)
    await office.on(ana, suspend_member)
    with pytest.raises(SignInRefused):
        await sign_in(office, device)


async def test_W12_a_passkey_is_removed_for_the_password_and_a_factor(office: Office) -> None:
    ana, cookie, device = await with_passkey(office)
    other, _, _ = await with_passkey(office, "ben")
    (own,) = await office.on(ana, lambda session, member: list_passkeys(session, member.id))
    (foreign,) = await office.on(other, lambda session, member: list_passkeys(session, member.id))

    async def remove(passkey_id: int, browser: str) -> str:
        options = await office.db.write(passkey_options, browser)
        changed = await remove_passkey(
            office.world,
            passkey_id,
            cookie=browser,
            password=PASSWORD,
            address=ADDRESS,
            answer=device.sign(options),
        )
        return changed.cookie

    cookie = await remove(foreign.id, cookie)
    assert await office.on(other, lambda session, member: len(list_passkeys(session, member.id))) == 1
    await remove(own.id, cookie)
    assert (await office.state_of(ana)).second_factor_since is None

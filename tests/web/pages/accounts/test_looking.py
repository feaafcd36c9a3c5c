"""The pages of joining and signing in, looked at: they change nothing, and no one keeps them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.db import Base, now_of
from fediunion.members.factors.models import Passkey
from fediunion.members.models import MemberState, Role, SignUp
from fediunion.members.service import create_member
from fediunion.members.unconfirmed import keep_unconfirmed, new_token
from tests.fakes.union import new_keys
from tests.oauth.rig import Desk
from tests.web.pages.accounts.people import first_step, link_in, mails, send, with_app, with_passkey

SECURITY = "/settings/security"
MEMBERS = (
    *("/welcome", SECURITY, f"{SECURITY}/office", f"{SECURITY}/app", f"{SECURITY}/app/remove"),
    *(f"{SECURITY}/passkeys", "/settings/password", "/settings/email", "/settings/invites"),
)
ANYBODY = ("/join", "/join/mail", "/sign-in", "/password/forgotten", "/password/code")


async def rows(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is stored."""
    tables = Base.metadata.sorted_tables

    def read(session: Session) -> dict[str, list[tuple[object, ...]]]:
        found = {table.name: session.execute(select(table)) for table in tables}
        return {name: sorted((tuple(row) for row in kept), key=repr) for name, kept in found.items()}

    stored: dict[str, list[tuple[object, ...]]] = await desk.db.read(read)
    return stored


def a_request(session: Session, keys: NewKeys) -> str:
    """Make a request for an account that nobody confirmed; return the path of the link in its mail."""
    asks = create_member(session, username="asks", keys=keys, state=MemberState.PENDING)
    row = SignUp(member_id=asks.id, created_at=now_of(session))
    keep_unconfirmed(session, row, "asks@us.example")
    session.add(row)
    return f"/confirm-email?token={new_token(session, str(row.email_key))}"


async def test_W05_looking_at_pages_and_at_links_in_mails_changes_nothing(desk: Desk) -> None:
    await desk.member("ana", role=Role.MODERATOR)
    browser = await desk.signed_in()
    await with_app(desk, browser)
    await with_passkey(browser)
    await send(browser, "/settings/invites", uses="1", days="7")
    await mails(desk)
    stranger = desk.browser()
    await send(stranger, "/password/forgotten", name="ana")
    reset = link_in((await mails(desk))["ana@us.example"])
    await send(browser, "/settings/email", email="new@us.example")
    new = link_in((await mails(desk))["new@us.example"])
    invitation = link_in((await browser.get("/settings/invites")).text)
    confirmation = await desk.db.write(a_request, new_keys(desk.union.world.settings))
    (key,) = await desk.rows(Passkey)
    halfway = desk.browser()
    await first_step(halfway)
    before = await rows(desk)
    assert (await halfway.get("/sign-in/second")).status_code == 200
    for path in (*MEMBERS, f"{SECURITY}/passkeys/{key.id}/remove", "/sign-in/again"):
        assert (await browser.get(path)).status_code in (200, 303), path
    for path in (*ANYBODY, reset, new, invitation, confirmation):
        assert (await stranger.get(path)).status_code == 200, path
    assert await rows(desk) == before


async def test_W21_no_page_of_an_account_is_kept_and_secrets_in_addresses_go_nowhere(desk: Desk) -> None:
    await desk.member("ana", role=Role.MODERATOR)
    browser = await desk.signed_in()
    await with_app(desk, browser)
    for path in MEMBERS:
        assert (await browser.get(path)).headers["cache-control"] == "no-store", path
    for path in ("/password/new", "/settings/email/confirm", "/settings/email/undo", "/confirm-email"):
        answer = await desk.browser().get(f"{path}?token=x")
        named = [answer.headers[name] for name in ("cache-control", "referrer-policy", "x-robots-tag")]
        assert named == ["no-store", "same-origin", "noindex"], path

"""Officers and members who look at the pages of administration."""

from fediunion.members.models import Member, Role
from fediunion.members.queries import get_member
from tests.oauth.rig import BASE, Browser, Desk, fields_of

_FIRST_ROLE = {
    "ana": Role.MEMBER,
    "mo": Role.MODERATOR,
    "mia": Role.MODERATOR,
    "adi": Role.ADMIN,
    "olu": Role.OWNER,
}


async def sign_in(desk: Desk, name: str) -> Browser:
    """Return the browser of a new member: ana a member, mo and mia moderators, adi an admin, olu an owner."""
    await desk.member(name, role=_FIRST_ROLE[name])
    return await desk.signed_in(name)


async def member_named(desk: Desk, name: str) -> Member:
    """Return a member as the row is now."""
    found: Member = await desk.db.read(lambda session: get_member(session, name)[0])
    return found


async def submit(browser: Browser, page: str, path: str, **fields: str) -> str:
    """Send a form that `page` has; return the text of the page that it leads to. Fails unless it is taken."""
    token = fields_of((await browser.get(page)).text)["form_token"]
    answer = await browser.post(path, {"form_token": token} | fields)
    assert answer.status_code == 303, answer.text
    return (await browser.get(answer.headers["location"].removeprefix(BASE))).text


async def token_of(browser: Browser) -> dict[str, str]:
    """Return what a form of any page of ours carries for this browser."""
    return {"form_token": fields_of((await browser.get("/sign-out")).text)["form_token"]}

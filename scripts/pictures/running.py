"""What officers of the story do: a report, blocks, announcements, pages, invitations, a peer that fails."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from fediunion.actors.queries import find_local_actor
from fediunion.kit.errors import Unreachable
from fediunion.members.invites.service import make_invite
from fediunion.members.models import MemberState, Role
from fediunion.members.queries import get_member
from fediunion.members.sign_ups import sign_up
from fediunion.social.announcements.service import publish_announcement
from fediunion.social.institutions.service import name_editor
from fediunion.social.moderation.officers import Officer
from fediunion.social.site.service import put_own_page
from scripts.pictures.stage import HERE, Stage
from tests.fakes.union import new_keys
from tests.oauth.rig import password_hash

_OWNER: Final = f"marta.v@{HERE}"
_FAILS: Final = "gftu.example"
_OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
_WORDS: Final = {"limit": "2", "exclude_reblogs": "true"}


async def run_the_server(stage: Stage) -> None:
    """Do everything that the pages of officers show."""
    await _complain(stage)
    await _decide_about_servers(stage)
    await stage.here.world.db.write(_publish, stage.story)
    keys = [new_keys(stage.here.world.settings) for _ in stage.story["asking"]]
    await stage.here.world.db.write(_let_ask, stage.story, keys)
    await _keep_things(stage)


async def lose_a_peer(stage: Stage) -> None:
    """Let a server fail whose certificate ran out."""
    stage.internet.fail(_FAILS, Unreachable(f"the certificate of {_FAILS} has expired", reason="tls"))


async def _complain(stage: Stage) -> None:
    who = f"amina.d@{HERE}"
    about = await _account(stage, who, "sam@mastodon.example")
    posts = await stage.ask(who, f"/api/v1/accounts/{about}/statuses", method="GET", params=_WORDS)
    complaint = {
        "account_id": about,
        "status_ids": [each["id"] for each in posts],
        "comment": "He asks colleagues by name whether they are members of the union, in public.",
        "category": "violation",
        "rule_ids": ["1"],
    }
    await stage.ask(who, "/api/v1/reports", json=complaint)
    second = {
        "account_id": await _account(stage, who, f"hr-watcher@{HERE}"),
        "comment": "This account follows everybody who writes about contracts.",
    }
    await stage.ask(f"blue-heron@{HERE}", "/api/v1/reports", json=second)
    reports = await stage.ask(_OWNER, "/api/v1/admin/reports", method="GET")
    stage.places["report"] = reports[-1]["id"]


async def _decide_about_servers(stage: Stage) -> None:
    blocks: list[dict[str, Any]] = [
        {"domain": "freejobs.example", "severity": "suspend", "public_comment": "Asks applicants for money."},
        {"domain": "loud.example", "severity": "silence", "public_comment": "Unwanted advertising."},
    ]
    for block in blocks:
        await stage.ask(_OWNER, "/api/v1/admin/domain_blocks", json=block)
    await stage.ask(_OWNER, "/api/v1/admin/email_domain_blocks", json={"domain": "throwaway.example"})


def _publish(session: Session, story: Mapping[str, Any]) -> None:
    marta, actor = get_member(session, "marta.v")
    officer = Officer(actor.id, Role.OWNER, f"@marta.v@{HERE}")
    text = "The server is updated on Sunday, 6 December, from 20:00 to 20:30. Posts wait and are sent later."
    publish_announcement(session, text, by=officer.handle)
    for slug, title, source in story["pages"]:
        put_own_page(session, slug, title, source, by=officer.handle)
    for institution, editor in (("jobs", "amina.d"), ("news", "marta.v"), ("news", "jan")):
        found = find_local_actor(session, institution)
        if found is not None:
            name_editor(session, found, editor, by=officer.handle)
    make_invite(session, marta, uses=12, days=30, note="For the colleagues in Arusha")
    make_invite(session, marta, uses=1, days=7)


def _let_ask(session: Session, story: Mapping[str, Any], keys: list[Any]) -> None:
    for (name, reason), own in zip(story["asking"], keys, strict=True):
        joined = sign_up(
            session, username=name, email=None, password_hash=password_hash(), keys=own, reason=reason
        )
        if joined.member.state is not MemberState.PENDING:
            raise RuntimeError(f"{name} was let in at once")


async def _keep_things(stage: Stage) -> None:
    who = f"blue-heron@{HERE}"
    home = await stage.ask(who, "/api/v1/timelines/home", method="GET", params={"limit": 20})
    for post in home[3:6]:
        await stage.ask(who, f"/api/v1/statuses/{post['id']}/bookmark")
    made = await stage.ask(who, "/api/v1/lists", json={"title": "The Hague"})
    listed = [await _account(stage, who, f"amina.d@{HERE}"), await _account(stage, who, f"marta.v@{HERE}")]
    await stage.ask(who, f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": listed})
    words = {
        "title": "Football",
        "context": ["home", "public"],
        "keywords_attributes": [{"keyword": "football", "whole_word": True}],
    }
    await stage.ask(who, "/api/v2/filters", json=words)
    await stage.ask(who, "/api/v1/domain_blocks", json={"domain": "spam.example"})
    app = {"client_name": "Tusky", "redirect_uris": _OUT_OF_BAND, "scopes": "read write follow push"}
    registered = await stage.ask(who, "/api/v1/apps", json=app)
    asked = {"response_type": "code", "scope": "read write follow push", "redirect_uri": _OUT_OF_BAND}
    stage.places["consent"] = "/oauth/authorize?" + urlencode({**asked, "client_id": registered["client_id"]})
    talks = await stage.ask(who, "/api/v1/conversations", method="GET")
    stage.places |= {"list": made["id"], "conversation": talks[-1]["id"]}


async def _account(stage: Stage, who: str, handle: str) -> str:
    found = await stage.ask(who, "/api/v1/accounts/lookup", method="GET", params={"acct": handle})
    number: str = found["id"]
    return number

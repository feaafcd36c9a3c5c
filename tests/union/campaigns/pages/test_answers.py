"""What a member sees of a Join to another union: that it waits, and that it was refused."""

import pytest
from sqlalchemy.orm import Session

from fediunion.union.campaigns.models import CampaignCall, JoinAnswer, Route, SigningMode
from fediunion.union.campaigns.queries import call_lock
from fediunion.union.campaigns.signing.rows import add_signature
from tests.oauth.rig import Desk
from tests.union.campaigns.pages.stage import put


async def _page(desk: Desk, answer: JoinAnswer) -> str:
    call: CampaignCall = await put(desk)
    await desk.member("ana")
    ana = await desk.union.actor("ana")

    def joined(session: Session) -> None:
        locked = call_lock(session, call.id)
        mode = SigningMode.PUBLIC
        row = add_signature(
            session, locked, Route.MEMBER, actor=ana, mode=mode, name="Ana", counted_here=False
        )
        row.answer = answer

    await desk.db.write(joined)
    return (await (await desk.signed_in("ana")).get(f"/campaigns/{call.slug}")).text


@pytest.mark.parametrize(
    ("answer", "waits", "again"),
    [
        (JoinAnswer.WAITING, True, False),
        (JoinAnswer.ACCEPTED, False, False),
        (JoinAnswer.REFUSED, False, True),
    ],
    ids=["waiting", "accepted", "refused"],
)
async def test_a_member_sees_how_a_join_stands(
    desk: Desk, answer: JoinAnswer, waits: bool, again: bool
) -> None:
    page = await _page(desk, answer)
    assert ("has not answered yet" in page) is waits
    assert ("did not take your signature" in page) is again
    assert ("Withdraw my signature" in page) is not again

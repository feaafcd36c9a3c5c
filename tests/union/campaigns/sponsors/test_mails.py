"""Who is told by mail what another union asks and answers: officers, and nobody else."""

from pathlib import Path

from sqlalchemy.orm import Session

from fediunion.members.models import Role
from fediunion.members.service import create_member
from fediunion.union.campaigns.sponsors import service
from tests.fakes.union import TestUnion, new_keys
from tests.union.campaigns.conftest import publish
from tests.union.campaigns.unions import Three, decide, offer


async def give_officer(union: TestUnion) -> None:
    """Give a union an officer, Ana, and a moderator, Ben, with addresses."""

    def join(session: Session) -> None:
        for name, role in (("ana", Role.ADMIN), ("ben", Role.MODERATOR)):
            keys = new_keys(union.world.settings)
            create_member(session, username=name, email=f"{name}@union.test", role=role, keys=keys)

    await union.world.db.write(join)


def mails(folder: Path) -> list[str]:
    """Return the mails that a union sent, all to Ana, the oldest first, as one line each."""
    files = sorted((folder / "data" / "mail").glob("*.eml"), key=lambda file: int(file.stem))
    texts = [file.read_text() for file in files]
    assert all("To: ana@union.test" in text for text in texts)
    return [" ".join(text.replace("=\n", "").split()) for text in texts]


async def test_officers_are_told_what_another_union_asks_and_answers(three: Three, tmp_path: Path) -> None:
    lead, asked = tmp_path / "ccisua", tmp_path / "ictysu"
    for union in (three.ccisua, three.ictysu):
        await give_officer(union)
    call = await publish(three.ccisua)
    await offer(three.ccisua, call, three.ictysu)
    await three.settle()
    (offered,) = mails(asked)
    assert "ccisua.example asks your union to co-sponsor" in offered
    assert "https://ictysu.example/admin/campaigns" in offered
    assert mails(lead) == []
    await decide(three.ictysu, call, service.accept_co_sponsorship, "ictysu.example")
    await three.settle()
    assert "ictysu.example co-sponsors your campaign call" in mails(lead)[-1]
    await decide(three.ictysu, call, service.end_co_sponsorship, "ictysu.example")
    await three.settle()
    assert "ictysu.example has ended the co-sponsorship" in mails(lead)[-1]
    assert (len(mails(lead)), len(mails(asked))) == (2, 1)

"""What the team takes to the target: names of those who agreed, nothing of the others, no formulas."""

import csv
import io

import orjson
from sqlalchemy.orm import Session

from fediunion.actors.models import Actor
from fediunion.kit.formulas import plain_cell
from fediunion.union.campaigns.archiving import archived_campaigns
from fediunion.union.campaigns.consents.service import give
from fediunion.union.campaigns.models import CampaignCall, SigningMode
from fediunion.union.campaigns.signing.exports import signatures_csv, signatures_json
from fediunion.union.campaigns.signing.members import sign
from tests.union.campaigns.signing.booth import Booth


async def _sign(booth: Booth, name: str, mode: SigningMode, named: str = "") -> None:
    member = await booth.member(name)

    def work(session: Session) -> None:
        call = session.get_one(CampaignCall, booth.call.id)
        sign(session, call, session.get_one(Actor, member.id), mode, named)

    await booth.write(work)


async def _rows(booth: Booth) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(await booth.on_call(signatures_csv))))


async def test_the_export_has_names_that_were_given_and_nothing_of_who_is_only_counted(booth: Booth) -> None:
    await _sign(booth, "ana", SigningMode.PUBLIC, "Ana K.")
    await _sign(booth, "ben", SigningMode.TARGET, "Ben, of the registry")
    await _sign(booth, "zimtstern", SigningMode.COUNTED, "Zimtstern")
    await booth.vote(await booth.voter("krokant.example", "krokant"))
    rows = await _rows(booth)
    assert {(row["name"], row["mode"], row["day"]) for row in rows} == {
        ("Ana K.", "public", "2026-12-01"),
        ("Ben, of the registry", "target-only", "2026-12-01"),
    }
    document = await booth.on_call(signatures_json)
    assert (document["total"], len(document["signatures"])) == (4, 2)
    written = orjson.dumps(document).decode() + await booth.on_call(signatures_csv)
    assert not [name for name in ("zimtstern", "Zimtstern", "krokant") if name in written]


async def test_C03_a_name_that_is_a_formula_is_a_text_in_the_export_and_reads_back(booth: Booth) -> None:
    names = ["=HYPERLINK(A1)", "+49 Ana", "-2+3", "@SUM(A1:A9)", '"quoted", and more']
    for number, name in enumerate(names):
        await _sign(booth, f"member{number}", SigningMode.TARGET, name)
    cells = [row["name"] for row in await _rows(booth)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert sorted(plain_cell(cell) for cell in cells) == sorted(names)


async def test_a_member_finds_the_own_acts_in_the_archive_and_nobody_elses(booth: Booth) -> None:
    await _sign(booth, "ana", SigningMode.PUBLIC, "Ana K.")
    await _sign(booth, "ben", SigningMode.COUNTED)
    ana, ben = await booth.union.actor("ana"), await booth.union.actor("ben")
    await booth.on_call(lambda session, call: give(session, call, session.get_one(Actor, ben.id)))
    own = (await booth.read(archived_campaigns, ana.id))["campaigns.json"]
    assert own == {
        "signatures": [{"call": booth.call.url, "mode": "public", "name": "Ana K.", "day": "2026-12-01"}]
    }
    other = (await booth.read(archived_campaigns, ben.id))["campaigns.json"]
    assert set(other) == {"signatures", "consents"}
    cleo = await booth.member("cleo")
    assert await booth.read(archived_campaigns, cleo.id) == {}

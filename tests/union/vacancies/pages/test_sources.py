"""Vacancies of other unions on our pages: whose they are, all who tell of them, and where the note is."""

from tests.app.asking import ask
from tests.fakes import bonds
from tests.union.vacancies.conftest import Halls, publish, vacancies
from tests.union.vacancies.samples import notice
from tests.web.pages.public.looking import PEER, browse


async def test_one_job_that_two_unions_tell_of_is_one_row_and_names_both(halls: Halls) -> None:
    ours = await publish(halls.nairobi, notice("V-08"))
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    theirs = await publish(halls.ictysu, notice("V-08b", url="https://vacancies.gtsu.example/jpo/014"))
    await halls.settle()
    page = (await browse(halls.nairobi, f"/vacancies/{ours.slug}")).body.decode()
    assert page.count("Told by") == 2
    assert f'href="https://ictysu.example/vacancies/{theirs.slug}"' in page
    assert "20 December 2026, 23:59" in page
    assert "at first it closed on" in page
    rows = (await browse(halls.nairobi, "/vacancies")).body.decode()
    assert rows.count('<article class="ruled vac') == 1
    assert "From" in rows
    assert "1 vacancy" in rows


async def test_a_vacancy_of_another_union_leads_search_engines_and_servers_there(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    theirs = await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    (copy,) = await vacancies(halls.nairobi)
    page = (await browse(halls.nairobi, f"/vacancies/{copy.slug}")).body.decode()
    assert f'<link rel="canonical" href="https://ictysu.example/vacancies/{theirs.slug}">' in page
    assert "@jobs@ictysu.example" in page
    assert "Official source" in page
    note = await ask(halls.nairobi.app, f"/vacancies/{copy.slug}", host="nairobisu.example", headers=PEER)
    board = await halls.nairobi.actor("jobs@ictysu.example")
    assert (note.status, note.headers["location"]) == (302, f"{board.uri}/posts/{theirs.slug}")


async def test_what_another_union_took_back_is_gone_here(halls: Halls) -> None:
    await bonds.affiliate(halls.ictysu, halls.nairobi)
    await publish(halls.ictysu, notice("V-01"))
    await halls.settle()
    await halls.pass_until("2027-02-08T00:00:00Z")
    (copy,) = await vacancies(halls.nairobi)
    for headers in ([("Accept", "text/html")], PEER):
        answer = await ask(
            halls.nairobi.app, f"/vacancies/{copy.slug}", host="nairobisu.example", headers=headers
        )
        assert answer.status == 410

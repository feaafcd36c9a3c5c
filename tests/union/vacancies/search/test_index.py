"""What the index shows to whom, when, in which order, and how it keeps in step with the database."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from fediunion.union.vacancies.models import VacancyState
from fediunion.union.vacancies.notice import LanguageNeed, Notice, Occupation, Station
from fediunion.union.vacancies.search.asking import BadQuery
from fediunion.union.vacancies.search.index import PORTION, VacancyIndex, search_vacancies
from tests.fakes.clock import FakeClock
from tests.social.plans import full_scans, plan_of, statements_of
from tests.union.vacancies.samples import AS_OF, notice
from tests.union.vacancies.search.shelves import Hall, query_of, store

PLAIN = Notice(
    title="Clerk",
    employer="Office of Works",
    number="1",
    source_url="https://jobs.works.example/1",
    closes_at=AS_OF + timedelta(days=10),
    closes_zone="UTC",
    posted_on=AS_OF.date(),
)


def closing(days: float, **changed: Any) -> Notice:
    """Return a plain notice that closes so many days from now."""
    return replace(PLAIN, closes_at=AS_OF + timedelta(days=days), **changed)


async def test_a_vacancy_drops_at_its_closing_instant_though_no_job_ran(hall: Hall, clock: FakeClock) -> None:
    await hall.store("soon", closing(1))
    clock.advance(days=1, microseconds=-1)
    assert await hall.found("") == ["soon"]
    assert await hall.facet("state") == {"open": 1}
    clock.advance(microseconds=1)
    assert await hall.found("") == []
    assert await hall.found("state=closed") == ["soon"]
    assert await hall.facet("state") == {"closed": 1, "open": 0}


async def test_what_was_extended_is_open_and_what_ended_early_is_not_closed(hall: Hall) -> None:
    for state in VacancyState:
        await hall.store(state.value, closing(10), state=state)
    assert sorted(await hall.found("")) == ["extended", "open"]
    assert await hall.found("state=closed") == ["closed"]
    assert await hall.found("state=filled") == ["filled"]
    assert await hall.found("state=withdrawn") == ["withdrawn"]
    assert sorted(await hall.found("state=all")) == ["closed", "extended", "filled", "open", "withdrawn"]


async def test_hidden_vacancies_are_never_found_and_the_networks_by_members_only(hall: Hall) -> None:
    await hall.store("public", closing(10))
    await hall.store("network", closing(11), audience="network")
    await hall.store("hidden", closing(12), hidden=True)
    assert await hall.found("") == ["public"]
    assert await hall.found("q=clerk") == ["public"]
    assert await hall.facet("employer") == {"office of works": 1}
    assert await hall.found("", members=True) == ["public", "network"]


async def test_every_change_is_seen_by_the_next_search(hall: Hall) -> None:
    await hall.store("one", closing(10, grade="P-3", grade_matched=True))
    assert await hall.found("grade=P-3") == ["one"]
    await hall.change("one", closing(10, grade="P-4", grade_matched=True))
    assert await hall.found("grade=P-3") == []
    assert await hall.found("grade=P-4") == ["one"]
    await hall.change("one", hidden=True)
    assert await hall.found("grade=P-4") == []
    await hall.change("one", hidden=False, state=VacancyState.EXTENDED)
    assert await hall.found("grade=P-4") == ["one"]
    await hall.change("one", state=VacancyState.REMOVED, posting={}, words="")
    assert (await hall.search("state=all")).total == 0


async def test_only_what_changed_is_read_again(hall: Hall) -> None:
    for number in range(3):
        await hall.store(f"v{number}", closing(10 + number))
    await hall.found("")
    index = hall.world.part(VacancyIndex)
    before = index.shelf.size
    await hall.found("")
    assert index.shelf.size == before
    await hall.change("v1", closing(20))
    assert await hall.found("") == ["v0", "v2", "v1"]
    assert index.shelf.size == before + 1


async def test_a_search_asks_the_database_little_and_scans_no_table(hall: Hall) -> None:
    await hall.store("one", closing(10))
    assert await hall.found("q=clerk") == ["one"]
    index = hall.world.part(VacancyIndex)

    def ran(session: Session, text: str) -> list[tuple[str, Any]]:
        return statements_of(session, lambda session: index.search(session, query_of(text)))[1]

    assert len(await hall.world.db.read(ran, "grade=P-3&sort=posted")) == 1
    assert len(await hall.world.db.read(ran, "q=clerk&hardship=E")) == 1
    assert len(await hall.world.db.read(ran, "q=typist")) == 3
    plan = await hall.world.db.read(plan_of, lambda session: index.search(session, query_of("q=cler")))
    assert [line for line in full_scans(plan) if "VIRTUAL TABLE" not in line] == []


async def test_the_index_is_filled_in_portions_and_reuses_the_rows_of_what_changed(hall: Hall) -> None:
    total = PORTION + 20
    ids = await hall.world.db.write(
        lambda session: [store(session, closing(1 + number / 100)).id for number in range(total)]
    )
    assert (await hall.search("")).total == total
    index = hall.world.part(VacancyIndex)
    for round_number in range(4):
        await hall.world.db.write(
            lambda session: [
                hall.put_off(session, each, closing(50 + number / 100))
                for number, each in enumerate(ids[:200])
            ]
        )
        result = await hall.search("limit=100")
        assert result.total == total, round_number
        assert list(result.ids) == ids[200:300]
    assert index.shelf.size < total + 4 * 200


async def test_pages_follow_each_other_while_others_are_inserted(hall: Hall) -> None:
    for number in range(7):
        await hall.store(f"v{number}", closing(10 + number // 2))
    first = await hall.search("limit=3")
    assert [hall.names[each] for each in first.ids] == ["v0", "v1", "v2"]
    assert first.total == 7
    await hall.store("before", closing(5))
    await hall.store("behind", closing(12, title="Typist"))
    second = await hall.found(f"limit=3&cursor={first.next}")
    assert second == ["v3", "v4", "v5"]
    third = await hall.search(f"limit=3&cursor={(await hall.search(f'limit=3&cursor={first.next}')).next}")
    assert [hall.names[each] for each in third.ids] == ["behind", "v6"]
    assert third.next is None


async def test_the_newest_come_first_when_sorted_by_posting(hall: Hall) -> None:
    for number, day in enumerate((3, 1, 2, 2)):
        await hall.store(f"v{number}", closing(10 + number), posted_at=AS_OF - timedelta(days=day))
    assert await hall.found("sort=posted") == ["v1", "v3", "v2", "v0"]
    first = await hall.search("sort=posted&limit=2")
    assert await hall.found(f"sort=posted&limit=2&cursor={first.next}") == ["v2", "v0"]
    with pytest.raises(BadQuery):
        await hall.found(f"sort=closing&cursor={first.next}")


async def test_posted_after_counts_from_that_instant_on(hall: Hall) -> None:
    await hall.store("old", closing(10), posted_at=AS_OF - timedelta(days=2))
    await hall.store("new", closing(10), posted_at=AS_OF.replace(hour=0))
    assert await hall.found("posted_after=2026-12-01") == ["new"]
    assert await hall.found("posted_after=2026-12-01T00:00:01Z") == []


async def test_a_facet_counts_as_if_its_own_parameter_were_not_asked(hall: Hall) -> None:
    for name, grade, country in map(str.split, ("a P-3 KE", "b P-4 KE", "c P-3 CH", "d P-3 KE")):
        await hall.store(
            name, closing(10, grade=grade, grade_matched=True, stations=(Station(country=country),))
        )
    result = await hall.search("grade=P-4&country=KE")
    assert [(each.value, each.count, each.chosen) for each in result.facets["grade"]] == [
        ("P-3", 2, False),
        ("P-4", 1, True),
    ]
    assert [(each.value, each.count, each.chosen) for each in result.facets["country"]] == [("KE", 1, True)]
    assert [(each.value, each.count) for each in result.facets["band"]] == [("professional", 1)]


async def test_facets_say_what_there_is(hall: Hall) -> None:
    for sample in ("V-01", "V-02", "V-05", "V-06"):
        await hall.store(sample, notice(sample))
    await hall.store("V-10", notice("V-10"), source_status="unverified")
    facets = (await hall.search("")).facets
    counts = {facet: {each.value: each.count for each in values} for facet, values in facets.items()}
    assert counts["grade"] == {"FS-5": 1, "P-3": 1, "P-4": 1, "UNV": 1}
    assert counts["network"] == {"POLNET": 2, "ITECNET": 1, "LEGALNET": 1, "LOGNET": 1}
    assert counts["isco"] == {"26": 2, "13": 1, "24": 1, "25": 1}
    assert counts["country"] == {"BD": 1, "KE": 1, "NL": 1, "SS": 1}
    assert counts["hardship"] == {"B": 1, "D": 1, "E": 1, "H": 1}
    assert counts["language"] == {"en": 5, "fr": 3, "ar": 1, "bn": 1, "bs": 1, "sw": 1}
    assert counts["closing_within_days"] == {"7": 1, "14": 1, "30": 3}
    assert counts["source"] == {"verified": 4, "unverified": 1}
    assert counts["remote"] == {"false": 4, "true": 1}
    assert counts["non_family"] == {"false": 3, "true": 2}
    assert {each.value: each.name for each in facets["employer"]}["relief coordination office"] == (
        "Relief Coordination Office"
    )


async def test_a_facet_has_a_bounded_number_of_values_and_what_is_asked_for(hall: Hall) -> None:
    for number in range(25):
        await hall.store(f"v{number}", closing(10, employer=f"Employer {number:02}"))
    await hall.store("v25", closing(10, employer="Employer 03"))
    values = (await hall.search("employer=employer 24&employer=nobody")).facets["employer"]
    assert [each.value for each in values[:2]] == ["employer 03", "employer 00"]
    assert [(each.value, each.count) for each in values if each.chosen] == [("employer 24", 1), ("nobody", 0)]
    assert len(values) == 22


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("nurse", ["en"]),
        ("nurses night", ["en"]),
        ("night nurse", ["en"]),
        ("nigh nurses", []),
        ("nurses nigh", ["en"]),
        ("NUITS", ["fr"]),
        ("été", ["fr"]),
        ("ete", ["fr"]),
        ("ممرضة", ["ar"]),
        ("ممر", ["ar"]),
        ("护士", ["zh"]),
        ("医院 护士", ["zh"]),
        ("院护", []),
        ("nurses P-3", ["en"]),
        ("clinic", []),
        ("n", []),
        ("p", ["en"]),
    ],
    ids=lambda value: value.replace(" ", "_") if isinstance(value, str) else None,
)
async def test_words_are_found_in_their_own_language(hall: Hall, asked: str, found: list[str]) -> None:
    await hall.store("en", closing(10, title="Nurses for the night", grade="P-3", grade_matched=True))
    await hall.store("fr", closing(11, title="Infirmières", description_html="<p>Nuits d’été</p>"))
    await hall.store("ar", closing(12, title="ممرضة ليلية"))
    await hall.store("zh", closing(13, title="护士", department="医院"))
    assert await hall.found(f"q={asked}") == found


async def test_words_and_values_add_up_and_what_was_looked_up_is_not_kept_too_long(hall: Hall) -> None:
    await hall.store("a", closing(10, title="Legal Officer", hardship="E"))
    await hall.store("b", closing(11, title="Legal Adviser", hardship="E"))
    assert await hall.found("q=legal&hardship=E") == ["a", "b"]
    assert await hall.found("q=legal&hardship=E") == ["a", "b"]
    await hall.change("a", closing(10, title="Finance Officer", hardship="E"))
    assert await hall.found("q=legal&hardship=E") == ["b"]


async def test_a_city_is_found_by_any_of_its_names_and_a_language_in_any_country(hall: Hall) -> None:
    await hall.store("hague", closing(10, stations=(Station(city="La Haye", country="NL"),)))
    await hall.store("quebec", closing(11, languages=(LanguageNeed(language="fr-ca", required=False),)))
    await hall.store("clerk", closing(12, occupations=(Occupation(scheme="ISCO-08", code="4110"),)))
    assert await hall.found("city=The Hague") == ["hague"]
    assert await hall.found("city=Den Haag") == ["hague"]
    assert await hall.found("language=fr") == ["quebec"]
    assert await hall.found("language=fr-FR") == []
    assert await hall.facet("language") == {"fr": 1}
    assert await hall.found("isco=41") == ["clerk"]
    assert await hall.found("isco=4,5") == ["clerk"]


async def test_searches_at_once_fill_the_index_together(hall: Hall) -> None:
    import asyncio

    await hall.world.db.write(lambda session: [store(session, closing(1 + number)) for number in range(30)])
    results = await asyncio.gather(*(search_vacancies(hall.world, query_of("limit=5")) for _ in range(8)))
    assert {(result.total, result.ids) for result in results} == {(30, results[0].ids)}
    assert len(hall.world.part(VacancyIndex).shelf) == 30

"""python -m benchmarks.vacancies --config FILE: searches over many vacancies, vacancies for many searches.

Fills an instance that has been set up for this (`fediunion init --dev`; its server need not run) with made-up
vacancies, then measures in this process: the first search, which fills the index; a mix of searches with all
facets; and one vacancy after the other against the searches that wait. Milliseconds of CPU; memory in MiB.
"""

import argparse
import asyncio
import json
import platform
import resource
import statistics
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast
from urllib.parse import parse_qsl

import sqlalchemy as sql
from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.orm import Session

from benchmarks.made_up_vacancies import Notices, made_up_word, rows_of
from fediunion.activitypub.parse import parse_actor
from fediunion.actors.service.remote import record_remote_actor
from fediunion.app.opening import open_world
from fediunion.config.load import load_settings
from fediunion.db import insert_ignoring
from fediunion.union.vacancies.models import Vacancy, VacancyRevision
from fediunion.union.vacancies.search.asking import read_query
from fediunion.union.vacancies.search.index import search_vacancies
from fediunion.union.vacancies.search.predicates import CompiledSearches
from fediunion.world import World

_AT_ONCE: Final = 2_000
_BOARD: Final = {
    "id": "https://jobs.example/actors/jobs",
    "type": "Service",
    "preferredUsername": "jobs",
    "inbox": "https://jobs.example/inbox",
}
_SEARCHES: Final = (
    "",
    "state=all&sort=posted",
    "grade=P-3,P-4&country=KE&network=POLNET",
    "isco=26&language=fr",
    "closing_within_days=7&contract_type=temporary,consultancy",
    "band=professional&hardship=E&non_family=true",
    "employer=organisation+17",
    "posted_after={day}&remote=true",
    "q={common}",
    "q={rare}",
    "q={rare}+{common}",
    "q={common}&country=CH&limit=100",
    "q=humanitarian+offic",
    "state=closed&grade=G-5",
)


def _fill(session: Session, notices: Notices, now: datetime, start: int, count: int) -> None:
    board_id = record_remote_actor(session, parse_actor(_BOARD)).id
    session.execute(
        insert(cast("Table", Vacancy.__table__)), list(rows_of(notices, board_id, now, start, count))
    )
    insert_ignoring(session, VacancyRevision, [{"id": 1, "number": 0}])
    session.execute(update(VacancyRevision).values(number=start + count))


def _stored(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Vacancy)) or 0


def _some(session: Session) -> list[Vacancy]:
    return list(session.scalars(select(Vacancy).where(Vacancy.state == "open").limit(200)))


async def measure(config: Path, vacancies: int, searches: int, rounds: int) -> dict[str, object]:
    """Return the figures, with the machine and the moment."""
    world = open_world(load_settings(config))
    await world.db.start()
    try:
        now = datetime.now(UTC)
        notices = Notices(now)
        for start in range(await world.db.read(_stored), vacancies, _AT_ONCE):
            await world.db.write(_fill, notices, now, start, min(_AT_ONCE, vacancies - start))
        if world.settings.is_sqlite:
            await world.db.run_on_connection(lambda connection: connection.execute(sql.text("ANALYZE")))
        figures = await _searching(world, now, rounds)
        figures |= _matching(await world.db.read(_some), notices, searches, now)
    finally:
        await world.client.close()
        await world.db.close()
    return {
        "vacancies": vacancies,
        "searches": searches,
        **figures,
        "database": "sqlite" if world.settings.is_sqlite else "postgresql",
        "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "at": now.strftime("%Y-%m-%d %H:%M UTC"),
    }


async def _searching(world: World, now: datetime, rounds: int) -> dict[str, object]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    await search_vacancies(world, read_query([]))
    first = time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    day = (now - timedelta(days=10)).date()
    each: dict[str, list[float]] = {}
    for number in range(rounds):
        for asked in _SEARCHES:
            # Other words each time: what was looked up is remembered for a while.
            text = asked.format(day=day, common=made_up_word(number), rare=made_up_word(500 + number))
            query = read_query(parse_qsl(text))
            began = time.process_time()
            await search_vacancies(world, query)
            each.setdefault(asked, []).append((time.process_time() - began) * 1000)
    every = sorted(value for values in each.values() for value in values)
    return {
        "first_search_cpu_seconds": round(first, 2),
        "memory_mib_of_first_search": round(grown, 1),
        "search_ms_median": round(statistics.median(every), 2),
        "search_ms_p95": round(every[int(len(every) * 0.95)], 2),
        "search_ms_by_query": {asked: round(statistics.median(values), 2) for asked, values in each.items()},
    }


def _matching(vacancies: list[Vacancy], notices: Notices, searches: int, now: datetime) -> dict[str, object]:
    compiled: CompiledSearches[int] = CompiledSearches()
    began = time.process_time()
    for number in range(searches):
        compiled.add(number, read_query(parse_qsl(notices.search())))
    added = time.process_time() - began
    found: list[int] = []
    cost: list[float] = []
    for vacancy in vacancies:
        began = time.process_time()
        keys = compiled.matching(vacancy, now)
        cost.append((time.process_time() - began) * 1000)
        found.append(len(keys))
    cost.sort()
    return {
        "compile_ms_per_search": round(added / searches * 1000, 3),
        "match_ms_median": round(statistics.median(cost), 3),
        "match_ms_p95": round(cost[int(len(cost) * 0.95)], 3),
        "matches_median": statistics.median(found),
    }


def main() -> int:
    """Measure one instance."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.vacancies", description=__doc__)
    parser.add_argument("--config", required=True, type=Path)
    parser.add_argument("--vacancies", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    figures = measure(arguments.config, arguments.vacancies, arguments.searches, arguments.rounds)
    print(json.dumps(asyncio.run(figures), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

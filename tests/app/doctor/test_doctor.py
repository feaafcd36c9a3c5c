"""The self-check sees what is wrong, says what to do, and changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from fediunion.actors.keys import NewKeys
from fediunion.actors.models import Instance, InstanceState
from fediunion.actors.queries import instance_actor
from fediunion.actors.service.local import rotate_keys
from fediunion.app.asgi import answer
from fediunion.app.doctor.examine import examine
from fediunion.app.doctor.findings import Finding, Result
from fediunion.backup.making import backup_name, make_backup
from fediunion.db import now_of
from fediunion.jobs.queue import enqueue
from fediunion.kit.asgi import Message, Receive, Send
from fediunion.outbox.models import Delivery, DeliveryState, OutboxActivity
from fediunion.social.moderation.audit import record_audit
from fediunion.social.moderation.models import AuditEntry
from tests.app.asking import ask
from tests.backup.copies import configure, furnished, quiet
from tests.databases import Databases
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet
from tests.fakes.settings import settings_for
from tests.fakes.union import TestUnion, new_keys
from tests.social.moderation.owner import as_owner_of_the_database

CHECKS = [
    "files",
    "disk",
    "database",
    "pages",
    "schema",
    "queue",
    "audit",
    "backups",
    "dns",
    "tls",
    "clock",
    "webfinger",
    "signature",
]


@pytest.fixture
def internet() -> FakeInternet:
    return FakeInternet()


@pytest.fixture
def config(tmp_path: Path, databases: Databases) -> Path:
    return configure(tmp_path / "here", databases.empty(), domain="union.localhost")


@pytest.fixture
async def union(config: Path, clock: FakeClock, internet: FakeInternet) -> AsyncIterator[TestUnion]:
    made = await furnished(config, clock, internet)
    for path in (made.world.settings.media.dir, made.world.settings.data_dir):
        path.chmod(0o700)
    yield made
    await made.close()


async def findings(union: TestUnion, config: Path, internet: FakeInternet, check: str) -> list[Finding]:
    """Return what one check says."""
    found = await examine(union.world, config, internet)
    return [each for each in found if each.check == check]


async def test_a_healthy_instance_is_well_in_every_respect(
    union: TestUnion, config: Path, internet: FakeInternet, clock: FakeClock, tmp_path: Path
) -> None:
    await make_backup(union.world, tmp_path / "copy", quiet)
    clock.advance(hours=25)
    await forget_the_queue(union)
    found = await examine(union.world, config, internet)
    expected = [each for each in CHECKS if each != "pages" or union.world.settings.is_sqlite]
    assert list(dict.fromkeys(each.check for each in found)) == expected
    not_well = [each for each in found if each.result is not Result.OK and each.check != "clock"]
    assert not_well == []


async def forget_the_queue(union: TestUnion) -> None:
    await union.world.db.write(lambda session: session.execute(text("DELETE FROM job")))


async def test_a_server_that_does_not_run_is_not_found_from_outside(
    union: TestUnion, config: Path, internet: FakeInternet
) -> None:
    internet.leave("union.localhost")
    [failed] = await findings(union, config, internet, "webfinger")
    assert failed.result is Result.FAILED
    assert "fediunion serve" in failed.mend
    assert await findings(union, config, internet, "signature") == []


async def test_another_server_at_this_name_is_seen(
    union: TestUnion,
    config: Path,
    internet: FakeInternet,
    clock: FakeClock,
    databases: Databases,
    tmp_path: Path,
) -> None:
    settings = settings_for("other.localhost", tmp_path, databases.with_tables())
    other = await TestUnion.start(internet, "other.localhost", "", clock, settings=settings)
    internet.join("union.localhost", other.app)
    [failed] = await findings(union, config, internet, "webfinger")
    assert failed.result is Result.FAILED
    await other.close()


async def test_a_signature_that_others_would_refuse_is_seen(
    union: TestUnion, config: Path, internet: FakeInternet
) -> None:
    assert [each.result for each in await findings(union, config, internet, "signature")] == [Result.OK]
    accept = [("Accept", "application/activity+json")]
    before = await ask(union.app, "/actors/instance", host="union.localhost", headers=accept)

    async def frozen(scope: Message, receive: Receive, send: Send) -> None:
        """Show the old key for ever, as a proxy does that keeps what it saw."""
        if scope["path"] == "/actors/instance":
            await answer(send, 200, before.body, "application/activity+json")
        else:
            await union.app(scope, receive, send)

    await union.world.db.write(rotate, new_keys(union.world.settings))
    internet.join("union.localhost", frozen)
    [failed] = await findings(union, config, internet, "signature")
    assert failed.result is Result.FAILED
    internet.join("union.localhost", union.app)
    assert [each.result for each in await findings(union, config, internet, "signature")] == [Result.OK]


def rotate(session: Session, keys: NewKeys) -> None:
    rotate_keys(session, instance_actor(session), keys, keep_old=False)


def set_mode(path: Path, mode: int) -> None:
    path.chmod(mode)


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o755])
async def test_a_file_that_others_can_read_is_seen_and_the_mend_named(
    union: TestUnion, config: Path, internet: FakeInternet, mode: int
) -> None:
    set_mode(config, mode)
    [failed] = await findings(union, config, internet, "files")
    assert failed.result is Result.FAILED
    assert failed.mend == f"run `chmod 640 {config}`"


async def test_a_queue_that_stands_still_is_seen(
    union: TestUnion, config: Path, internet: FakeInternet, clock: FakeClock
) -> None:
    await forget_the_queue(union)
    await union.world.db.write(enqueue, "posts.backfill")
    for wait, result in ((timedelta(), Result.OK), (timedelta(minutes=10), Result.WARNING)):
        clock.advance(wait.total_seconds())
        assert (await findings(union, config, internet, "queue"))[0].result is result
    clock.advance(hours=2)
    assert (await findings(union, config, internet, "queue"))[0].result is Result.FAILED


async def test_dead_letters_are_told(union: TestUnion, config: Path, internet: FakeInternet) -> None:
    await forget_the_queue(union)
    await union.world.db.write(dead_letter)
    told = [each for each in await findings(union, config, internet, "queue") if "given up" in each.says]
    assert [each.result for each in told] == [Result.WARNING]
    assert "--state dead" in told[0].mend


def dead_letter(session: Session) -> None:
    now = now_of(session)
    actor = instance_actor(session)
    activity = OutboxActivity(
        uri=f"{actor.uri}#dead",
        actor_id=actor.id,
        activity_type="Create",
        body="{}",
        recipients={},
        created_at=now,
    )
    session.add(activity)
    session.flush()
    session.add(
        Delivery(
            activity_id=activity.id,
            actor_id=actor.id,
            inbox_url="https://gone.example/inbox",
            host="gone.example",
            state=DeliveryState.DEAD,
            next_attempt_at=now,
            expires_at=now,
            created_at=now,
            finished_at=now,
        )
    )


async def test_C09_a_changed_log_of_privileged_acts_is_seen(
    union: TestUnion, config: Path, internet: FakeInternet
) -> None:
    def act(session: Session) -> None:
        for number in range(3):
            record_audit(session, by="@guard", action="actor.suspend", subject=f"https://far.test/{number}")

    def harm(session: Session) -> None:
        as_owner_of_the_database(session)
        session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(by="@other"))

    await union.world.db.write(act)
    (whole,) = await findings(union, config, internet, "audit")
    assert (whole.result, "3 entries" in whole.says) == (Result.OK, True)
    await union.world.db.write(harm)
    (changed,) = await findings(union, config, internet, "audit")
    assert (changed.result, "entry 2" in changed.says) == (Result.FAILED, True)


async def test_missing_old_and_overdue_backups_are_told(
    union: TestUnion, config: Path, internet: FakeInternet, clock: FakeClock, tmp_path: Path
) -> None:
    async def results() -> list[Result]:
        return [each.result for each in await findings(union, config, internet, "backups")]

    assert await results() == [Result.WARNING]
    await make_backup(union.world, tmp_path / backup_name(union.world.settings, clock.now()), quiet)
    assert await results() == [Result.OK]
    clock.advance(days=2)
    assert await results() == [Result.WARNING]
    clock.advance(days=union.world.settings.privacy.backup_days)
    assert await results() == [Result.WARNING, Result.WARNING]


async def test_another_schema_is_seen_and_nothing_is_upgraded(
    union: TestUnion, config: Path, internet: FakeInternet
) -> None:
    set_version = "UPDATE alembic_version SET version_num = '0000'"
    await union.world.db.write(lambda session: session.execute(text(set_version)))
    [failed] = await findings(union, config, internet, "schema")
    assert failed.result is Result.FAILED
    assert failed.mend
    version = "SELECT version_num FROM alembic_version"
    assert await union.world.db.read(lambda session: session.scalar(text(version))) == "0000"
    assert len(internet.requests) == 0


async def test_a_clock_that_differs_from_that_of_others_is_seen(
    union: TestUnion, config: Path, internet: FakeInternet, clock: FakeClock
) -> None:
    await union.world.db.write(know_a_server)
    shown = {"date": b""}

    async def peer(_scope: Message, _receive: Receive, send: Send) -> None:
        await answer(send, 200, b"{}", more=[(b"date", shown["date"])])

    internet.join("peer.example", peer)
    for seconds, result in ((2, Result.OK), (90, Result.WARNING), (3600, Result.FAILED)):
        told = clock.now() - timedelta(seconds=seconds)
        shown["date"] = told.strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
        [finding] = await findings(union, config, internet, "clock")
        assert (finding.result, "peer.example" in finding.says) == (result, True)


def know_a_server(session: Session) -> None:
    now = now_of(session)
    session.add(Instance(host="peer.example", state=InstanceState.OK, first_seen_at=now, last_success_at=now))

"""Mail: sealed while it waits, handed over once, tried again where that may help, given up in the end."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from io import BufferedRWPair
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fediunion.activitypub.addresses import AddressPolicy
from fediunion.activitypub.client import Client
from fediunion.config import Mail, MailMode, Settings
from fediunion.db import Database
from fediunion.jobs.models import Job
from fediunion.kit.errors import Unreachable
from fediunion.members.mail.jobs import GIVEN_UP_AFTER, message_of, send_mail
from fediunion.members.mail.service import SEND_MAIL, Letter, queue_mail
from fediunion.members.models import QueuedMail
from fediunion.world import World
from tests.fakes.clock import FakeClock
from tests.fakes.internet import FakeInternet

LETTER = Letter(to="ana@example.org", subject="Hello", text="Read this.\n")


class MailServer:
    """An SMTP server on a real socket. `answers` replaces what it says to a command; it keeps letters."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers, self.letters, self.commands = answers, list[str](), list[str]()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        # Whoever waits for a caller is woken by that.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            # Whoever called may hang up at any moment.
            with suppress(OSError), connection, connection.makefile("rwb") as lines:
                self._talk(lines)

    def _talk(self, lines: BufferedRWPair) -> None:
        def say(text: str) -> None:
            lines.write(f"{text}\r\n".encode())
            lines.flush()

        say("220 mail.test")
        for line in lines:
            command = line.decode().split()[0].upper()
            self.commands.append(command)
            answer = self.answers.get(command, "354 go on" if command == "DATA" else "250 yes")
            if answer == "hang up":
                return
            say(answer)
            if answer.startswith("354"):
                self.letters.append(self._letter(lines))
                say(self.answers.get("LETTER", "250 taken"))

    def _letter(self, lines: BufferedRWPair) -> str:
        kept = []
        for line in lines:
            if line == b".\r\n":
                break
            kept.append(line.decode())
        return "".join(kept)


@pytest.fixture
def answers() -> dict[str, str]:
    """What the mail server says instead of yes; tests put it in."""
    return {}


@pytest.fixture
def server(answers: dict[str, str]) -> Iterator[MailServer]:
    """A mail server."""
    server = MailServer(answers)
    yield server
    server.close()


@pytest.fixture
def world(database: Database, settings: Settings, clock: FakeClock, server: MailServer) -> World:
    """An instance that sends its mail through the server."""
    mail = Mail(mode=MailMode.SMTP, host="127.0.0.1", port=server.port)
    client = Client(FakeInternet(), AddressPolicy(), settings.authority, "FediUnion/test", clock)
    return World(replace(settings, mail=mail), clock, database, client)


async def queued(world: World, letter: Letter = LETTER) -> int:
    """Queue a letter; return the id that its job carries."""
    await world.db.write(queue_mail, letter)

    def read(session: Session) -> int:
        job = session.scalars(select(Job).where(Job.kind == SEND_MAIL).order_by(Job.id.desc())).first()
        assert job is not None
        return int(job.payload["mail_id"])

    return await world.db.read(read)


async def waiting(world: World) -> list[bytes]:
    def read(session: Session) -> list[bytes]:
        return [row.sealed for row in session.scalars(select(QueuedMail))]

    return await world.db.read(read)


async def test_a_letter_is_handed_over_once_and_sealed_while_it_waits(
    world: World, server: MailServer
) -> None:
    mail_id = await queued(world)
    (sealed,) = await waiting(world)
    assert b"ana" not in sealed
    assert b"Read" not in sealed
    await send_mail(world, {"mail_id": mail_id})
    await send_mail(world, {"mail_id": mail_id})
    (letter,) = server.letters
    assert "To: ana@example.org\r\n" in letter
    assert "Read this." in letter
    assert await waiting(world) == []


@pytest.mark.parametrize(
    "said",
    [{"EHLO": "hang up"}, {"RCPT": "451 later"}, {"LETTER": "452 full"}, {"MAIL": "421 busy"}],
)
async def test_L32_a_mail_server_that_cannot_now_is_asked_again_with_the_same_letter(
    world: World, server: MailServer, answers: dict[str, str], said: dict[str, str]
) -> None:
    mail_id = await queued(world)
    answers |= said
    with pytest.raises(Unreachable):
        await send_mail(world, {"mail_id": mail_id})
    assert len(await waiting(world)) == 1
    answers.clear()
    server.letters.clear()
    await send_mail(world, {"mail_id": mail_id})
    assert len(server.letters) == 1
    assert f"Message-ID: <{mail_id}@union.test>" in server.letters[0]


async def test_L32_a_server_that_fails_to_say_goodbye_does_not_get_a_letter_twice(
    world: World, server: MailServer, answers: dict[str, str]
) -> None:
    mail_id = await queued(world)
    answers["QUIT"] = "hang up"
    await send_mail(world, {"mail_id": mail_id})
    assert (len(server.letters), await waiting(world)) == (1, [])


async def test_a_letter_that_is_refused_for_good_is_dropped(
    world: World, server: MailServer, answers: dict[str, str]
) -> None:
    answers["RCPT"] = "550 nobody here"
    mail_id = await queued(world)
    await send_mail(world, {"mail_id": mail_id})
    assert (server.letters, await waiting(world)) == ([], [])


async def test_L32_after_three_days_a_letter_is_given_up(
    world: World, clock: FakeClock, server: MailServer
) -> None:
    mail_id = await queued(world)
    clock.advance(seconds=GIVEN_UP_AFTER.total_seconds() + 1)
    await send_mail(world, {"mail_id": mail_id})
    assert (server.commands, await waiting(world)) == ([], [])


def test_H19_a_line_break_in_a_header_makes_no_other_header(settings: Settings, clock: FakeClock) -> None:
    for letter in (
        replace(LETTER, subject="Hello\r\nBcc: all@example.org"),
        replace(LETTER, to="ana@example.org\r\nBcc: all@example.org"),
    ):
        with pytest.raises(ValueError, match=r"(?i)line|linefeed|invalid|header|address|newline"):
            message_of(letter, 1, clock.now(), settings)
    named = replace(settings, instance=replace(settings.instance, title="Union\r\nBcc: all@example.org"))
    assert message_of(LETTER, 1, clock.now(), named)["Bcc"] is None


async def test_H19_a_name_with_line_breaks_is_one_line_of_a_subject(world: World, server: MailServer) -> None:
    mail_id = await queued(world, replace(LETTER, subject="Hello\r\nBcc: all@example.org"))
    await send_mail(world, {"mail_id": mail_id})
    assert "Subject: Hello Bcc: all@example.org\r\n" in server.letters[0]
    assert not any(line.startswith("Bcc:") for line in server.letters[0].splitlines())


async def test_in_a_folder_a_letter_is_a_file_for_its_owner_alone(
    database: Database, settings: Settings, clock: FakeClock, tmp_path: Path
) -> None:
    mail = Mail(mode=MailMode.FILE, dir=tmp_path / "mail")
    client = Client(FakeInternet(), AddressPolicy(), settings.authority, "FediUnion/test", clock)
    world = World(replace(settings, mail=mail), clock, database, client)
    await send_mail(world, {"mail_id": await queued(world)})
    (file,) = (tmp_path / "mail").iterdir()
    assert "Read this." in file.read_text()
    assert file.stat().st_mode & 0o077 == 0

"""Mails are in the reader's language, and nothing in them is English only."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import fediunion
from fediunion.members.email_change import ask_email_change, confirm_email_change
from fediunion.members.mail.notices import tell_of_change
from fediunion.members.models import Member
from fediunion.members.password_change import ask_reset, mail_reset
from tests.members.conftest import Office, password_hash
from tests.members.test_password_change import jobs

SOURCE = Path(fediunion.__file__).parent
WRITING = frozenset({"write_to", "write_to_address", "write_to_stranger", "tell_of_change", "settle_factors"})
WORDS = re.compile(r"[A-Za-z]{2,}[ .]+[A-Za-z]{2,}")
ADDRESS = "192.0.2.1"


async def test_a_mail_is_in_the_language_that_the_member_set(office: Office) -> None:
    ana = await office.add("ana", email="ana@us.example", password_hash=password_hash(), locale="fr-CA")
    cookie = await office.signed_in(ana)
    await ask_email_change(
        office.world, cookie=cookie, email="new@us.example", address=ADDRESS, language="ar"
    )
    (letter,) = await office.letters()
    assert letter.language == "fr"
    assert letter.subject.startswith("Confirmez votre adresse pour ")
    assert "Si c’est votre propre compte, ouvrez cette page" in letter.text
    token = re.findall(r"token=([\w-]+)", letter.text)[0]
    await office.db.write(confirm_email_change, token)
    assert "/settings/email/undo?token=" in (await office.letters())[-1].text
    assert (await office.letters())[-1].language == "fr"


async def test_a_member_of_a_language_that_we_have_not_reads_that_of_the_page(office: Office) -> None:
    await office.add("ana", email="ana@us.example", password_hash=password_hash(), locale="de")
    await ask_reset(office.world, name="ana", address=ADDRESS, language="ar")
    (job,) = await jobs(office)
    await mail_reset(office.world, job.payload)
    letter = (await office.letters())[-1]
    assert letter.language == "ar"
    assert "كلمة مرور أخرى" in letter.subject


async def test_without_a_page_it_is_the_first_language_of_the_instance(office: Office) -> None:
    ana = await office.add("ana", email="ana@us.example", locale="de")
    member = await office.db.read(lambda session: session.get_one(Member, ana.id))
    assert member.locale == "de"
    await office.on(ana, tell_of_change, "A sentence of who calls.")
    assert (await office.letters())[-1].language == office.settings.instance.languages[0]


def english_only(tree: ast.AST) -> Iterator[str]:
    """Yield what is given to a function that writes mails and is words, but no Sentence."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or getattr(call.func, "id", "") not in WRITING:
            continue
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            said = [argument] if isinstance(argument, ast.Constant) else getattr(argument, "values", [])
            for part in said:
                if isinstance(part, ast.Constant) and WORDS.search(str(part.value)):
                    yield ast.unparse(argument)


def test_every_mail_is_made_of_sentences_and_they_are_in_the_catalogues() -> None:
    found, callers = [], set()
    for path in sorted(SOURCE.rglob("*.py")):
        text, name = path.read_text("utf-8"), path.relative_to(SOURCE).as_posix()
        if any(word in text for word in WRITING):
            found += [(name, words) for words in english_only(ast.parse(text))]
        if "queue_mail(" in text:
            callers.add(name)
    assert found == [], "say it with a Sentence: scripts.translations reads those"
    # A letter to the target of a call is in the words of the member who writes it.
    letters = "union/campaigns/letters/service.py"
    ours = {"members/mail/service.py", "members/mail/notices.py", letters}
    assert callers == ours, "nobody else queues a mail"


@pytest.mark.parametrize(
    ("source", "is_english"),
    [
        ('write_to(session, member, f"Hello dear {name}")', True),
        ('write_to(session, member, "Hello dear member")', True),
        ('write_to(session, member, Sentence("Hello dear member"), f"{base}/sign-in?token={token}")', False),
    ],
    ids=["f-string", "literal", "sentence"],
)
def test_the_search_for_english_finds_it(source: str, is_english: bool) -> None:
    assert bool(list(english_only(ast.parse(source)))) is is_english

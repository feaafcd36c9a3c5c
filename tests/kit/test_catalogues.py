"""The catalogues: nothing untranslated, nothing stale, the same placeholders and tags in every language."""

import re
from collections import Counter

import pytest

from fediunion.kit.catalogues import LANGUAGES, SOURCE, catalogue, first_language, translated
from fediunion.kit.sentences import Sentence, kept, said_again
from scripts.translations import extracted, is_whole, translations, untranslated

OTHERS = [language for language in LANGUAGES if language != SOURCE]
PLACES = re.compile(r"%\(\w+\)s|%%|<[^>]+>")


def each_text(message: object) -> list[str]:
    """Return the forms of a translation or of a sentence."""
    return [message] if isinstance(message, str) else [str(form) for form in message]  # type: ignore[attr-defined]  # one of babel's three shapes


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_no_translation_is_left_over(language: str) -> None:
    source, known = extracted(), translations(language)
    said = {part: {message.id for message in catalog if message.id} for part, catalog in source.items()}
    kept = {part: {message.id for message in catalog if message.id} for part, catalog in known.items()}
    assert said == kept, "run `python -m scripts.translations` and fill in what is new"
    assert {part: untranslated(catalog) for part, catalog in known.items() if untranslated(catalog)} == {}


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_and_tags_are_those_of_the_sentence(language: str) -> None:
    for part, catalog in translations(language).items():
        for message in catalog:
            if not message.id or not is_whole(message):
                continue
            expected = Counter(PLACES.findall(each_text(message.id)[-1]))
            if isinstance(message.id, tuple):
                assert len(each_text(message.string)) == catalog.num_plurals, (part, message.id)
            for form in each_text(message.string):
                found = Counter(PLACES.findall(form))
                # A form for one or two may say the number as a word.
                may_miss = Counter(["%(count)s"]) if isinstance(message.id, tuple) else Counter()
                assert found == expected or found + may_miss == expected, (part, message.id, form)


@pytest.mark.parametrize("language", OTHERS)
def test_one_sentence_has_one_translation_in_all_parts(language: str) -> None:
    found: dict[object, set[object]] = {}
    for catalog in translations(language).values():
        for message in catalog:
            if message.id and is_whole(message):
                found.setdefault(message.id, set()).add(message.string)
    assert {key: strings for key, strings in found.items() if len(strings) > 1} == {}


def test_a_sentence_reads_in_english_to_everybody_who_does_not_translate() -> None:
    sentence = Sentence("A form has at most %(most)s bytes.", most=7)
    assert sentence == "A form has at most 7 bytes."
    assert translated(sentence, "en") == sentence
    assert translated(sentence, "fr") == "Un formulaire compte au plus 7 octets."
    assert "7" in translated(sentence, "ar")


def test_a_percent_sign_is_written_twice_and_read_once() -> None:
    assert Sentence("100%%") == "100%"


def test_a_sentence_about_a_number_takes_the_form_of_the_number() -> None:
    forms = {count: Sentence.counted("%(count)s post", "%(count)s posts", count=count) for count in (0, 1, 2)}
    assert list(forms.values()) == ["0 posts", "1 post", "2 posts"]
    assert translated(forms[2], "en") == "2 posts"


def test_a_sentence_within_a_sentence_is_translated_too() -> None:
    outer = Sentence("%(name)s, %(day)s", name=Sentence("Search"), day="1")
    assert translated(outer, "fr") == "Rechercher, 1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_sentence_is_empty_in_every_language(language: str) -> None:
    # What stands under the empty text of a catalogue is its header.
    assert translated(Sentence(""), language) == ""


def test_english_is_the_source_itself() -> None:
    assert catalogue("en").gettext("Anything at all") == "Anything at all"


def test_a_sentence_that_a_row_kept_is_translated_for_whoever_reads_it() -> None:
    plain = said_again(kept(Sentence("A form has at most %(most)s bytes.", most=7)))
    assert (plain, translated(plain, "fr")) == (
        "A form has at most 7 bytes.",
        "Un formulaire compte au plus 7 octets.",
    )
    counted = said_again(kept(Sentence.counted("%(count)s post", "%(count)s posts", count=2)))
    assert (counted, counted.many) == ("2 posts", "%(count)s posts")


def test_the_first_language_of_ours_among_the_wishes_is_taken() -> None:
    assert [first_language("de", "fr_CA", "ar"), first_language("", "AR"), first_language("de")] == [
        "fr",
        "ar",
        "en",
    ]

"""Sentences for people: written in English where they arise, translated where they are shown."""

import json
from collections.abc import Mapping
from typing import Self


class Sentence(str):
    """An English sentence that is its own name in the catalogues; as a string it reads in English.

    `Sentence("A post has at most %(most)s characters.", most=500)`: what changes stands in `%(name)s`, so
    that translators can place it; a percent sign is written `%%`. The texts are literals: catalogues are
    filled from the source. `template` and `values` are what it was made of; `many` is the template of the
    plural, "" where it has none.
    """

    __slots__ = ("many", "template", "values")
    template: str
    many: str
    values: Mapping[str, object]

    def __new__(cls, template: str, /, **values: object) -> Self:
        """Return the sentence with `values` in their places. Raises KeyError where one is missing."""
        made = super().__new__(cls, template % values)
        made.template, made.many, made.values = template, "", values
        return made

    @classmethod
    def counted(cls, one: str, many: str, /, *, count: int, **values: object) -> Self:
        """Return a sentence about a number: `counted("%(count)s post", "%(count)s posts", count=3)`.

        `one` is the sentence for 1 in English; other languages have up to six forms.
        """
        values["count"] = count
        made = super().__new__(cls, (one if count == 1 else many) % values)
        made.template, made.many, made.values = one, many, values
        return made

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Copies and pickles are the English text: what is kept is read by programs."""
        return str, (str(self),)


def kept(sentence: Sentence) -> str:
    """Return a sentence as a row can keep it, to be translated when somebody reads it: `said_again`."""
    return json.dumps([sentence.template, sentence.many, sentence.values], ensure_ascii=False, default=str)


def said_again(text: str) -> Sentence:
    """Return the sentence that `kept` made `text` of. Raises ValueError for anything else."""
    template, many, values = json.loads(text)
    return Sentence.counted(template, many, **values) if many else Sentence(template, **values)


def sentence_of(error: Exception) -> str:
    """Return what an error says, as the Sentence that it was raised with where it was one."""
    first = error.args[0] if error.args else ""
    return first if isinstance(first, Sentence) else str(error)

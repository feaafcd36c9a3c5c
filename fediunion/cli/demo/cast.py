"""Who is in the demo and what they do: the sample data, and a short script of follows and posts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

UNIONS: Final = ("ictysu", "nairobisu", "ccisua")


@dataclass(frozen=True)
class Person:
    """A member: `reach` is hidden, followable or public."""

    username: str
    display_name: str
    about: str
    reach: str
    role: str


@dataclass(frozen=True)
class DemoUnion:
    """One of the three: `name` is the first word of its host, `institutions` its boards and feeds.

    `about` has more keys of `[instance]` in its configuration.
    """

    name: str
    title: str
    about: Mapping[str, object]
    institutions: Sequence[str]
    people: Sequence[Person]


@dataclass(frozen=True)
class Line:
    """One post of the script. `key` names it for replies, boosts and favourites; `answers` another's key."""

    by: str
    text: str
    audience: str
    warning: str
    key: str
    answers: str


@dataclass(frozen=True)
class Cast:
    """Everybody, and the script. People and institutions are named `name@union`.

    `bonds` are (child, parent, kind, since) of unions; `vacancies` the sample notices by the union that
    tells of them, of the moment `as_of`; `calls` likewise, with their `thunderclaps`. `boost` says how soon,
    and with how many pledges; `crowd` are more members of each union, by username.
    """

    unions: Sequence[DemoUnion]
    bonds: Sequence[tuple[str, str, str, datetime]]
    vacancies: Mapping[str, Sequence[Mapping[str, Any]]]
    as_of: str
    calls: Mapping[str, Sequence[Mapping[str, Any]]]
    thunderclaps: Sequence[Mapping[str, Any]]
    boost: Mapping[str, Any]
    crowd: Mapping[str, Sequence[str]]
    follows: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    boosts: Sequence[tuple[str, str]]
    favourites: Sequence[tuple[str, str]]


def read_cast() -> Cast:
    """Return the cast from samples.json (instances and personas) and script.json."""
    samples, script = _read("samples.json"), _read("script.json")
    return Cast(
        unions=[_union(name, samples, script) for name in UNIONS],
        bonds=[
            (child, parent, each["kind"], datetime.fromisoformat(each["since"]).replace(tzinfo=UTC))
            for each in samples["affiliations"]
            if (child := each["child"].partition(".")[0]) in UNIONS
            and (parent := each["parent"].partition(".")[0]) in UNIONS
        ],
        vacancies=_vacancies(samples["vacancies"]),
        as_of=samples["asOf"],
        calls=_calls(samples["campaignCalls"]),
        thunderclaps=samples["thunderclaps"],
        boost=script["boost"],
        crowd=script["crowd"],
        follows=[(one, other) for one, other in script["follows"]],
        lines=[
            Line(
                line["by"],
                line["text"],
                line.get("audience", "public"),
                line.get("warning", ""),
                line.get("as", ""),
                line.get("to", ""),
            )
            for line in script["posts"]
        ],
        boosts=[(who, key) for who, key in script["boosts"]],
        favourites=[(who, key) for who, key in script["favourites"]],
    )


def _vacancies(postings: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the notices by union; those of unions that are not among the three are told by them in turn."""
    told: dict[str, list[Mapping[str, Any]]] = {name: [] for name in UNIONS}
    for place, posting in enumerate(postings):
        home = str(posting["fu:boardActor"]).partition("@")[2].partition(".")[0]
        told[home if home in UNIONS else UNIONS[place % len(UNIONS)]].append(posting)
    return told


def _calls(samples: Sequence[Mapping[str, Any]]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """Return the calls of the three unions, and what another has won already, put by the one in Nairobi."""
    told: dict[str, list[Mapping[str, Any]]] = {name: [] for name in UNIONS}
    for call in samples:
        home = str(call["lead"]).partition("@")[2].partition(".")[0]
        if home in UNIONS or call["outcome"] is not None:
            told[home if home in UNIONS else "nairobisu"].append(call)
    return told


def _union(name: str, samples: Mapping[str, Any], script: Mapping[str, Any]) -> DemoUnion:
    host = f"{name}.example"
    instance = next(each for each in samples["instances"] if each["host"] == host)
    people = [persona for persona in samples["personas"] if persona["home"] == host]
    return DemoUnion(
        name=name,
        title=instance["union"].removesuffix(" (test)"),
        about={"level": instance["level"], **script["unions"][name]},
        institutions=[actor for actor in instance["actors"] if actor != "union"],
        people=[
            Person(
                username=persona["handle"],
                display_name=persona.get("name", persona["handle"]),
                about=script["about"][persona["handle"]],
                reach=script["reach"][persona["handle"]],
                # Somebody has to be able to do everything: the first one of each union.
                role="owner" if place == 0 else "member",
            )
            for place, persona in enumerate(people)
        ],
    )


def _read(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return value

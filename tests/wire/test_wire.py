"""Documents as other software sends them, each read to what a person should see."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fediunion.activitypub.audience import audience_of
from fediunion.activitypub.parse import parse_activity, parse_keys, parse_object
from fediunion.activitypub.shown import shown_html, shown_warning
from fediunion.activitypub.vocab import ACTIVITY_CLASSES, Object, PostDocument, is_poll_vote
from fediunion.inbox.envelope import read_envelope
from fediunion.kit.errors import BadDocument

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*/*.json"))
ACTIVITY_TYPES = {cls.type_name for cls in ACTIVITY_CLASSES}


def read(document: dict[str, Any]) -> Object:
    if document["type"] not in ACTIVITY_TYPES:
        return parse_object(document)
    return parse_activity(document, missing_id=read_envelope(json.dumps(document).encode()).uri)


def followers_of(post: PostDocument) -> str:
    """Return what in the post's addressing is its author's followers collection, by the look of it."""
    named = (uri for uri in post.to + post.cc if "followers" in uri)
    return next(named, f"{post.author}/followers")


def seen(thing: object, aspect: str) -> object:
    """Return one aspect of a document: an attribute, or what a person sees of a post."""
    if aspect == "class":
        return type(thing).__name__
    if isinstance(thing, PostDocument):
        match aspect:
            case "shown":
                return shown_html(thing)
            case "warning":
                return shown_warning(thing)
            case "audience":
                return audience_of(thing.to, thing.cc, followers_of(thing)).value
            case "vote":
                return is_poll_vote(thing)
    return getattr(thing, aspect)


def assert_seen(thing: object, expected: object, where: str) -> None:
    if isinstance(expected, dict):
        for aspect, value in expected.items():
            assert_seen(seen(thing, aspect), value, f"{where}.{aspect}")
    elif isinstance(expected, list):
        assert isinstance(thing, tuple), where
        assert len(thing) == len(expected), (where, thing)
        for number, (one, value) in enumerate(zip(thing, expected, strict=True)):
            assert_seen(one, value, f"{where}[{number}]")
    elif isinstance(thing, datetime):
        assert thing.isoformat().replace("+00:00", "Z") == expected, where
    else:
        assert thing == expected, where


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_document_is_read_as_a_person_should_see_it(file: Path) -> None:
    example = json.loads(file.read_text())
    expected = example["expected"]
    if "refused" in expected:
        with pytest.raises(BadDocument) as caught:
            read(example["document"])
        assert caught.value.reason == expected["refused"]
        assert_seen(parse_keys(example["document"]), expected["keys"], file.stem)
    else:
        assert_seen(read(example["document"]), expected, file.stem)


def test_there_are_at_least_three_documents_of_each_software_and_none_names_a_real_host() -> None:
    count = {folder.name: len(list(folder.glob("*.json"))) for folder in FOLDER.iterdir() if folder.is_dir()}
    count.pop("__pycache__", None)
    assert set(count) >= {"mastodon", "gotosocial", "mitra", "misskey", "lemmy", "mobilizon", "peertube"}
    assert set(count) >= {"wordpress", "pleroma", "takahe"}
    assert min(count.values()) >= 3, count
    assert all(".example" in file.read_text() for file in FILES)

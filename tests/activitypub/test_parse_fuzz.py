"""Documents made by chance: none may do worse than be refused."""

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from fediunion.activitypub.parse import parse_activity, parse_object
from fediunion.activitypub.vocab import ACTIVITY_CLASSES, PUBLIC
from fediunion.kit.errors import BadDocument
from fediunion.kit.json import JsonObject

ACTOR = "https://good.example/actors/1"

WORDS = st.sampled_from(
    [
        *("id", "type", "actor", "object", "to", "cc", "tag", "attachment", "content", "contentMap", "name"),
        *("url", "icon", "inReplyTo", "published", "oneOf", "replies", "interactionPolicy", "publicKey"),
        *(
            "endpoints",
            "location",
            "first",
            "canQuote",
            "quote",
            "image",
            "endTime",
            "closed",
            "attributedTo",
        ),
        *("inbox", "preferredUsername", "items", "href", "focalPoint", "mediaType", "bto", "attributedTo"),
    ]
)
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["Note", "Create", "Person", "Question", "Event", "Video", "Hashtag", "Mention", "Emoji"]
    )
    | st.sampled_from(
        [PUBLIC, ACTOR, "https://good.example/x#y", "2026-11-22T09:00:00Z", "9999-99-99", "#tag"]
    )
    | st.sampled_from(["Link", "Flag", "text/html", "text/markdown", "0001-01-01T00:00:00+23:59"])
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=8),
    max_leaves=24,
)
ACTIVITY_TYPES = st.sampled_from([cls.type_name for cls in ACTIVITY_CLASSES])
OBJECT_TYPES = st.sampled_from(
    [
        "Note",
        "Question",
        "Event",
        "Video",
        "Article",
        "Image",
        "Person",
        "Collection",
        "Tombstone",
        "Nonsense",
    ]
)


@given(
    st.dictionaries(WORDS | st.text(max_size=6), VALUES, max_size=10),
    ACTIVITY_TYPES,
    OBJECT_TYPES,
    st.dictionaries(WORDS, VALUES, max_size=12),
)
@settings(max_examples=400)
def test_P25_no_document_raises_anything_but_bad_document(
    loose: JsonObject, type: str, object_type: str, members: JsonObject
) -> None:
    about = members | {"id": "https://good.example/o/1", "type": object_type}
    frame = {"id": "https://good.example/a/1", "type": type, "actor": ACTOR}
    with suppress(BadDocument):
        parse_activity(loose)
    for document in (loose | frame | {"object": about}, members | frame | {"object": loose}, frame | loose):
        with suppress(BadDocument):
            assert parse_activity(document).actor.startswith(("https://", "http://"))
    with suppress(BadDocument):
        assert parse_object(about).id in ("https://good.example/o/1", "")

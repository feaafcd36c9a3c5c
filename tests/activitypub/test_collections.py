"""Collections as we send them, read back as others would."""

from fediunion.activitypub.collections import (
    collection_page,
    ordered_collection,
    whole_collection,
)
from fediunion.activitypub.parse import parse_collection

FOLLOWERS = "https://us.example/actors/1/followers"


def test_a_collection_tells_its_count_and_first_page() -> None:
    document = ordered_collection(FOLLOWERS, 3, first=f"{FOLLOWERS}?page=1")
    assert document == {
        "id": FOLLOWERS,
        "type": "OrderedCollection",
        "totalItems": 3,
        "first": f"{FOLLOWERS}?page=1",
    }
    assert not parse_collection(document).hidden


def test_a_hidden_collection_has_a_count_and_no_first_page() -> None:
    document = ordered_collection(FOLLOWERS, 812)
    assert "first" not in document
    assert (parse_collection(document).hidden, parse_collection(document).total_items) == (True, 812)
    assert "totalItems" not in ordered_collection(FOLLOWERS, None)


def test_a_page_knows_its_collection_and_neighbours() -> None:
    page = collection_page(
        f"{FOLLOWERS}?page=2", FOLLOWERS, ["https://good.example/1"], next=f"{FOLLOWERS}?page=3"
    )
    read = parse_collection(page)
    assert (read.part_of, read.next, read.items) == (
        FOLLOWERS,
        f"{FOLLOWERS}?page=3",
        ("https://good.example/1",),
    )
    assert "prev" not in page
    unordered = collection_page(
        "https://us.example/r?p=1", "https://us.example/r", [], type="CollectionPage", total=0
    )
    assert (unordered["items"], unordered["totalItems"], "next" in unordered) == ([], 0, False)


def test_a_short_collection_comes_whole() -> None:
    document = whole_collection(
        "https://us.example/featured", ["https://us.example/1"], attributed_to="https://us.example/a"
    )
    assert (document["totalItems"], document["orderedItems"]) == (1, ["https://us.example/1"])
    assert document["attributedTo"] == "https://us.example/a"

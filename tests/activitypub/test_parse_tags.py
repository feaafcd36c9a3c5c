"""Attachments, pictures, places and polls in the shapes that servers send."""

from datetime import UTC, datetime

import pytest

from fediunion.activitypub.parse import parse_object
from fediunion.activitypub.vocab import AttachmentDocument, Event, PollOption, PostDocument, Question
from fediunion.kit.json import JsonObject

FILE = "https://good.example/media/1.png"


def read(type: str = "Note", **more: object) -> PostDocument:
    document = parse_object({"id": "https://good.example/p/1", "type": type} | more)
    assert isinstance(document, PostDocument)
    return document


def only(attachment: object) -> AttachmentDocument:
    (found,) = read(attachment=attachment).attachments
    return found


def test_a_mastodon_picture_comes_with_its_measures() -> None:
    document: JsonObject = {
        "type": "Document",
        "mediaType": "image/png",
        "url": FILE,
        "name": "A picket line",
    }
    document |= {
        "blurhash": "UFBWY:8_0Jxv4mx]t8t64.%M-:IUWGAt6M}t",
        "focalPoint": [0.5, -1],
        "width": 640,
        "height": 480,
    }
    assert only([document]) == AttachmentDocument(
        kind="image",
        url=FILE,
        media_type="image/png",
        description="A picket line",
        blurhash="UFBWY:8_0Jxv4mx]t8t64.%M-:IUWGAt6M}t",
        width=640,
        height=480,
        focal_point=(0.5, -1.0),
    )


def test_a_single_attachment_without_array_and_alt_text_in_summary_are_understood() -> None:
    assert only({"type": "Image", "url": FILE, "summary": "alt", "name": "1.png"}).description == "alt"


def test_an_address_may_be_a_link_or_an_array_of_links() -> None:
    link = {"type": "Link", "href": FILE, "mediaType": "video/mp4", "width": 320}
    video = only({"type": "Document", "url": [link]})
    assert (video.kind, video.url, video.media_type, video.width) == ("video", FILE, "video/mp4", 320)
    assert only({"type": "Image", "url": {"type": "Link", "href": FILE}}).url == FILE


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        ({"type": "Link", "href": "https://good.example/page"}, "link"),
        ({"type": "Link", "href": FILE, "mediaType": "image/png"}, "image"),
        ({"type": "Audio", "url": FILE}, "audio"),
        ({"type": "Document", "url": FILE, "mediaType": "application/pdf"}, "document"),
        ({"type": "Document", "url": FILE, "mediaType": "application/x-mpegURL"}, "video"),
        ("https://good.example/page", "link"),
    ],
)
def test_the_kind_follows_from_media_type_and_type(attachment: object, kind: str) -> None:
    assert only(attachment).kind == kind


def test_a_payment_link_keeps_its_relation() -> None:
    assert only({"type": "Link", "href": "https://good.example/fund", "rel": ["payment"]}).rel == ("payment",)


@pytest.mark.parametrize(
    "attachment",
    [
        None,
        [],
        7,
        {},
        {"type": "Document", "url": "javascript:alert(1)"},
        {"type": "Link", "href": "data:text/html,x"},
        {"type": "PropertyValue", "url": FILE},
        {"url": ["ftp://x.example/1"]},
        [[FILE]],
    ],
)
def test_what_has_no_web_address_is_left_out(attachment: object) -> None:
    assert read(attachment=attachment).attachments == ()


@pytest.mark.parametrize("garbage", [-1, 0, 1.5, True, "640", 10**9, None])
def test_measures_that_are_none_are_left_out(garbage: object) -> None:
    found = only(
        {"type": "Image", "url": FILE, "width": garbage, "focalPoint": [garbage, 2], "blurhash": garbage}
    )
    assert (found.width, found.focal_point, found.blurhash) == (None, None, None)


def test_a_poll_gives_its_options_counts_and_end() -> None:
    options = [
        {"type": "Note", "name": name, "replies": {"totalItems": votes}}
        for name, votes in (("Yes", 3), ("No", 1))
    ]
    question = read("Question", anyOf=options, votersCount=4, endTime="2026-12-01T12:00:00Z")
    assert isinstance(question, Question)
    assert question.options == (PollOption(name="Yes", votes=3), PollOption(name="No", votes=1))
    assert (question.multiple, question.voters_count, question.closed) == (True, 4, None)
    assert question.end_time == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_a_poll_may_be_closed_by_a_moment_or_by_a_boolean() -> None:
    at_noon = datetime(2026, 12, 1, 12, tzinfo=UTC)
    by_moment = read("Question", oneOf=[{"name": "Yes"}], closed="2026-12-01T12:00:00Z")
    by_boolean = read("Question", oneOf={"name": "Yes"}, closed=True, endTime="2026-12-01T12:00:00Z")
    assert isinstance(by_moment, Question)
    assert isinstance(by_boolean, Question)
    assert by_moment.closed == by_boolean.closed == at_noon
    assert by_boolean.options == (PollOption(name="Yes"),)


def test_an_option_named_twice_counts_once() -> None:
    question = read("Question", oneOf=[{"name": "Yes"}, {"name": "Yes"}, {"name": ""}, {"name": 7}, "Yes"])
    assert isinstance(question, Question)
    assert [option.name for option in question.options] == ["Yes"]


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ({"type": "Place", "name": "Town Hall"}, "Town Hall"),
        (
            {
                "name": "Town Hall",
                "address": {"streetAddress": "The Headrow", "addressLocality": "Leeds", "postalCode": None},
            },
            "Town Hall, The Headrow, Leeds",
        ),
        ({"name": "Town Hall", "address": "The Headrow 1"}, "Town Hall, The Headrow 1"),
        ([{"type": "VirtualLocation", "url": "https://meet.example/x"}], "https://meet.example/x"),
        ("Leeds", "Leeds"),
        ({"name": 7}, None),
    ],
)
def test_a_place_is_one_line_of_text(location: object, shown: str | None) -> None:
    assert read("Event", location=location).location == shown


def test_an_event_has_its_times_and_ways_to_join() -> None:
    website = {"type": "Link", "href": "https://good.example/events/1", "name": "Website"}
    event = read(
        "Event",
        startTime="2026-12-05T13:00:00+01:00",
        joinMode="free",
        attachment=[website],
        **{"ical:status": "CONFIRMED"},
    )
    assert isinstance(event, Event)
    assert event.start_time == datetime(2026, 12, 5, 12, tzinfo=UTC)
    assert (event.join_mode, event.status, event.online_url) == (
        "free",
        "CONFIRMED",
        "https://good.example/events/1",
    )


def test_a_video_published_by_itself_is_its_own_attachment() -> None:
    links = [
        {"type": "Link", "mediaType": "text/html", "href": "https://good.example/w/1"},
        {"type": "Link", "mediaType": "video/mp4", "href": "https://good.example/1.mp4", "height": 720},
        {
            "type": "Link",
            "mediaType": "application/x-bittorrent;x-scheme-handler/magnet",
            "href": "magnet:?xt=1",
        },
    ]
    video = read("Video", url=links, icon={"type": "Image", "url": FILE}, duration="PT90S")
    assert video.url == "https://good.example/w/1"
    (file,) = video.attachments
    assert (file.kind, file.url, file.preview_url, file.duration) == (
        "video",
        "https://good.example/1.mp4",
        FILE,
        "PT90S",
    )

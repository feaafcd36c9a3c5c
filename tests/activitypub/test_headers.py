"""Headers keep their duplicates and give back the bytes that came."""

from fediunion.activitypub.headers import RequestHeaders, normal_authority


def test_a_value_is_found_by_its_lower_case_name_without_blanks_around_it() -> None:
    headers = RequestHeaders([(b"host", b" us.example\t"), (b"date", b"today")])
    assert headers.get("host") == "us.example"
    assert headers.get("signature") is None


def test_duplicates_are_joined_in_the_order_received() -> None:
    headers = RequestHeaders.of([("Accept", "application/json"), ("Host", "us.example"), ("accept", "*/*")])
    assert headers.get("accept") == "application/json, */*"
    assert headers.all("accept") == ["application/json", "*/*"]
    assert headers.get("host") == "us.example"


def test_bytes_beyond_ascii_come_back_unchanged() -> None:
    value = RequestHeaders([(b"x-name", "Zoë".encode())]).get("x-name")
    assert value is not None
    assert value.encode("latin-1") == "Zoë".encode()


def test_an_authority_loses_its_case_and_the_default_port_only() -> None:
    assert normal_authority("US.Example:443", "https") == "us.example"
    assert normal_authority("us.example:80", "http") == "us.example"
    assert normal_authority("us.example:80", "https") == "us.example:80"
    assert normal_authority("us.example:8443", "https") == "us.example:8443"

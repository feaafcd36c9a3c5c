"""Row O25: room for streams is kept for members, however many addresses somebody else has."""

import pytest

from fediunion.actors.viewer import Viewer
from fediunion.api.auth import Caller
from fediunion.api.errors import TooManyRequests
from fediunion.api.streaming.admission import MOST_OF_ALL, MOST_WITHOUT_LOGIN, Admission
from fediunion.config import Settings


def member(number: int) -> Caller:
    return Caller(number, number, number, Viewer(number, None, is_member=True), frozenset(), "", "active", "")


def address(number: int) -> str:
    return f"2001:db8:{number:x}::1"


def test_O25_who_has_many_addresses_does_not_take_the_room_of_members(settings: Settings) -> None:
    admission = Admission(settings)
    for number in range(MOST_WITHOUT_LOGIN):
        admission.admit(None, address(number))
    with pytest.raises(TooManyRequests):
        admission.admit(None, address(MOST_WITHOUT_LOGIN))
    for number in range(MOST_OF_ALL - MOST_WITHOUT_LOGIN):
        admission.admit(member(number), address(0))
    with pytest.raises(TooManyRequests):
        admission.admit(member(MOST_OF_ALL), address(0))


def test_O25_who_leaves_makes_room(settings: Settings) -> None:
    admission = Admission(settings)
    for number in range(MOST_WITHOUT_LOGIN):
        admission.admit(None, address(number))
    admission.leave(None, address(0))
    admission.admit(None, address(MOST_WITHOUT_LOGIN))
    with pytest.raises(TooManyRequests):
        admission.admit(None, address(0))

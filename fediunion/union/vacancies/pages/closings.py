"""When a vacancy closes, as people are told it: on the clocks of the notice, and on their own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms.closing import in_zone, offset_name
from fediunion.web.languages import LOCALES
from fediunion.web.reading import current_reader

SOON: Final = timedelta(days=2)
_TIME: Final = Markup('<time datetime="{}">{}</time>')


@dataclass(frozen=True)
class ShownClosing:
    """The closing instant `at`, and the `zone` that its notice gives it in. All else is for who reads now.

    `city` is the duty station where those are its clocks.
    """

    at: datetime
    zone: str
    city: str = ""

    @property
    def own(self) -> Markup:
        """Return day and time on the clocks of the notice: "Friday 8 January 2027, 23:59"."""
        return self._element(self._local, "full")

    @property
    def own_short(self) -> Markup:
        """Return the same as it stands in a list: "8 Jan, 23:59", with the year where it is another one."""
        return self._element(self._local, "")

    @property
    def zone_name(self) -> str:
        """Return what those clocks are called: "Nairobi time", "East Africa Time", "UTC+05:45"."""
        if self.city:
            return Sentence("%(city)s time", city=self.city)
        return _zone_name(self._local, self.zone)

    @property
    def differs(self) -> bool:
        """Return whether the reader's own clocks are known, and show another time."""
        reader = current_reader()
        return reader.zone_is_known and self._reader.utcoffset() != self._local.utcoffset()

    @property
    def reader(self) -> Markup:
        """Return day and time on the reader's clocks."""
        return self._element(self._reader, "full")

    @property
    def reader_short(self) -> Markup:
        """Return the same as it stands in a list."""
        return self._element(self._reader, "")

    @property
    def utc(self) -> Markup:
        """Return day and time in UTC, for who did not say where the own clocks are."""
        return self._element(self.at, "")

    @property
    def is_past(self) -> bool:
        """Return whether that was before now."""
        return self.at <= current_reader().now

    @property
    def is_soon(self) -> bool:
        """Return whether less than two days are left."""
        return current_reader().now < self.at <= current_reader().now + SOON

    @property
    def left(self) -> Sentence:
        """Return how long there is still: in hours below two days, else in days."""
        left = self.at - current_reader().now
        hours = max(int(left.total_seconds()) // 3600, 0)
        if hours < 1:
            return Sentence("less than an hour left")
        if left <= SOON:
            return Sentence.counted("%(count)s hour left", "%(count)s hours left", count=hours)
        return Sentence.counted("%(count)s day left", "%(count)s days left", count=left.days)

    @property
    def _local(self) -> datetime:
        return in_zone(self.at, self.zone)

    @property
    def _reader(self) -> datetime:
        return self.at.astimezone(current_reader().zone)

    def _element(self, local: datetime, form: str) -> Markup:
        from babel.dates import format_date, format_skeleton

        reader = current_reader()
        locale = LOCALES[reader.language]
        if form:
            day = format_date(local, form, locale=locale)
        else:
            skeleton = "MMMd" if local.year == reader.now.year else "yMMMd"
            day = format_skeleton(skeleton, local, locale=locale)
        comma = "،" if reader.language == "ar" else ","
        return _TIME.format(local.isoformat(), f"{day}{comma} {local:%H:%M}")


def _zone_name(local: datetime, zone: str) -> str:
    from babel.dates import get_timezone_name

    if "/" not in zone:
        return offset_name(local)
    return get_timezone_name(local, "long", locale=LOCALES[current_reader().language])

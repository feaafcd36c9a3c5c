"""A JobPosting from anywhere, read as a notice: every value normalised, every fault named.

Files and forms are read strictly: what cannot be read is refused with its field. What peers send is read as
strictly where it decides when a vacancy closes, where it is and what it pays; their other words are theirs.
"""

from fediunion.union.vacancies.reading.given import BadNotice
from fediunion.union.vacancies.reading.whole import read_notice, read_wire_notice, stored_notice

__all__ = ["BadNotice", "read_notice", "read_wire_notice", "stored_notice"]

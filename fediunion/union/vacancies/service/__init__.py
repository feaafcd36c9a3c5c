"""The rules of vacancies: drafts, publishing, closing, what other unions send, what is doubtful."""

from fediunion.union.vacancies.service.drafting import change_notice, create_draft
from fediunion.union.vacancies.service.ending import close_due, end_vacancy, remove_due, remove_vacancy
from fediunion.union.vacancies.service.publishing import publish_vacancy

__all__ = [
    "change_notice",
    "close_due",
    "create_draft",
    "end_vacancy",
    "publish_vacancy",
    "remove_due",
    "remove_vacancy",
]

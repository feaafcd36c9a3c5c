"""How a vacancy reads for people on other servers: the words of its post, before or after it is sent."""

from fediunion.actors.models import Actor
from fediunion.union.vacancies.models import Vacancy
from fediunion.union.vacancies.notice import Notice
from fediunion.union.vacancies.wording import composed_vacancy, language_of
from fediunion.web.previews import PostPreview, preview_by


def post_preview_of(vacancy: Vacancy, notice: Notice, board: Actor, base_url: str) -> PostPreview:
    """Return the post in which a board tells of a vacancy."""
    html = composed_vacancy(vacancy, notice, board=board, base_url=base_url).html
    return preview_by(board, html, language=language_of(notice))

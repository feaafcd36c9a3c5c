"""What happens to vacancies, for whoever matches searches."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VacancyOpened:
    """A vacancy can be seen and applied for: it is new, was extended, changed, or is hidden no more."""

    vacancy_id: int


@dataclass(frozen=True)
class VacancyEnded:
    """A vacancy is open no more, or nobody may see it any more."""

    vacancy_id: int

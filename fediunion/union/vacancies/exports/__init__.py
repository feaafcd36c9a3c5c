"""Vacancies for programs: JSON, feeds, calendars and tables of what a search finds."""

"""Vacancies out of files: what is in a file, and what becomes of each of its rows."""

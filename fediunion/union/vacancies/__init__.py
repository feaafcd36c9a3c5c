"""Vacancies: typed notices that federate, close by themselves, and can be searched and followed."""

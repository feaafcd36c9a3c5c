"""The words of a vacancy as values: grades, contracts, occupations, places, pay, closing, languages."""

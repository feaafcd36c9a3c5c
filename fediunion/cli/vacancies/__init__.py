"""The commands about vacancies: vacancy import, export, list, show, publish, close, watch and the like."""

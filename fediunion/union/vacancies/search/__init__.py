"""Finding vacancies: what is asked, the index that answers, and searches that wait for what comes."""

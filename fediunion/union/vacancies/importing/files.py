"""What is in a file, whatever it is called: JSON, JSON lines or CSV, told apart by their content."""

from collections.abc import Iterable

from fediunion.kit.errors import Invalid
from fediunion.kit.sentences import Sentence
from fediunion.union.importing import is_json_lines, text_of_file
from fediunion.union.vacancies.importing.csv_files import rows_of_csv
from fediunion.union.vacancies.importing.json_files import rows_of_json, rows_of_lines
from fediunion.union.vacancies.importing.rows import MOST_BYTES, FileRow


def rows_in(content: bytes) -> Iterable[FileRow]:
    """Return the records of a file, in order; those that cannot be read too, with what is wrong.

    Raises Invalid (field "file") where the file as a whole cannot be read: nothing of it is then taken.
    """
    content = text_of_file(content, MOST_BYTES)
    begins = content.lstrip()[:1]
    if begins == b"[":
        return rows_of_json(content)
    if begins == b"{":
        return rows_of_lines(content) if is_json_lines(content) else rows_of_json(content)
    if b"\n" not in content.strip() and b"\r" not in content.strip():
        raise Invalid(Sentence("The file is neither JSON nor a table with a header."), field="file")
    return rows_of_csv(content.decode("utf-8", "surrogateescape"))

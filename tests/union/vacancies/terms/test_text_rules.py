"""Words of frauds: found in four languages and whatever they are hidden with; warnings and work are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fediunion.union.vacancies.terms.plain_words import MOST_CHARACTERS
from fediunion.union.vacancies.terms.text_rules import (
    LONGEST_PHRASE,
    REASONS,
    RULES,
    Finding,
    scam_findings,
)
from tests.union.vacancies.samples import POSTINGS

UN_WARNING = (
    "THE UNITED NATIONS DOES NOT CHARGE A FEE AT ANY STAGE OF THE RECRUITMENT PROCESS (APPLICATION, INTERVIEW"
    " MEETING, PROCESSING, OR TRAINING). THE UNITED NATIONS DOES NOT CONCERN ITSELF WITH INFORMATION ON"
    " APPLICANTS' BANK ACCOUNTS."
)
"""What every notice of the United Nations ends with."""


def _rules(text: str) -> list[str]:
    return [finding.rule for finding in scam_findings(text)]


def _text(sample: dict[str, object]) -> str:
    description = sample.get("description", "")
    texts = description.values() if isinstance(description, dict) else [description]
    return "\n\n".join((str(sample["title"]), *map(str, texts)))


def test_the_fraud_of_the_samples_has_one_flag_and_none_of_what_comes_with_it() -> None:
    assert scam_findings(_text(POSTINGS["V-SCAM"])) == (
        Finding("fee-scam", "visa processing fee of 150 USD"),
    )


@pytest.mark.parametrize("sample", sorted(POSTINGS.keys() - {"V-SCAM"}))
def test_no_other_sample_is_suspected(sample: str) -> None:
    assert scam_findings(_text(POSTINGS[sample])) == ()


@pytest.mark.parametrize(
    "text",
    [
        "A visa processing fee of 150 USD is required.",
        "Visa processing fee: $150",
        "USD 1 500 registration fee",
        "Candidates must pay a refundable deposit.",
        "Kindly remit the application fee before the interview.",
        "You will pay for your visa.",
        "An upfront payment secures your place.",
        "Des frais de dossier de 200 euros sont à verser.",
        "Les frais de visa sont obligatoires.",
        "Le candidat doit payer les frais d’inscription.",
        "Une caution remboursable est demandée.",
        "Los gastos de tramitación de visa son de 100 USD.",
        "El candidato debe pagar una tasa de inscripción.",
        "La tasa de registro es obligatoria.",
        "يجب دفع رسوم التأشيرة قبل السفر",
        "رسوم معالجة الطلب ١٥٠ دولارًا",
        "رسوم التسجيل مطلوبة",
    ],
)
def test_a_fee_is_found_in_each_language(text: str) -> None:
    assert _rules(text) == ["fee-scam"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Pay via Western Union.", "money-scam"),
        ("Send two iTunes gift cards to our agent.", "money-scam"),
        ("Send Bitcoin to the coordinator.", "money-scam"),
        ("Deposit the cheque and forward the rest to our agent.", "money-scam"),
        ("Envoyez de l’argent par Western Union.", "money-scam"),
        ("Envíe dinero a nuestro agente.", "money-scam"),
        ("أرسل المال عبر ويسترن يونيون", "money-scam"),
        ("Send a passport scan by WhatsApp.", "document-scam"),
        ("Send your bank card PIN.", "document-scam"),
        ("Envoyez une copie du passeport par WhatsApp.", "document-scam"),
        ("Envíe su pasaporte por Telegram.", "document-scam"),
        ("أرسل صورة جواز السفر عبر واتساب", "document-scam"),
        ("Contact us only on Telegram.", "contact-scam"),
        ("Send your CV to our WhatsApp number.", "contact-scam"),
        ("Candidature par WhatsApp au plus vite.", "contact-scam"),
        ("Envíe su currículum: únicamente por WhatsApp.", "contact-scam"),
        ("أرسل السيرة الذاتية عبر الواتساب فقط", "contact-scam"),
        ("No interview needed!", "promise-scam"),
        ("Guaranteed visa for all.", "promise-scam"),
        ("Embauche garantie.", "promise-scam"),
        ("Sin entrevista.", "promise-scam"),
        ("وظيفة مضمونة بدون مقابلة", "promise-scam"),
    ],
)
def test_other_frauds_have_rules_of_their_own(text: str, rule: str) -> None:
    assert _rules(text) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "v1sa pr0cessing f33s of $150",
        "v<b>i</b>sa pro<i></i>cessing f<span class='x'>ee</span> of 150 USD",
        "visa&#32;proc&#101;ssing&nbsp;fee of 150 USD",
        "vi\u200bsa pro\u00adcess\u2060ing fe\ufeffe of 150 USD",
        "vіsа рrосеssіng fее of 150 USD",
        "ｖｉｓａ ｐｒｏｃｅｓｓｉｎｇ ｆｅｅ of 150 USD",
        "𝐯𝐢𝐬𝐚 𝐩𝐫𝐨𝐜𝐞𝐬𝐬𝐢𝐧𝐠 𝐟𝐞𝐞 of 150 USD",
        "v i s a  p r o c e s s i n g  f e e of 150 USD",
        "v.i.s.a processing f-e-e of 150 USD",
        "VÍSA PRÖCESSING FÉE OF 150 USD",
        "v\u0336i\u0336s\u0336a\u0336 processing fee of 150 USD",
        "visa processing\nfee of 150 USD",
        "<p>visa processing <!-- x -->fee of 150 USD</p>",
        "visa, processing and other fees: 150USD",
    ],
    ids=[
        *(
            "digits",
            "tags",
            "entities",
            "invisible",
            "cyrillic",
            "wide",
            "bold",
            "spaced",
            "dotted",
            "accents",
        ),
        *("struck", "wrapped", "comment", "list"),
    ],
)
def test_tricks_with_letters_hide_nothing(text: str) -> None:
    assert "fee-scam" in _rules(text)


@pytest.mark.parametrize(
    "text",
    [
        UN_WARNING,
        "No fee is charged at any stage of the recruitment.",
        "UNICEF does not charge a processing fee at any stage of its recruitment and hiring processes.",
        "The ILO does not need to know any information relating to the bank details of applicants.",
        "IOM does not charge a fee at any stage (application, interview, processing, training or other fee).",
        "You will pay consultants' fees and ensure that membership fees are paid before the due date.",
        "The incumbent must ensure timely transfer of fees and that registration fees of delegates are paid.",
        "Le titulaire doit payer les frais de mission. Pagar los gastos de viaje. سداد رسوم الاشتراك",
        "Applicants are never asked to pay a processing fee, visa fee or training fee.",
        "Candidates must not pay any fee or deposit to anybody.",
        "Beware of frauds that ask candidates to pay a visa processing fee.",
        "L’ONU ne perçoit de frais de dossier à aucun stade du recrutement.",
        "Aucun frais de dossier n’est exigé des candidats.",
        "Méfiez-vous de qui vous demande de payer des frais de visa.",
        "Las Naciones Unidas no cobran tasas de inscripción obligatorias en ninguna etapa.",
        "Ningún candidato debe pagar tasas.",
        "لا تتقاضى الأمم المتحدة أي رسوم في أي مرحلة من مراحل التوظيف (طلب أو مقابلة أو معالجة أو تدريب).",
        "Never send your passport or bank details by WhatsApp.",
        "Salary transfer to a local bank account.",
        "A valid passport is required. Please attach a copy of your passport.",
        "The Organization pays visa fees and travel.",
        "Processes visa applications and reconciles fees.",
        "Ensures payments to beneficiaries through Western Union are reconciled.",
        "Send payments to suppliers by wire; remit to vendors via Western Union where banks are closed.",
        "No interview travel expenses are reimbursed.",
        "Questions may be asked by telephone or WhatsApp.",
        "Experience with cash transfers, crypto-assets regulation or anti-fraud work is an asset.",
        "Conducts interviews without bias.",
    ],
    ids=lambda text: text[:40],
)
def test_warnings_and_work_are_no_fraud(text: str) -> None:
    assert scam_findings(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "There is no other cost but a processing fee that must be paid.",
        "We do not charge, except a small refundable deposit.",
        "No interview, visa processing fee of 20 EUR.",
        "No experience, no degree: only the training fee is required.",
        "This is no scam: the visa processing fee is 150 USD.",
        "We charge nothing. The visa processing fee is payable to our agent.",
    ],
)
def test_a_denial_beside_a_demand_does_not_excuse_it(text: str) -> None:
    assert "fee-scam" in _rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "<b visa processing fee of 150 USD>",
        "<!-- visa processing fee of 150 USD -->",
        "<!-- visa fee of 5 USD",
    ],
)
def test_what_looks_like_a_tag_is_looked_at_too_as_a_text_may_show_it(text: str) -> None:
    assert _rules(text) == ["fee-scam"]


def test_the_phrase_is_what_a_reader_sees_and_not_longer_than_a_line() -> None:
    (finding,) = scam_findings("<p>Très sérieux. Les <b>FRAIS</b> de&nbsp;Visa sont <i>obligatoires</i>.</p>")
    assert finding.phrase == "FRAIS de Visa sont obligatoires"
    (long,) = scam_findings("applicants " + "really" * 60 + " must pay " + "the" * 90 + " fee")
    assert len(long.phrase) <= LONGEST_PHRASE


def test_what_is_past_the_limit_is_not_looked_at() -> None:
    demand = "A visa processing fee of 150 USD."
    assert _rules("x " * (MOST_CHARACTERS // 2 - len(demand)) + demand) == ["fee-scam"]
    assert _rules("x " * (MOST_CHARACTERS // 2) + demand) == []


@pytest.mark.parametrize(
    "text",
    [
        *("pay " * 12_500, "visa fee " * 6_000, "<" * 50_000, "<!--" * 12_500, "<a " * 17_000, "&#" * 25_000),
        *(
            "f " * 25_000,
            "you must pay " * 4_000,
            "no interview " * 4_000,
            "no. " * 12_500,
            "\u0301" * 50_000,
        ),
    ],
    ids=[
        "pay",
        "visa fee",
        "angle",
        "comment",
        "tag",
        "entity",
        "letters",
        "must",
        "interview",
        "ends",
        "marks",
    ],
)
def test_hostile_texts_are_read_to_the_end(text: str) -> None:
    assert len(scam_findings(text)) <= len(REASONS)


@given(st.text(max_size=300))
def test_any_text_can_be_looked_at(text: str) -> None:
    for finding in scam_findings(text):
        assert finding.phrase
        assert finding.reason


def test_every_rule_of_the_list_has_a_reason_and_covers_rules_that_there_are() -> None:
    import tomllib

    listed = tomllib.loads(RULES.read_text("utf-8"))["rule"]
    assert [rule["id"] for rule in listed] == list(REASONS)
    for rule in listed:
        assert set(rule.get("covers", ())) <= set(REASONS) - {rule["id"]}
        assert all(len(pattern.split()) >= 2 for pattern in rule["patterns"])
        assert sum(part == "..." for pattern in rule["patterns"] for part in pattern.split()[:1]) == 0
        assert max(pattern.split().count("...") for pattern in rule["patterns"]) <= 2

"""What the choices of a vacancy are called, as sentences to translate."""

from collections.abc import Mapping
from typing import Final

from fediunion.kit.sentences import Sentence
from fediunion.union.vacancies.terms.contract import (
    ContractType,
    EmploymentType,
    HardshipClass,
    JobNetwork,
    Mobility,
    Scope,
)
from fediunion.union.vacancies.terms.grades import Band
from fediunion.union.vacancies.terms.languages import Level
from fediunion.union.vacancies.terms.source import SourceStatus

CONTRACT_TYPES: Final[Mapping[ContractType, Sentence]] = {
    ContractType.CONTINUING: Sentence("Continuing"),
    ContractType.FIXED_TERM: Sentence("Fixed-term"),
    ContractType.TEMPORARY: Sentence("Temporary"),
    ContractType.CONSULTANCY: Sentence("Consultancy"),
    ContractType.INDIVIDUAL_CONTRACTOR: Sentence("Individual contractor"),
    ContractType.SERVICE_AGREEMENT: Sentence("Service agreement"),
    ContractType.UNV: Sentence("UN Volunteer"),
    ContractType.SECONDMENT: Sentence("Secondment"),
    ContractType.INTER_AGENCY_LOAN: Sentence("Inter-agency loan"),
    ContractType.JPO: Sentence("Junior Professional Officer"),
    ContractType.INTERNSHIP: Sentence("Internship"),
    ContractType.PERMANENT: Sentence("Permanent"),
    ContractType.CASUAL: Sentence("Casual"),
}
EMPLOYMENT_TYPES: Final[Mapping[EmploymentType, Sentence]] = {
    EmploymentType.FULL_TIME: Sentence("Full time"),
    EmploymentType.PART_TIME: Sentence("Part time"),
    EmploymentType.CONTRACTOR: Sentence("On contract"),
    EmploymentType.TEMPORARY: Sentence("Temporary"),
    EmploymentType.INTERN: Sentence("Internship"),
    EmploymentType.VOLUNTEER: Sentence("Voluntary work"),
    EmploymentType.PER_DIEM: Sentence("By the day"),
    EmploymentType.OTHER: Sentence("Other"),
}
HARDSHIP_CLASSES: Final[Mapping[HardshipClass, Sentence]] = {
    HardshipClass.H: Sentence("H: headquarters or similar"),
    HardshipClass.A: Sentence("A: least difficult"),
    HardshipClass.B: Sentence("B: somewhat difficult"),
    HardshipClass.C: Sentence("C: difficult"),
    HardshipClass.D: Sentence("D: very difficult"),
    HardshipClass.E: Sentence("E: most difficult"),
}
JOB_NETWORKS: Final[Mapping[JobNetwork, Sentence]] = {
    JobNetwork.DEVNET: Sentence("Economic, Social and Development"),
    JobNetwork.INFONET: Sentence("Public Information and Conference Management"),
    JobNetwork.ITECNET: Sentence("Information and Telecommunication Technology"),
    JobNetwork.LEGALNET: Sentence("Legal"),
    JobNetwork.LOGNET: Sentence("Logistics, Transportation and Supply Chain"),
    JobNetwork.MAGNET: Sentence("Management and Administration"),
    JobNetwork.POLNET: Sentence("Political, Peace and Humanitarian"),
    JobNetwork.SAFETYNET: Sentence("Internal Security and Safety"),
    JobNetwork.SCINET: Sentence("Science"),
}
SCOPES: Final[Mapping[Scope, Sentence]] = {
    Scope.OPEN: Sentence("Open to everybody"),
    Scope.INTERNAL: Sentence("For staff of the employer"),
    Scope.ROSTER: Sentence("For a roster"),
    Scope.ROSTER_MEMBERS: Sentence("For members of a roster"),
}
MOBILITIES: Final[Mapping[Mobility, Sentence]] = {
    Mobility.ROTATIONAL: Sentence("Rotational post"),
    Mobility.MOVEMENT_REQUIRED: Sentence("One has to move"),
}
SOURCE_STATUSES: Final[Mapping[SourceStatus, Sentence]] = {
    SourceStatus.VERIFIED: Sentence("On the employer's own site"),
    SourceStatus.UNVERIFIED: Sentence("Not verified"),
}
BANDS: Final[Mapping[Band, Sentence]] = {
    Band.SENIOR: Sentence("Senior officials (USG, ASG)"),
    Band.DIRECTOR: Sentence("Directors (D)"),
    Band.PROFESSIONAL: Sentence("Professional (P)"),
    Band.FIELD_SERVICE: Sentence("Field Service (FS)"),
    Band.GENERAL_SERVICE: Sentence("General Service (G)"),
    Band.NATIONAL: Sentence("National officers (NO)"),
    Band.SECURITY: Sentence("Security Service (S)"),
    Band.TRADES: Sentence("Trades and Crafts (TC)"),
    Band.CONTRACTOR: Sentence("Contractors (ICA)"),
    Band.SERVICE_AGREEMENT: Sentence("Service agreements (PSA)"),
    Band.VOLUNTEER: Sentence("UN Volunteers"),
    Band.INTERN: Sentence("Interns"),
    Band.EU_ADMINISTRATOR: Sentence("EU administrators (AD)"),
    Band.EU_ASSISTANT: Sentence("EU assistants (AST)"),
    Band.EU_SECRETARY: Sentence("EU secretaries (AST/SC)"),
    Band.EU_CONTRACT: Sentence("EU contract agents (FG)"),
    Band.COORDINATED: Sentence("Coordinated organisations (A, B, C, L)"),
}
LEVELS: Final[Mapping[Level, Sentence]] = {
    Level.BASIC: Sentence("basic"),
    Level.WORKING: Sentence("working knowledge"),
    Level.FLUENT: Sentence("fluent"),
    Level.NATIVE: Sentence("native or expert"),
}
"""The levels in words; those of the Common European Framework are called as they are written."""

"""What a court orders for a charge: by verdict, offence, age and assumptions."""

from random import Random

from world import law
from world.facts import Charge, Defendant, Hearing, Result
from world.law import GRAVE
from world.people import ADULT, Company, Person, uuid
from world.settings import Assumptions


def disposal(
    rng: Random, given: Assumptions, charge: Charge, defendant: Defendant, hearing: Hearing
) -> Result:
    """The final result of a charge that was tried or admitted: acquittal, or a sentence.

    Only the first charge can bring more than a fine.
    """
    day = hearing.day

    def final(kind: tuple[str, str], months: int = 0, amount: int = 0) -> Result:
        return Result(uuid(rng), *kind, "FINAL", day, months, amount)

    if charge.verdict == "NOT_GUILTY":
        return final(law.NOT_GUILTY)
    age = defendant.party.age_on(day) if isinstance(defendant.party, Person) else 99
    principal = charge.sequence == 1
    custody = charge.offence.custody if principal else 0.0
    if age < ADULT:
        custody *= given["sentence.youth_custody"]
    if rng.random() < custody:
        months = rng.choices(given["sentence.custody_months"], given["sentence.custody_weights"])[0]
        if hearing.court.jurisdiction == "MAGISTRATES":
            months = min(months, 6)
        if age < ADULT:
            return final(law.DETENTION_TRAINING, max(4, min(months, 24)))
        return final(law.YOUNG_OFFENDERS if age < 21 else law.IMPRISONMENT, months)
    if age < ADULT and principal:
        return final(law.REFERRAL_ORDER, 6)
    amount = rng.choices(given["sentence.fine_pounds"], given["sentence.fine_weights"])[0]
    fined = given["sentence.fine_magistrates"]
    if charge.offence.custody > GRAVE:
        fined *= given["sentence.grave_fines"]
    if not principal or not custody or isinstance(defendant.party, Company):
        return final(law.FINE, amount=amount)
    draw = rng.random()
    if draw < fined:
        return final(law.FINE, amount=amount)
    draw = (draw - fined) / (1 - fined) * (1 - given["sentence.fine_magistrates"])
    if draw < given["sentence.discharge"]:
        return final(law.CONDITIONAL_DISCHARGE, 12)
    if draw < given["sentence.discharge"] + given["sentence.suspended"]:
        return final(law.SUSPENDED, given["probation.order_months"])
    return final(law.COMMUNITY, given["probation.order_months"])

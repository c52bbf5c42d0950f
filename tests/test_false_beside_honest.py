"""Beside each false claim an honest one of the same sentences: the false one is refused, the honest one goes through."""

from __future__ import annotations

import pytest
from newsroom import by_key, card, sentences

from service.types import Draft
from service.verification.verify import verify

Claims = tuple[str, ...]

PUMPS = '"The pumps failed," said Greta Holm, the harbour master.'
BLAMED = "Paul Erik, the mayor, blamed the storm."
ADLER = "Ruth Adler, who taught Jonas Mair at the academy, won the prize."
HOLM = "Anders Holm, whose brother runs the yard, was elected chairman."
WOMEN = "The share of women rose from 12 per cent to 18 per cent."
# kind → sentences, false claims, honest claims
TOLD: dict[str, list[tuple[Claims, Claims, Claims]]] = {
    "who says it": [
        (
            (PUMPS, BLAMED),
            ('"The pumps failed," said Paul Erik, the mayor.',),
            ("Greta Holm said that the pumps failed.",),
        ),
        (
            ("Its lawyer, Sven Adler, said it had no wish to sue the port.", "The firm is old."),
            ("Karl Brunn said it had no wish to sue the port.",),
            ("The firm's lawyer said that it had no wish to sue the port.",),
        ),
        (
            ("Mr Lenz has been accused of taking 40,000 crowns; he says the case is political.",),
            ("Mr Lenz took 40,000 crowns, and says the case is political.",),
            ("Mr Lenz is accused of taking 40,000 crowns.",),
        ),
    ],
    "who is what": [
        (
            ("The actor Tom Wade is a grandson of the painter Ada Wade.",),
            ("Tom Wade is a painter.",),
            ("Tom Wade is an actor.",),
        ),
        (
            ("The banker Enzo Rossi, whose cousin is the governor of Larn, was jailed.",),
            ("The banker Enzo Rossi is the governor of Larn.",),
            ("The banker Enzo Rossi's cousin is the governor of Larn.",),
        ),
    ],
    "whose deed": [
        (
            ("Dr Ennis, whose father was struck while fishing in 1974, counts the seconds.",),
            ("Dr Ennis, who was struck while fishing in 1974, counts the seconds.",),
            ("Dr Ennis's father was struck while fishing in 1974.",),
        ),
        (
            ("A spokesman for the minister said the bridge would be closed.",),
            ("The minister said the bridge would be closed.",),
            ("The minister's spokesman said that the bridge would be closed.",),
        ),
        (
            ("The ferry, which was built by the yard that later sank, carries 300 people.",),
            ("The ferry later sank.",),
            ("The ferry carries 300 people.",),
        ),
        (
            ("The readers' editor can be reached on weekdays between 10am and 1pm.",),
            ("The readers' editor can be reached on weekdays from 10am to 3pm.",),
            ("Readers can reach the readers' editor on weekdays from 10am to 1pm.",),
        ),
    ],
    "denied": [
        (
            ("The temperature fell to -12C overnight.",),
            ("The temperature fell to 12C overnight.",),
            ("The temperature fell to 12 degrees below zero.",),
        ),
        (
            ("She was about to leave when the roof fell.",),
            ("She left.",),
            ("She was about to leave.",),
        ),
        (
            ("The packs were sold under the names Glen and Old Weir.",),
            ("The packs were sold only under the name Glen.",),
            ("The packs were sold under the name Glen.",),
        ),
        (
            ("The service will send warnings from spring, at first only to farmers.",),
            ("The service will send warnings from spring, not just to farmers.",),
            ("From spring the service will send warnings to farmers only.",),
        ),
        (
            ("Asked whether Adey would stay, the trainer said that talks had not started.",),
            ("The trainer promised that Adey would stay.",),
            ("The trainer said that talks had not started.",),
        ),
        (
            ("The trainer promised that Adey would stay.",),
            ("The trainer promised that Adey would not stay.",),
            ("The trainer pledged that Adey would stay.",),
        ),
    ],
    "figures": [
        (
            ("It may reopen if two successive sets of swabs are clear.",),
            ("It may reopen if one set of swabs is clear.",),
            ("It may reopen if two sets of swabs are clear.",),
        ),
        (
            ("They accepted a rise of 4.5 per cent, half of what they had asked for.",),
            ("They accepted a rise of 4.5 per cent, more than half of what they had asked for.",),
            ("They accepted half of what they had asked for.",),
        ),
        (
            ("The cars were refitted at a cost of €11.2m.",),
            ("The cars were refitted for 11.2 million thalers.",),
            ("The cars were refitted for 11.2 million euros.",),
        ),
        (
            ("The margin of error is plus or minus two percentage points.",),
            ("The margin of error is plus or minus three percentage points.",),
            ("The margin of error is two percentage points.",),
        ),
        (
            (WOMEN,),
            ("The share of women rose by 18 per cent.",),
            ("The share of women rose by six percentage points.",),
        ),
        (
            ("The rent rose from 400 to 500 euros.",),
            ("The rent rose by 500 euros.",),
            ("The rent went up by 100 euros.",),
        ),
        (
            ("A channel is only 2 or 3 centimetres wide.",),
            ("A channel is only 20 to 40 millimetres wide.",),
            ("A channel is only 20 to 30 millimetres wide.",),
        ),
        (
            ("Nine in ten victims survive.",),
            ("Victims survive: eight out of every ten.",),
            ("Victims survive: nine out of every ten.",),
        ),
        (
            ("It is the second largest lake in the country.",),
            ("It is the largest lake in the country.",),
            ("It is the country's second largest lake.",),
        ),
        (
            ("She was the first woman from Tarn to sail round the world.",),
            ("She was the first woman to sail round the world.",),
            ("She was the first woman from Tarn to sail round it.",),
        ),
        (
            ("The clinic, one of six in the county, has 40 beds.",),
            ("The clinic, one of seven in the county, has 40 beds.",),
            ("The county has six clinics.",),
        ),
    ],
    "what bears on it": [
        (
            ("Tom Wilk, a zoologist in Leuw, called the results thin.", "He asked who paid."),
            ("The results are thin.",),
            ("Tom Wilk asked who paid.",),
        ),
        (
            ("The plant will stay shut for at least ten days.", "It may reopen on 7 April."),
            ("It will reopen on 7 April.",),
            ("The plant may reopen on 7 April.",),
        ),
        (
            (
                "It is the body, not the glass, that does so, said Nadia Ferr, who runs the storm laboratory.",
            ),
            ("The storm laboratory runs Nadia Ferr.",),
            ("Nadia Ferr runs the storm laboratory.",),
        ),
        (
            ("Mara Olt, whose first novel won a prize, will open the library on Friday.",),
            ("Mara Olt has opened the library.",),
            ("Mara Olt will open the library on Friday.",),
        ),
        (
            ("In the film, a lighthouse keeper steals the yacht and sails to Brazil.",),
            ("A lighthouse keeper stole the yacht and sailed to Brazil.",),
            ("In the film a lighthouse keeper steals the yacht.",),
        ),
        (
            ("According to legend, a monk hid the bell in the lake.",),
            ("A monk hid the bell in the lake.",),
            ("Legend has it that a monk hid the bell in the lake.",),
        ),
        (
            ("We said that the charity had closed all of its nine hostels; it has closed two.",),
            ("The charity has closed all of its nine hostels.",),
            ("The charity has closed two of its nine hostels.",),
        ),
        (
            ("The council did not vote on the sale but on the lease.",),
            ("The council voted on the sale.",),
            ("The council did not vote on the sale.",),
        ),
        (
            ("Workers get a bonus only if the ship sails on time.",),
            ("Workers get a bonus.",),
            ("Workers get a bonus if the ship sails on time.",),
        ),
        (
            ("The strike, called by the drivers' union, ended on Thursday.",),
            ("The strike, called off by the drivers' union, never began.",),
            ("The strike ended on Thursday.",),
        ),
        (
            ("He is thought to have fled to Peru.",),
            ("He fled to Peru.",),
            ("He may have fled to Peru.",),
        ),
        (
            ('"Did the queen ever visit the mine?" a reader asks.', "She did not."),
            ("The queen visited the mine.",),
            ("A reader asks whether the queen ever visited the mine.",),
        ),
    ],
}


def cases(honest: bool) -> list[tuple[Claims, str]]:
    return [(row[0], claim) for rows in TOLD.values() for row in rows for claim in row[1 + honest]]


def released(texts: Claims, claim: str) -> bool:
    evidence = sentences(card("c", "From the archive"), *texts)
    return verify(Draft(claim, tuple(by_key(evidence))), by_key(evidence)).support is not None


@pytest.mark.parametrize(("texts", "claim"), cases(honest=False))
def test_what_the_sentences_say_of_something_else_is_refused(texts: Claims, claim: str) -> None:
    assert not released(texts, claim)


@pytest.mark.parametrize(("texts", "claim"), cases(honest=True))
def test_what_the_sentences_say_goes_through(texts: Claims, claim: str) -> None:
    assert released(texts, claim)

"""Forty small stories as they were and as they became: twenty are news for who asked, twenty are not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Story:
    """`after` takes the place of `before`; where `beside` is set, it is one more article."""

    name: str
    question: str
    before: str
    after: str
    told: bool
    beside: bool = False


def _story(told: bool, name: str, question: str, before: str, after: str, beside: bool = False):
    return Story(name, question, before, after, told, beside)


TOLD = [
    _story(True, *rest)
    for rest in (
        (
            "a sum was corrected",
            "How much did the Kelder tunnel cost?",
            "Kelder tunnel opens\n\nThe Kelder tunnel cost 48 million crowns, the builders said.",
            "Kelder tunnel opens\n\nThe Kelder tunnel cost 52 million crowns, the builders said.",
        ),
        (
            "a day was moved",
            "When does the Ostmark library reopen?",
            "Ostmark library\n\nThe Ostmark library reopens on 4 May 2025 after its repair.",
            "Ostmark library\n\nThe Ostmark library reopens on 11 May 2025 after its repair.",
        ),
        (
            "another person holds the post",
            "Who conducts the Bramwell orchestra?",
            "Bramwell season\n\nThe Bramwell orchestra is conducted by Ilse Tanner this season.",
            "Bramwell season\n\nThe Bramwell orchestra is conducted by Petra Voss this season.",
        ),
        (
            "a ferry stopped",
            "Is the Harrow ferry sailing?",
            "Harrow ferry\n\nThe Harrow ferry is sailing every day this winter.",
            "Harrow ferry\n\nThe Harrow ferry is not sailing this winter.",
        ),
        (
            "an answer came",
            "Who won the Lindmoor chess prize?",
            "Lindmoor market\n\nThe market of Lindmoor sells cheese and wool on Fridays.",
            "Lindmoor chess\n\nAnton Reuss won the Lindmoor chess prize in the last game.",
            True,
        ),
        (
            "accounts are in dispute",
            "How many people were hurt in the Corvin mill fire?",
            "Fire at the Corvin mill\n\nBy Ann Holt, Corvin Echo\n\n3 March 2025\n\n"
            "Seven people were hurt in the Corvin mill fire on Sunday.",
            "Corvin mill burns\n\nBy Jon Marsh, Valley Herald\n\n3 March 2025\n\n"
            "The Corvin mill fire on Sunday left eleven people hurt, doctors told this paper.",
            True,
        ),
        (
            "a later count took its place",
            "How many members does the Dornach choir have?",
            "Dornach choir sings\n\nBy Ann Holt, Dornach Echo\n\n3 January 2024\n\n"
            "The Dornach choir has 40 members.",
            "Dornach choir grows\n\nBy Ann Holt, Dornach Echo\n\n9 June 2025\n\n"
            "The Dornach choir now has 55 members, more than ever before.",
            True,
        ),
        (
            "digits changed places",
            "What share of Velmar households have fibre?",
            "Fibre in Velmar\n\nIn Velmar 34 per cent of households have fibre.",
            "Fibre in Velmar\n\nIn Velmar 43 per cent of households have fibre.",
        ),
        (
            "an approval was none",
            "Did the council approve the Pellworth quarry?",
            "Pellworth quarry\n\nThe council approved the Pellworth quarry on a close vote.",
            "Pellworth quarry\n\nThe council did not approve the Pellworth quarry on a close vote.",
        ),
        (
            "a rise was a fall",
            "What happened to rents in Sorrel Bay?",
            "Rents in Sorrel Bay\n\nRents in Sorrel Bay rose by 3 percent last year.",
            "Rents in Sorrel Bay\n\nRents in Sorrel Bay fell by 3 percent last year.",
        ),
        (
            "another place was chosen",
            "Where will the Aster museum be built?",
            "Aster museum\n\nThe Aster museum will be built in Northgate, next to the station.",
            "Aster museum\n\nThe Aster museum will be built in Eastgate, next to the station.",
        ),
        (
            "an hour was changed",
            "What time does the Quornby night bus leave?",
            "Quornby night bus\n\nThe Quornby night bus leaves at 22:30 from the square.",
            "Quornby night bus\n\nThe Quornby night bus leaves at 23:15 from the square.",
        ),
        (
            "a measure was wrong",
            "How long is the Ilmenau canal?",
            "Ilmenau canal\n\nThe Ilmenau canal is 40 kilometres long and has nine locks.",
            "Ilmenau canal\n\nThe Ilmenau canal is 14 kilometres long and has nine locks.",
        ),
        (
            "all became some",
            "Will the Tesselby schools stay open?",
            "Tesselby schools\n\nAll of the Tesselby schools will stay open next year.",
            "Tesselby schools\n\nSome of the Tesselby schools will stay open next year.",
        ),
        (
            "a year was misread",
            "When was the Grauhorn lighthouse built?",
            "Grauhorn lighthouse\n\nThe Grauhorn lighthouse was built in 1871 by masons.",
            "Grauhorn lighthouse\n\nThe Grauhorn lighthouse was built in 1817 by masons.",
        ),
        (
            "its outlet printed a correction",
            "How many trees were felled in Hollin wood?",
            "Trees felled in Hollin wood\n\nBy Ann Holt, Hollin Echo\n\n3 March 2025\n\n"
            "In Hollin wood 120 trees were felled for the road. The work took a week, and a mill "
            "took the timber. Walkers were kept away by a fence.",
            "Correction: Trees felled in Hollin wood\n\nBy Ann Holt, Hollin Echo\n\n5 March 2025\n\n"
            "In Hollin wood 210 trees were felled for the road. The work took a week, and a mill "
            "took the timber. Walkers were kept away by a fence.",
            True,
        ),
        (
            "a successor was sworn in",
            "Who is the mayor of Fennwick?",
            "Fennwick budget\n\nBy Ann Holt, Fennwick Echo\n\n3 January 2024\n\n"
            "Karl Brandt is the mayor of Fennwick.",
            "Fennwick has a new mayor\n\nBy Ann Holt, Fennwick Echo\n\n9 June 2025\n\n"
            "Rosa Lindqvist is now the mayor of Fennwick; she was sworn in on Monday.",
            True,
        ),
        (
            "an article was completed by the answer",
            "What does a ticket of the Zellmark tram cost?",
            "Zellmark tram\n\nThe Zellmark tram runs from the harbour to the hill.",
            "Zellmark tram\n\nThe Zellmark tram runs from the harbour to the hill. "
            "A ticket of the Zellmark tram costs 3 crowns.",
        ),
        (
            "a closure was called off",
            "Will the Marlow bridge close in July?",
            "Marlow bridge\n\nThe Marlow bridge will close in July for repairs.",
            "Marlow bridge\n\nThe Marlow bridge will not close in July for repairs.",
        ),
        (
            "a count in words was corrected",
            "How many boats sank off Cape Ennis?",
            "Storm off Cape Ennis\n\nThree boats sank off Cape Ennis in the storm.",
            "Storm off Cape Ennis\n\nFive boats sank off Cape Ennis in the storm.",
        ),
    )
]  # fmt: skip
SILENT = [
    _story(False, *rest)
    for rest in (
        (
            "the same sum in other words",
            "How much did the Borling stadium cost?",
            "Borling stadium\n\nThe Borling stadium cost 70 million crowns, the club said.",
            "Borling stadium\n\nThe club said that the Borling stadium cost 70 million crowns.",
        ),
        (
            "digits became a word",
            "How many lifts does the Hartig tower have?",
            "Hartig tower\n\nThe Hartig tower has 12 lifts.",
            "Hartig tower\n\nThe Hartig tower has twelve lifts.",
        ),
        (
            "a date was written the other way",
            "When does the Nesbit swimming pool open?",
            "Nesbit pool\n\nThe Nesbit swimming pool opens on 4 May 2025.",
            "Nesbit pool\n\nThe Nesbit swimming pool opens on May 4, 2025.",
        ),
        (
            "an article on something else came",
            "Who designed the Ravenna hall?",
            "Ravenna hall\n\nThe Ravenna hall was designed by Mira Kohl.",
            "Bakers strike in Oxley\n\nThe bakers of Oxley went on strike for 2 days in 2025.",
            True,
        ),
        (
            "sentences changed places",
            "How deep is Lake Sennet?",
            "Lake Sennet\n\nLake Sennet is 80 metres deep. Trout live in it.",
            "Lake Sennet\n\nTrout live in it. Lake Sennet is 80 metres deep.",
        ),
        (
            "quotation marks were set otherwise",
            "What did Olga Stern call the Pinnock verdict?",
            "Pinnock verdict\n\nOlga Stern called the Pinnock verdict “a late justice”.",
            'Pinnock verdict\n\nOlga Stern called the Pinnock verdict "a late justice".',
        ),
        (
            "a paragraph on other things was added",
            "Who owns the Thorley brewery?",
            "Thorley brewery\n\nThe Thorley brewery is owned by Nils Aber.",
            "Thorley brewery\n\nThe Thorley brewery is owned by Nils Aber.\n\n"
            "In the hills it snowed for days, and skiers were glad.",
        ),
        (
            "another outlet printed the same",
            "How many seats has the Gorlitz cinema?",
            "Gorlitz cinema\n\nBy Ann Holt, Gorlitz Echo\n\nThe Gorlitz cinema has 300 seats.",
            "Gorlitz cinema\n\nBy Ann Holt, Gorlitz Post\n\nThe Gorlitz cinema has 300 seats.",
            True,
        ),
        (
            "another outlet told the same in its words",
            "When was the Wendel mill closed?",
            "Wendel mill\n\nBy Ann Holt, Wendel Echo\n\nThe Wendel mill was closed in 1998.",
            "End of a mill\n\nBy Jon Marsh, Valley Herald\n\n"
            "It was in 1998 that the Wendel mill was closed for good.",
            True,
        ),
        (
            "active became passive",
            "Who painted the Ulmer chapel?",
            "Ulmer chapel\n\nClara Neumann painted the Ulmer chapel.",
            "Ulmer chapel\n\nThe Ulmer chapel was painted by Clara Neumann.",
        ),
        (
            "a title was changed",
            "How many bees live at Farrow farm?",
            "Bees\n\nAt Farrow farm live 20,000 bees.",
            "A humming farm\n\nAt Farrow farm live 20,000 bees.",
        ),
        (
            "a byline was changed",
            "How high is Mount Cardel?",
            "Mount Cardel\n\nBy Ann Holt\n\nMount Cardel is 2,140 metres high.",
            "Mount Cardel\n\nBy Jon Marsh\n\nMount Cardel is 2,140 metres high.",
        ),
        (
            "an adjective came in",
            "Who runs the Eskdale bakery?",
            "Eskdale bakery\n\nThe Eskdale bakery is run by Tove Lang.",
            "Eskdale bakery\n\nThe small Eskdale bakery is run by Tove Lang.",
        ),
        (
            "money was written out",
            "How much did the Jessop painting fetch?",
            "Jessop painting\n\nThe Jessop painting fetched $5 million at the auction.",
            "Jessop painting\n\nThe Jessop painting fetched 5 million dollars at the auction.",
        ),
        (
            "a sign became a word",
            "What share of Kirnau voters took part?",
            "Kirnau vote\n\nIn Kirnau 61% of voters took part.",
            "Kirnau vote\n\nIn Kirnau 61 percent of voters took part.",
        ),
        (
            "an honorific was dropped",
            "Who heads the Lavant clinic?",
            "Lavant clinic\n\nThe Lavant clinic is headed by Dr. Ida Falk.",
            "Lavant clinic\n\nThe Lavant clinic is headed by Ida Falk.",
        ),
        (
            "a sentence was parted",
            "How many goats graze on Skarholm?",
            "Skarholm\n\nOn Skarholm graze 90 goats, and nobody lives there.",
            "Skarholm\n\nOn Skarholm graze 90 goats. Nobody lives there.",
        ),
        (
            "a misprint was mended",
            "Who built the Odenhall organ?",
            "Odenhall organ\n\nThe Odenhall organ was bulit by Hans Reger.",
            "Odenhall organ\n\nThe Odenhall organ was built by Hans Reger.",
        ),
        (
            "a figure that nobody asked for was corrected",
            "Who drives the Pendrick mail van?",
            "Pendrick mail\n\nThe Pendrick mail van is driven by Erik Moss.\n\n"
            "In other news, the harbour cafe sold 400 cakes.",
            "Pendrick mail\n\nThe Pendrick mail van is driven by Erik Moss.\n\n"
            "In other news, the harbour cafe sold 600 cakes.",
        ),
        (
            "a later article says it again",
            "Where is the Yarrow festival held?",
            "Yarrow festival\n\nBy Ann Holt, Yarrow Echo\n\n3 January 2024\n\n"
            "The Yarrow festival is held in Brookside.",
            "Yarrow festival again\n\nBy Ann Holt, Yarrow Echo\n\n4 January 2025\n\n"
            "As ever, the Yarrow festival is held in Brookside.",
            True,
        ),
    )
]  # fmt: skip
STORIES = (*TOLD, *SILENT)

"""The guide's title, and the vision."""

GUIDE = {
    "title": "How we help",
    "lead": "What we promise the people who write and call, and how each of us keeps it. Read a page in five minutes; argue with it whenever it does not survive a real conversation.",
}

VISION = {
    "title": "Our vision",
    "slug": "vision",
    "statement": "“I had a problem with them once. It was put right faster than I could get angry, by somebody who meant it.”",
    "text": (
        "That is the sentence we would like to overhear on a train, spoken by somebody who does not know we are listening. "
        "It admits that things go wrong with us. Parcels get lost, cards are charged twice, a release breaks the login on a Monday. "
        "We do not promise a company without faults. We promise that a fault never becomes the customer's second job.\n\n"
        "It is also a sentence about a person, not a process. Nobody tells their friends about a ticket number. They remember "
        "that someone understood what was at stake, said plainly what would happen, and did it.\n\n"
        "So we give up a few things. We do not measure ourselves by how quickly we get people off the line. We do not hide behind "
        "policy when the policy is wrong for the case in front of us. And we do not win arguments with customers, because there "
        "is nothing there to win."
    ),
    "objectives": [
        {
            "title": "Solved, not answered",
            "text": "The customer does not have to come back for the same thing. We notice when a case is reopened, and treat each reopening as a question to ourselves.",
        },
        {
            "title": "Trusted when it is our fault",
            "text": "People who met one of our mistakes stay with us at least as often as people who never did. We get there by saying what happened before we are asked.",
        },
        {
            "title": "Decided where the conversation is",
            "text": "Whoever talks to the customer can put the ordinary things right without asking. We notice in how few cases have to wait for somebody else's approval.",
        },
        {
            "title": "Worth recommending",
            "text": "Customers send their friends to us because of how we dealt with them. We would notice in what new customers answer when we ask how they found us.",
        },
    ],
}

"""Honesty about our own mistakes."""

MODULE = {
    "title": "When it was our fault",
    "slug": "when-it-was-our-fault",
    "intro": (
        "We charge twice, lose parcels, break the login on a Monday morning. What customers remember afterwards is less the fault than "
        "the first thing we said about it. This page is about saying it, and about promising no more than we hold in our hands."
    ),
    "body": [
        ("section", "Say it first, say it plainly"),
        (
            "text",
            "<p>An admission has four parts. Written down they look short, and they are:</p>"
            "<ol><li><b>What happened</b>, with us as the subject of the sentence. “We sent your order to your old address.”</li>"
            "<li><b>What it means for you.</b> Show that you know what it spoiled: a present, a working day, the trust that the card is safe.</li>"
            "<li><b>What I have done or will do</b>, with a day.</li>"
            "<li><b>Sorry</b>, once, as a person. After the facts it sounds like an apology. Before them it sounds like a form.</li></ol>"
            "<p>Some words undo it all. <i>If</i>: “sorry if this caused inconvenience” doubts that it did. <i>But</i>: everything before it is forgotten. "
            "<i>Unfortunately</i>: makes it the weather. The passive: “an error occurred” had no parents. And <i>inconvenience</i> itself, which is the "
            "word companies use when they do not want to know what happened to you.</p>"
            "<p>You do not have to wait for the cause. “We charged you twice; I do not know yet why, and I have already sent it back” is a complete answer. "
            "You do not have to wait for the customer either. When you see a fault that they have not noticed, tell them. There is no better moment to be believed than when nobody was asking.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "The payment page took 49.90 twice on Tuesday. The customer has a screenshot of the bank account.",
                "do": "We charged your card twice on Tuesday; your screenshot is right. That was our fault: the page accepted the order again after a time-out. The second 49.90 went back this morning and will be in your account by Friday. I am sorry. Seeing money disappear that should be there is a bad way to begin a day.",
                "dont": "Thank you for bringing this to our attention. It appears that a duplicate transaction may have been processed. Please note that pending transactions are usually released by your bank within 5–10 business days.",
                "because": "The second text is accurate. It also suggests that the customer may be mistaken, that the bank is responsible, and that nobody here has done anything.",
            },
        ),
        (
            "conversation",
            {
                "title": "A cancelled order that came anyway",
                "setting": "Phone. The customer cancelled a cot in May, and we confirmed it. Yesterday it was delivered and charged.",
                "turns": [
                    {
                        "speaker": "customer",
                        "text": "I cancelled this two months ago. I have your e-mail. And now there is a cot standing in my hall and 289 euros are gone.",
                        "note": "She does not say why she cancelled. He does not ask.",
                    },
                    {
                        "speaker": "rep",
                        "text": "I have your cancellation of 11 May in front of me, and our confirmation. We should never have sent it. That was our mistake, completely.",
                        "note": "First sentence: she is right, and she does not have to prove it.",
                    },
                    {"speaker": "customer", "text": "I just… I don't want to look at it.", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "You will not have to for long. I am having it collected, and you do not need to pack or print anything. The driver can come tomorrow between 9 and 11, or you can leave it with a neighbour if that is easier. The 289 are on their way back; your bank needs until Thursday.",
                        "note": "He has heard that the object itself hurts. The practical sentence is the kind one.",
                    },
                    {
                        "speaker": "customer",
                        "text": "Tomorrow morning. Will I get more e-mails about it? Newsletters with, you know. Baby things.",
                        "note": "",
                    },
                    {
                        "speaker": "rep",
                        "text": "No. I have taken you off those lists just now, and checked that nothing is scheduled. You will get one message from the driver tomorrow, and one line from me on Thursday when the money has arrived. Nothing else. I am very sorry.",
                        "note": "The refund is above his own limit. He asked the duty lead during the call, and the customer never needed to know.",
                    },
                ],
            },
        ),
        ("section", "Our partner's fault is ours"),
        (
            "text",
            "<p>The customer did not choose the carrier, the bank or the hosting company. We did. Explain what you know about the cause if it helps them to plan, "
            "never to point elsewhere. “The carrier lost it” is a fact. “You would have to ask the carrier” is a shrug.</p>"
            "<p>The same holds among ourselves. The colleague who gave the wrong answer on Monday is “we”. If something should be learnt from it, tell the colleague, in private and soon.</p>",
        ),
        ("section", "Promise what you hold in your hands"),
        (
            "text",
            "<p>The most expensive sentence in support is a comforting one that is not true. “It will be there tomorrow” ends an "
            "uncomfortable minute and begins a much longer one for whoever answers tomorrow.</p>"
            "<p>Before you give a date or an outcome, ask yourself who has it in their hands. If it is you, promise it and keep it. If it is somebody else, "
            "say whose it is and how sure you are, and promise the thing you do hold: when you will look, when you will write, what you will do if it has not come.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "An outage. Thousands cannot sign in, the cause is not known, and a customer asks when it will work again.",
                "do": "I do not know yet, and I would rather not guess. The engineers have found where it breaks and not why. We post what we know every half hour on the status page. If you must send something before noon, tell me what it is; we may find a way around the login.",
                "dont": "Our team is working on it with the highest priority and it should be resolved shortly.",
                "because": "“Shortly” is a promise as well, and it will be broken at about twenty past. Not knowing, said honestly and with the time of the next news, can be planned with.",
            },
        ),
        (
            "checklist",
            {
                "title": "Reading your own apology",
                "items": [
                    "Who is the subject of the first sentence? It should be we.",
                    "No “if”, no “but”, no “unfortunately”, no “inconvenience”.",
                    "Is there one word that shows I know what it spoiled for this person?",
                    "Is every date mine to give? If not, have I said whose it is?",
                    "Sorry stands there once, and after the facts.",
                ],
            },
        ),
        ("section", "What we hold ourselves to"),
        ("standards", ["own-the-mistake", "no-false-promise"]),
    ],
}

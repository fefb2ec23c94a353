"""Opening a conversation."""

MODULE = {
    "title": "Opening a conversation",
    "slug": "opening-a-conversation",
    "intro": (
        "Before customers know whether we can help, they know whether anybody is there. This page is about the first three "
        "sentences: a greeting that proves we have read, a line that shows what we think matters, and no form letter in between."
    ),
    "body": [
        ("section", "The first three sentences"),
        (
            "text",
            "<p>Somebody who writes to support has usually tried something else first. They have looked in the help pages, restarted the "
            "router, asked their nephew. By the time the message arrives they have told the story to themselves several times, and "
            "what they want to know before anything else is whether it has now reached a person.</p>"
            "<p>The first three sentences answer that. In writing, they do three jobs, in this order:</p>"
            "<ol><li><b>Greet by name</b> and say who you are. A first name is enough for you; use the form of address that the customer used for themselves.</li>"
            "<li><b>Prove that you have read.</b> Take up one detail that cannot come from a template: the photo, the date, the city, the joke in the subject line.</li>"
            "<li><b>Name what is at stake.</b> Say in your own words what you think they need. Not the request; the need behind it.</li></ol>"
            "<p>On the phone the order is the same, except that the customer supplies the details while you listen. Write them down. Nothing "
            "is as warm as hearing, four minutes later, the name of your daughter's school from somebody who was paying attention.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "A present has not arrived. The customer writes on Thursday; the birthday is on Saturday.",
                "do": "Hello Daniel, this is Mira. A kite for a sixth birthday on Saturday, and the tracking has not moved since Leipzig: I see it. Let us make sure there is something to unwrap.",
                "dont": "Dear Daniel, thank you for reaching out to us. I understand your concern regarding order 88213. Please allow me to look into this for you.",
                "because": "The second version is polite and could have been sent by anybody to anybody. It spends three lines without a fact. Daniel still does not know whether somebody noticed the word Saturday.",
            },
        ),
        ("section", "Finding the need behind the request"),
        (
            "text",
            "<p>People ask for the solution they have thought of. It is often not the best one, because they do not know what we can do. "
            "“Please cancel my order” may mean <i>I no longer want it</i>, or <i>it comes too late</i>, or <i>I have typed the wrong "
            "address and do not know how to change it</i>. Only the first one is a cancellation.</p>"
            "<p>Look for three signs that there is more behind a request: a date that matters to them and not to us, a sentence that begins with “because”, "
            "and a detail that is too exact to be accidental. If there is no sign, ask one open question, and only one: <i>What "
            "do you need it for?</i></p>"
            "<p>When you have found the need, say it. You will sometimes be wrong. That is fine: being corrected in the second message "
            "is much better than being thanked for the wrong solution and meeting the customer again next week.</p>",
        ),
        (
            "conversation",
            {
                "title": "“Just cancel it”",
                "setting": "Chat, Tuesday evening. A desk was ordered on Sunday and leaves the warehouse tomorrow morning.",
                "turns": [
                    {"speaker": "customer", "text": "hi, please cancel order 51770, the desk. thanks", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "Good evening Yasmin, this is Tom. The oak desk from Sunday: I can stop it, it has not left yet. May I ask what has changed? If it is the colour or the date there may be a shorter way.",
                        "note": "Name, a detail, an answer to the request, and one open question. He does not make her earn the cancellation.",
                    },
                    {
                        "speaker": "customer",
                        "text": "its the date. it says 19th but i start working from home on the 12th and cant sit on the floor for a week lol",
                        "note": "The need: a place to work on the 12th.",
                    },
                    {
                        "speaker": "rep",
                        "text": "A week on the floor is not a plan. So you need something to work at on Monday the 12th. The same desk in ash is in our Hamburg store and can be with you on Friday the 9th. Same size, same price. Shall I swap it?",
                        "note": "He says the need aloud, then offers what she could not have known about.",
                    },
                    {"speaker": "customer", "text": "ohh yes please!! ash is nice", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "Done: the oak desk is cancelled, the ash desk comes on Friday between 8 and 12. You get one message from the driver an hour before. If Friday does not work, answer here and I will move it.",
                        "note": "What happens, who does it, when.",
                    },
                ],
            },
        ),
        (
            "do_dont",
            {
                "situation": "A customer calls for the third time about the same invoice and opens with a sigh.",
                "do": "Mr Brandt, I have your two earlier calls in front of me, so you need not tell it again. The invoice from May still shows the old address, and your tax office wants it by the end of the month. Is that right?",
                "dont": "How may I help you today?",
                "because": "Two seconds of reading before picking up save the customer two minutes of telling. The friendly standard question says that nobody has looked.",
            },
        ),
        ("section", "When there is nothing to say yet"),
        (
            "text",
            "<p>Sometimes you open a message and cannot answer it: the depot is closed, the colleague who knows is off until Monday. Write "
            "anyway. An opening without a solution is worth sending when it has the same three parts, and adds the hour at which you will know more. What it must not do is pretend: no "
            "“we are working on it with high priority” when the truth is that it waits until nine tomorrow.</p>",
        ),
        (
            "checklist",
            {
                "title": "Before you send the first message",
                "items": [
                    "Could this opening be sent to a different customer? Then something is missing.",
                    "Is there one detail from their message in it?",
                    "Have I said what I think they need, in my words?",
                    "Have I read the earlier contacts, so that nothing has to be told twice?",
                    "Is my name in it?",
                ],
            },
        ),
        ("section", "What we hold ourselves to"),
        ("standards", ["warm-greeting", "name-the-need"]),
    ],
}

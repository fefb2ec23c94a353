"""Tone and one voice."""

MODULE = {
    "title": "Tone, and one voice",
    "slug": "tone-and-one-voice",
    "intro": (
        "Customers hear one company, whoever of us is speaking. This page is about how it sounds: calm when somebody is furious, plain when the matter is "
        "complicated, the same on Tuesday as on Monday, and thankful only for things that happened."
    ),
    "body": [
        ("section", "When somebody is furious"),
        (
            "text",
            "<p>Anger is information delivered loudly. Somewhere in it is what went wrong, what it cost, and how often they have tried. Your first task is to find "
            "that and say it back, better than they said it. Not “I understand your frustration”, which understands nothing in particular, but: "
            "<i>Three weeks without internet, and two appointments at which nobody came.</i></p>"
            "<p>Then stop explaining. The reasons may be excellent; while somebody is angry they sound like defence. Short sentences. Facts before feelings. One thing you will do now. "
            "Do not match the volume, and do not go cold either: a voice that turns formal is heard as punishment.</p>"
            "<p>It is rarely about you, and it is not your job to be hit. With insults or threats you say once, plainly: <i>I want to solve this, and I can only do it if we speak differently.</i> If "
            "it goes on, you may end the conversation. Write a note, tell the duty lead, take ten minutes. You need no permission for any of it.</p>",
        ),
        (
            "conversation",
            {
                "title": "“Are you people actually stupid?”",
                "setting": "Phone, transcribed. A technician did not come, for the second time. The customer took a day off for each.",
                "turns": [
                    {
                        "speaker": "customer",
                        "text": "I sat here from eight till five. AGAIN. Nobody came, nobody called. Are you people actually stupid?",
                        "note": "",
                    },
                    {
                        "speaker": "rep",
                        "text": "Two days off work, twelve days apart, and nobody came or called on either of them. That is bad, and it is on us.",
                        "note": "Better than the customer said it, with both days. No “but”.",
                    },
                    {
                        "speaker": "customer",
                        "text": "Yes! And last time your colleague swore to me it would work this time.",
                        "note": "Quieter already. A second complaint often comes once the first has been heard.",
                    },
                    {
                        "speaker": "rep",
                        "text": "He should not have sworn to something that was not in his hands. I will tell you what is in mine. I can see the technician's route for tomorrow. I can put you first, at 7.30, before it can be delayed by anybody else. Is 7.30 possible without a third day off?",
                        "note": "He corrects the old promise without blaming a person, and makes one he can keep.",
                    },
                    {"speaker": "customer", "text": "…7.30 would work. I leave at nine. And if he doesn't come?", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "I start at seven and watch him drive. If he is not on the way at 7.15 I call you myself. And for the two days this month is free; I have credited it while we were talking.",
                        "note": "The question behind the question was: will I be alone with it again?",
                    },
                ],
            },
        ),
        (
            "do_dont",
            {
                "situation": "A customer writes in capitals that the update has deleted a year of photographs.",
                "do": "A year of photographs: I would be frightened too. First the most important thing: do not install anything and do not sync, so that nothing can be overwritten. They are very probably still on our server, and I am looking right now. You hear from me within the hour.",
                "dont": "Please calm down, we can assure you that this is a known issue which affects only a small number of users.",
                "because": "Being one of a small number has never comforted anybody.",
            },
        ),
        ("section", "Plain words"),
        (
            "text",
            "<p>Write so that it can be understood in a tram, on a phone, in a second language. Use the customer's word for the thing: if they call it the “black box”, it is the black box, "
            "and not the CPE. One idea in each sentence. The answer first, the reason after it. Numbers as figures, dates with the weekday.</p>"
            "<p>Read it aloud once. Where you would not talk like that, do not write like that. “Kindly be advised” is nobody's mother tongue.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "A card payment has been refused.",
                "do": "Your bank said no to the payment; they do not tell us why. Very often it is a daily limit. Tomorrow it should work with the same card, or today with another one. Your basket is saved until Sunday.",
                "dont": "The transaction was declined by the issuer (code 51). Kindly contact your financial institution for further information and reattempt the payment.",
                "because": "Both know the same. Only one of them can be acted on at a tram stop.",
            },
        ),
        ("section", "One voice"),
        (
            "text",
            "<p>Before you answer, read what we have told this customer already. If it was right, stand by it, even if you would have decided differently. If it was wrong, say so: "
            "<i>On Monday we told you 4.90; that was wrong, it is free.</i> Never “my colleague made a mistake”. The customer did not talk to your colleague. They talked to us.</p>"
            "<p>And if it is the guide that is wrong? Then follow it for today, unless it would do harm, and tell the editors the same day. A page that does not survive a real conversation "
            "has to be changed for everyone. A private exception helps one customer, and makes the next colleague look mean.</p>",
        ),
        ("section", "Thanks that mean something"),
        (
            "text",
            "<p>Thank people for what they did: the screenshot, the second try, the patience over two weeks, the blunt word about our form. If they "
            "did nothing in particular, do not thank them; a good answer is polite enough. And leave the door open in a way that can be used: <i>answer this "
            "message, it comes to me</i> is worth more than any number of wonderful days wished.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "The customer has found a mistake in our instructions after an hour of trying.",
                "do": "You were right: step 4 names a menu that no longer exists. I have had it corrected while we were writing, so you are the last person who lost an hour to it. Thank you for not simply giving up.",
                "dont": "Thank you for your valuable feedback! We are always striving to improve our service. Have a great day!",
                "because": "Feedback is valuable when something happens to it. Tell them what happened.",
            },
        ),
        (
            "checklist",
            {
                "title": "Reading it as the customer",
                "items": [
                    "Have I said what went wrong in their terms, before explaining anything?",
                    "Would I say these sentences aloud to somebody I like?",
                    "Does it agree with what we told them before? If not, have I said so?",
                    "Is every thank-you for something they did?",
                ],
            },
        ),
        ("section", "What we hold ourselves to"),
        ("standards", ["calm-with-upset", "plain-language", "one-voice", "thank-and-invite"]),
    ],
}

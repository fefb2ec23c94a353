"""Deciding and handing over: empowerment with figures."""

MODULE = {
    "title": "Deciding and handing over",
    "slug": "deciding-and-handing-over",
    "intro": (
        "You may put most things right without asking anybody. This page says how far that goes, in figures, and how to hand a case to "
        "somebody else when it goes further, so that the customer never has to begin again."
    ),
    "body": [
        ("section", "What you may decide alone"),
        (
            "text",
            "<p>Within one case, without asking and without justifying it afterwards to anyone but the customer:</p>"
            "<ul><li><b>Money back or credit</b> up to <b>50 euros</b>, for goods, shipping, fees, or as a gesture when we have cost somebody an evening.</li>"
            "<li><b>A replacement</b> for goods worth up to <b>150 euros</b>, before the broken one has come back.</li>"
            "<li><b>A late return</b> up to <b>14 days</b> after the period has ended, if the goods are in good order.</li>"
            "<li><b>One free month</b> of a subscription, or the end of a contract on the day the customer wished, where our form was the obstacle.</li>"
            "<li><b>Time</b>: as long as it takes in this conversation, and up to 30 minutes afterwards to find a cause.</li></ul>"
            "<p>Up to <b>300 euros</b> the duty lead decides, within the hour; they are on shift for exactly this. Above that, and always when "
            "it would be a second refund to the same customer within 90 days, your team lead decides the same day.</p>"
            "<p>Two things nobody decides alone, at any amount: changing who owns an account, and paying out to a card or bank account other than the one that paid. That "
            "is where fraud gets in, and a second pair of eyes is there to protect you as much as the customer.</p>",
        ),
        (
            "text",
            "<p>The limits are meant to be used. Nobody looks at how much you have given away; we look at whether cases were solved the first time. If you "
            "ask yourself whether 30 euros is too much for a ruined evening, it is not. A decision made in good faith within the limits is right, even if somebody would have decided otherwise.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "The cake stand came the day after the wedding. It cost 39, shipping was 6.90. The customer wants to know what we intend to do about it.",
                "do": "It came a day late for the one day it was for. I have refunded everything, the stand and the shipping, 45.90, and please keep it. The money is in your account by Friday.",
                "dont": "I completely understand your frustration. I will forward your request to my supervisor, who will review whether a goodwill gesture is possible.",
                "because": "45.90 is inside the limit. The supervisor would have said yes, two days later, and the customer would have been told twice that we were not sure whether she deserved it.",
            },
        ),
        ("section", "How to say no"),
        (
            "text",
            "<p>You may also decide against. A no is a decision and deserves the same care: say it early, say the true reason in one sentence, and say what you can do "
            "instead. Do not hide behind “the system does not allow”, unless it is literally true. And if you are saying no only because of a "
            "rule which makes no sense in this case, stop, and ask the duty lead to look at the rule.</p>"
            "<p>Treat like cases alike. The customer who shouts gets what the quiet one would have got; otherwise we are teaching everybody to shout.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "A customer would like to return running shoes after seven months of wear, because he has bought better ones.",
                "do": "I will not take them back, and I would rather say so straight away: they have done seven months of running and nothing is wrong with them. If the soles come off within two years, that is another matter and we replace them. A running club near you collects used pairs; I can send you the address.",
                "dont": "Unfortunately our returns policy only covers items within 30 days in unworn condition as per section 4.2 of our terms.",
                "because": "The answer is the same. One is a person with a reason, the other a paragraph.",
            },
        ),
        ("section", "Handing over without starting again"),
        (
            "text",
            "<p>Hand over when the customer needs rights or knowledge that you do not have. A conversation being unpleasant is no reason; then ask the duty lead to join you.</p>"
            "<p>A good handover has two halves. <b>To the colleague</b>: who the customer is, what they need and by when, what has been tried, what has "
            "been promised, and how they are feeling. Five lines. If your colleague has to ask the customer anything you already knew, a line was missing. <b>To the "
            "customer</b>: the name of the person, why they are the right one, when they will be in touch, and that nothing has to be told again.</p>"
            "<p>Until the colleague has said “I have it”, it is yours. On the phone, stay on the line until they have greeted the customer.</p>",
        ),
        (
            "conversation",
            {
                "title": "Beyond the limit, in four minutes",
                "setting": "Chat. A hotel booking made through us was double-booked; the customer is standing at the reception at 10 p.m.",
                "turns": [
                    {
                        "speaker": "customer",
                        "text": "They say my room is given away. I have a confirmation from you. There are two kids asleep on my suitcase.",
                        "note": "",
                    },
                    {
                        "speaker": "rep",
                        "text": "You have a valid booking and we have let you down; you will sleep in a bed tonight. Give me four minutes. I have a hotel 600 metres away with a family room and am taking it now.",
                        "note": "What will happen, before anything else. He is allowed to promise it: there is a room.",
                    },
                    {
                        "speaker": "internal",
                        "text": "To Priya, duty lead: family of 4 at the desk, double-booked by us, new hotel is 184 more. Need your yes, they are standing.\n\nPriya: Yes. Add the taxi and breakfast.",
                        "note": "One line with all she needs, answered in under a minute. This is what the duty lead is for.",
                    },
                    {
                        "speaker": "rep",
                        "text": "Done. Hotel Lindenhof, Gartenstrasse 4, in your name, breakfast included, paid by us. A taxi is on its way and will ask for you at the door; that is paid too.",
                        "note": "One message with everything a tired person needs to read.",
                    },
                    {"speaker": "customer", "text": "ok. thank you. what about tomorrow night, that was booked too", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "Tomorrow is mine to sort out, not yours. My colleague Femke starts at seven and has this whole conversation. She writes to you before nine with the second night. You will not have to explain anything. Sleep well.",
                        "note": "A warm handover: name, time, and no second telling.",
                    },
                ],
            },
        ),
        (
            "checklist",
            {
                "title": "Before you pass it on",
                "items": [
                    "Is it really beyond my limit, or am I looking for company?",
                    "Five lines: who, need and deadline, tried, promised, mood.",
                    "The customer knows the name, the reason and the hour.",
                    "The colleague has said “I have it”.",
                ],
            },
        ),
        ("section", "What we hold ourselves to"),
        ("standards", ["decide-within-limits", "hand-over-warmly"]),
    ],
}

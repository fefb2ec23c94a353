"""Resolving fully and following up."""

MODULE = {
    "title": "Solved, and it stays solved",
    "slug": "solved-and-it-stays-solved",
    "intro": (
        "A case is finished when the customer can stop thinking about it. That is later than our last message, and earlier than many "
        "customers dare to believe. This page is about the cause, the next step, and the day we said."
    ),
    "body": [
        ("section", "Look one layer deeper"),
        (
            "text",
            "<p>Every complaint has a surface and a cause, and the pressure is always to treat the surface. Resend the parcel, reset the password, credit the "
            "fee. Often that is right. But when the address is misspelt, the second parcel goes where the first one went.</p>"
            "<p>So before you close, ask yourself one question: <b>what would have to be true for this to happen again?</b> If the answer is “nothing has changed”, "
            "you are not finished. Usually one step is enough: correct the address, end the second subscription, tell the customer which setting did it.</p>"
            "<p>Sometimes the cause is not within your reach: a confusing button, a carrier depot that loses things, a sentence on our returns page that "
            "everybody misreads. Then finishing means writing it down where somebody can act. One line in the case, in a form that can be counted: "
            "<i>Cause: returns page says 30 days, e-mail says 14.</i> You will not fix it today. But the next person who wants to fix it will find forty such lines and will "
            "not have to argue that it matters.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "The third replacement charger for the same customer in two months.",
                "do": "Three chargers in eight weeks is not bad luck. Your lamp was made in the series of February, whose socket gets too warm. I am sending you a new lamp instead of another charger, and have told our workshop the serial number.",
                "dont": "I am sorry to hear that. I have arranged a replacement charger for you free of charge!",
                "because": "The fourth charger would have been generous, quick and useless.",
            },
        ),
        ("section", "End with what happens next"),
        (
            "text",
            "<p>The last lines of a message are the ones people act on. They should answer three questions without being asked: <b>what</b> happens now, <b>who</b> does "
            "it, and by <b>when</b>. If the customer has to do something, give it a line of its own, and let it be one thing.</p>"
            "<p>Write days, not durations. “Within 3–5 working days” makes the customer count, and makes you safe. “By Thursday” makes the customer "
            "free. And add what happens if it does not: that sentence is the reason they need not keep the number of this case in their head.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "A refund has been made and needs a few days at the bank.",
                "do": "The 34.50 left us today; most banks show it by Wednesday. You do not need to do anything. If it is not there on Thursday, answer this message and I will send you the bank reference, with which they find it at once.",
                "dont": "Your refund has been processed. Please allow 5–10 business days for the amount to appear in your account. We have now closed this ticket.",
                "because": "“Closed this ticket” tells the customer that the wait is theirs alone.",
            },
        ),
        ("section", "The day you named"),
        (
            "text",
            "<p>A promise to write is a small loan of trust. Pay it back on the day, even when there is no news. Especially then: the customer cannot see that you "
            "called the depot twice, they can only see whether you wrote. “Still nothing, and here is what I do now” is a perfectly good message. Silence is not.</p>"
            "<p>Put the reminder into the case the moment you make the promise, not after the shift. If you will be off that day, name the colleague, and tell the "
            "customer the name. A promise belongs to us all; the memory of it must not live in one head.</p>"
            "<p>And after something serious, write once more when it is all over. Three days after the replacement has arrived, one line: is it the right one, does it "
            "work? Few things we do are as cheap and are remembered as long.</p>",
        ),
        (
            "conversation",
            {
                "title": "The parcel nobody could find",
                "setting": "E-mail. A violin bow, sent for repair, has been missing for nine days. The concert is on the 28th.",
                "turns": [
                    {
                        "speaker": "rep",
                        "text": "Hello Mr Sørensen, it is Thursday, and I promised you news. The honest state: the depot in Kassel has scanned your bow in and not out, so it is in the building. They are searching by hand and have until tomorrow, 3 p.m.",
                        "note": "On the day, although there is no good news.",
                    },
                    {
                        "speaker": "customer",
                        "text": "Thank you for writing. But I need to know whether I can play on the 28th. If it's not there I have to rent one and that has to be arranged by Monday.",
                        "note": "Now the real deadline is known: Monday.",
                    },
                    {
                        "speaker": "rep",
                        "text": "Then let us not leave your Monday in Kassel's hands. Please reserve a bow now; we pay the rent, up to 120, whether yours turns up or not. Just answer with the receipt. I write to you tomorrow at four, found or not.",
                        "note": "She moves the risk from him to us. Beyond her own 50 she asked the duty lead, who answered within ten minutes.",
                    },
                    {
                        "speaker": "rep",
                        "text": "It is four o'clock. They have found it, behind a conveyor, in its tube, undamaged. It comes to you by courier tomorrow before noon, and needs a signature. I am in until six if the time does not suit you.",
                        "note": "Friday, as promised. No relief on our side in the text; it is his bow.",
                    },
                    {"speaker": "customer", "text": "I could kiss the conveyor. Thank you, Ines.", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "One last line from me: how was the 28th, and is the repair good? And so that it does not happen to the next bow, tubes now get a flat label with a loop. You were the reason.",
                        "note": "Written on the 29th. The cause is dealt with, and he hears about it.",
                    },
                ],
            },
        ),
        (
            "checklist",
            {
                "title": "Before you close a case",
                "items": [
                    "What would have to be true for this to happen again?",
                    "Is the cause written in one line that somebody could count?",
                    "Does the last paragraph say what, who, and by which day?",
                    "Does the customer know what happens if it does not?",
                    "Is my reminder set, with a name in case I am away?",
                ],
            },
        ),
        ("section", "What we hold ourselves to"),
        ("standards", ["resolve-at-root", "clear-next-step", "follow-up-as-promised"]),
    ],
}

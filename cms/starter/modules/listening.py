"""Listening and verifying."""

MODULE = {
    "title": "Listening and verifying",
    "slug": "listening-and-verifying",
    "intro": (
        "Most of what goes wrong in an answer went wrong before it was written: we solved a problem the customer does not have, or "
        "talked to somebody who is not the customer. This page is about two kinds of making sure."
    ),
    "body": [
        ("section", "Understand before you act"),
        (
            "text",
            "<p>Customers describe what they see. We have to work out what is happening. “The app is broken” can be a password, a phone "
            "without storage, an outage, or a button that was moved in the last release. The skill is to get from the first to the "
            "second without making the customer do an exam.</p>"
            "<p>Three habits carry most of it:</p>"
            "<ul><li><b>Read to the end before you think about the answer.</b> The important sentence stands last remarkably often, after “oh, and”.</li>"
            "<li><b>Look before you ask.</b> Every question we could have answered from the account ourselves tells the customer that we have not opened it.</li>"
            "<li><b>Say it back in your own words.</b> Not as a ritual, and not when the matter is plain. When two readings are possible, one sentence settles it: "
            "<i>You can sign in on the phone but not on the laptop, since Tuesday. Have I got that right?</i></li></ul>"
            "<p>A good question names what you already know and asks for the one thing you do not. It can be answered from where the customer is sitting, in a few "
            "words. If you need three things, ask for all three at once; a drip of single questions over two days is how a ten-minute case becomes a week.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "“I was charged after I cancelled!!” The account shows two subscriptions, one of them cancelled.",
                "do": "I see it: Plus ended on 2 March as you wished, and on the 4th 12.99 was taken. That charge is for Family, which is a second subscription on the same e-mail address. Did you mean to end both?",
                "dont": "I have checked and your subscription was cancelled correctly. The charge is for another product, so it is valid.",
                "because": "Both answers have the same facts. The second one is right and leaves the customer alone with it. The first one asks the only question that decides what to do.",
            },
        ),
        (
            "conversation",
            {
                "title": "The login that was not the login",
                "setting": "E-mail, third contact in a week. Twice before, the password was reset and the case closed.",
                "turns": [
                    {
                        "speaker": "customer",
                        "text": "It doesn't work AGAIN. I reset the password like you said, I get in, and the next day I'm thrown out. I have invoices to send. Please just fix it.",
                        "note": "",
                    },
                    {
                        "speaker": "rep",
                        "text": "Hello Petra, this is Luca. I have read your two earlier messages, and I do not think it is the password: after both resets you got in. I can see that you were signed out each night at 2.10. May I ask one thing: is there a second computer, perhaps in the office, where you use the same account?",
                        "note": "He starts from what she has already tried, shows what he has looked up himself, and asks the one thing he cannot see.",
                    },
                    {"speaker": "customer", "text": "Yes, the reception PC. It's on all night. Does that matter??", "note": ""},
                    {
                        "speaker": "rep",
                        "text": "That is it. Your plan allows one open session, and the reception computer takes it back each night when it updates. You have two ways out. I can add a second seat for reception, which is 6 a month. Or you set reception to sign out at closing time; that costs nothing and takes a minute. Which would you like?",
                        "note": "The cause in two sentences without jargon, then a choice with prices.",
                    },
                    {
                        "speaker": "customer",
                        "text": "Oh for heaven's sake. Sign out at closing time. Thank you, nobody asked me that.",
                        "note": "“Nobody asked me that” is what this page is about.",
                    },
                    {
                        "speaker": "rep",
                        "text": "They should have; I am sorry it took three messages. Here is how: Settings, Devices, “Front desk”, sign out at 18:00. I will look tomorrow morning whether you stayed signed in overnight, and write to you before ten either way.",
                        "note": "An apology without excuses, one instruction, a time.",
                    },
                ],
            },
        ),
        ("section", "When you are not sure you understood"),
        (
            "text",
            "<p>Say so. “I am not certain what you mean by <i>the second box</i>” costs you nothing. Guessing costs the customer a wrong "
            "parcel. With people who write in a language that is not their own, offer two readings to choose from rather than asking them to explain "
            "again: <i>Is the lid missing, or is it there and broken?</i></p>"
            "<p>On the phone, a pause is a question. Wait two breaths after the customer stops. What comes then is usually what the call is about.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "A customer sends a long, tangled message about an order, a voucher and a delivery.",
                "do": "I read three things: the blue lamp came without a bulb, the voucher of 10 was not taken off, and you would like the second parcel on Friday. I begin with the voucher, because it is done already. Tell me if I have missed one.",
                "dont": "Please contact us separately for each of your concerns so that they can be dealt with by the right team.",
                "because": "A numbered reading costs us thirty seconds. Asking people to sort their trouble into our departments costs them an evening.",
            },
        ),
        ("section", "Know whom you are talking to"),
        (
            "text",
            "<p>The second kind of verifying protects somebody who is not in the conversation: the real owner of the account. People who want "
            "to get at other people's data are rarely rude. They are friendly, in a hurry, and know a lot already.</p>"
            "<p>So the check does not depend on how somebody sounds. Before you show or change anything personal, ask for two facts out of the agreed "
            "list (postcode, month of the last order, last four digits of the order number). Ask for them; never read them out to be "
            "confirmed. If one is wrong, stay kind and stay firm: you may explain how things work in general, and you send the reset link to the address we have.</p>"
            "<p>Take as little as you need. If a customer sends a photo of a bank card or a passport, remove it, and say that you have.</p>",
        ),
        (
            "do_dont",
            {
                "situation": "A caller knows name and address and wants the delivery for “my wife's order” sent somewhere else. It is urgent.",
                "do": "I will gladly help to get it there. The order is in her name, so I need her to say yes: I have just sent her a message with one button. As soon as she presses it I change the address, even if that is tonight.",
                "dont": "Since you know the order number, I'll make an exception this once. What is the new address?",
                "because": "Perhaps he is her husband. Perhaps she moved out last month and he would like to know where to. You cannot hear the difference, and with the button you do not have to.",
            },
        ),
        (
            "checklist",
            {
                "title": "Before you act",
                "items": [
                    "Could the message mean something else? Then I have asked, once, precisely.",
                    "Have I used what the account and the earlier contacts already tell?",
                    "If I am about to show or change personal data: two facts, given to me and not by me.",
                    "Have I removed what should never have been sent to us?",
                ],
            },
        ),
        ("section", "What we hold ourselves to"),
        ("standards", ["verify-understanding", "protect-customer-data"]),
    ],
}

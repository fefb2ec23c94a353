"""Fifteen standards. A behaviour is something two readers of the same conversation would both see, or both miss."""

STANDARDS: dict[str, dict[str, str]] = {
    "warm-greeting": {
        "title": "Greet like a person",
        "behaviour": "The first lines greet the customer by name, say who is writing, and mention something only somebody who has read their message could know.",
        "why": (
            "The greeting answers the customer's first silent question: has a human being seen this? A greeting that would fit any "
            "message says no. One concrete word, such as the name of the city the parcel is stuck in, says yes."
        ),
        "good_example": "Hello Ms Okafor, this is Jonas. Thank you for the photo of the box; I can see that the corner was crushed before it reached you.",
        "bad_example": "Dear customer, thank you for contacting us. Your message is important to us and will be dealt with in the order received.",
    },
    "name-the-need": {
        "title": "Name what is at stake",
        "behaviour": "Before offering a solution, the rep says in one sentence what the customer needs it for or what they are worried about.",
        "why": (
            "A customer asks for a tracking number and needs the dress by Saturday. Whoever hears only the request sends a number; "
            "whoever hears the need looks for a dress. Saying it aloud also lets the customer correct us while it is cheap."
        ),
        "good_example": "So the important thing is that the laptop works on Monday, when your course begins. Let us look at what gets you there.",
        "bad_example": "Your tracking number is shown in your account under “My orders”.",
    },
    "verify-understanding": {
        "title": "Check that you understood",
        "behaviour": "Where more than one reading is possible, the rep repeats the problem in their own words and asks one precise question before acting.",
        "why": (
            "A refund to the wrong order takes one minute to make and nine days to undo. One good question is quicker than two "
            "rounds of apologies, and customers do not mind being asked when the question shows that we have thought."
        ),
        "good_example": "You write that the subscription was charged although you cancelled it. I see two: Family and Plus. Is it Plus, the one of 4 March, that should have ended?",
        "bad_example": "Please describe your issue in more detail so that we can assist you.",
    },
    "clear-next-step": {
        "title": "Say what happens next",
        "behaviour": "The message ends with what happens next, who does it, and by which day or hour. If the customer has to do something, it is one thing and stands by itself.",
        "why": (
            "Most second contacts begin with “I just wanted to ask whether…”. They come from people we left without a date. A day "
            "that turns out to be late is still kinder than “soon”, because it can be planned around and it can be kept."
        ),
        "good_example": "I have ordered the replacement; it leaves tonight and should be with you on Thursday. You do not need to send anything back. If it is not there on Friday at noon, I will write to you.",
        "bad_example": "We have passed this on and will get back to you as soon as possible.",
    },
    "own-the-mistake": {
        "title": "Own our mistake",
        "behaviour": "When the fault lies with us or our partners, the rep says so in the first two sentences, in the active voice, with what it means for the customer, and without “if” or “but”.",
        "why": (
            "“We are sorry if you experienced any inconvenience” doubts that there was one. A plain admission ends the argument "
            "before it starts: nobody has to prove anything any more, and both sides can turn to what is to be done."
        ),
        "good_example": "We charged your card twice on Tuesday. That was our fault: our payment page accepted the same order again after a time-out. I have sent the second 49.90 back; your bank will show it by Friday.",
        "bad_example": "It appears a duplicate transaction may have occurred. We apologise for any inconvenience this may have caused.",
        "empowerment_limit": (
            "You may admit any fault that you can see in our own systems, without asking. Injuries, fire, suspected fraud and letters "
            "from lawyers go to the duty lead first: say that you are taking it there, and when the customer hears from them."
        ),
    },
    "no-false-promise": {
        "title": "Promise only what you hold",
        "behaviour": "Every date, amount and outcome the rep gives is either in their own hands or marked as an estimate, with what it depends on.",
        "why": (
            "A promise made to end an uncomfortable minute is paid back by the colleague who picks up the phone next week. "
            "Customers take bad news well and broken word badly."
        ),
        "good_example": "The carrier says Wednesday. I cannot speed that up from here, so please do not plan around it. What I can promise is that I look on Wednesday evening and write to you either way.",
        "bad_example": "Don't worry, it will definitely arrive tomorrow!",
    },
    "resolve-at-root": {
        "title": "Solve it so that it stays solved",
        "behaviour": "The rep removes the cause, or reports it to whoever can, besides treating what the customer sees; the case names the cause in one line.",
        "why": (
            "Resetting a password helps until tomorrow if the wrong address is on the account. And the cause that is never written "
            "down will meet the next four hundred customers one at a time."
        ),
        "good_example": "You can sign in again now. The reason was that your account still had your old company address, so the codes went there. I have changed it, and we tested together that a new code arrives.",
        "bad_example": "I have reset your password. Please try again. [Case closed; same customer back two days later]",
        "empowerment_limit": "You may take up to 30 minutes beyond the first answer to find a cause. After that, bring in a colleague from the product desk rather than giving up on it.",
    },
    "follow-up-as-promised": {
        "title": "Follow up when you said",
        "behaviour": "The customer hears from us on or before the day named, even if there is no news, without having asked.",
        "why": (
            "The follow-up is the only part of our work the customer cannot see happening. Silence on the promised day looks exactly like having been "
            "forgotten, whatever we did in the meantime."
        ),
        "good_example": "It is Thursday and I promised you news. The depot has not found the parcel yet; they have until tomorrow, 3 p.m. If it is not found by then I send a new one and you need do nothing.",
        "bad_example": "[No message on Thursday. On Saturday the customer asks.] We are still waiting to hear from the depot.",
    },
    "thank-and-invite": {
        "title": "Thank for something real",
        "behaviour": "The closing thanks the customer for something they actually did, and tells them how to reach us about this case without starting again.",
        "why": (
            "Thanks for nothing in particular is punctuation. Thanks for the screenshot, the patience over two weeks or the blunt word about "
            "our returns page tells people that their trouble was of use, and they will take it again."
        ),
        "good_example": "The screenshot with the error code saved us an hour, thank you. If it comes back, simply answer this message: it opens the same case and I see it.",
        "bad_example": "Thank you for choosing us. Is there anything else I can help you with today? Have a great day!",
    },
    "decide-within-limits": {
        "title": "Decide it yourself",
        "behaviour": "Where the matter lies within their limits, the rep decides in this conversation, says what they have decided, and does not ask anybody.",
        "why": (
            "“I have to check with my supervisor” tells the customer that they are talking to the wrong person, and turns two minutes into two days. The limits "
            "are drawn so that nearly everything ordinary falls inside them."
        ),
        "good_example": "I have decided to refund the shipping as well, 6.90, since the parcel came after the party it was meant for. It is already on its way to your card.",
        "bad_example": "I have forwarded your request for a goodwill refund to the responsible department for review.",
        "empowerment_limit": (
            "Alone, per case: refund or credit up to 50 euros; replacement of goods worth up to 150 euros; a return accepted up to 14 days late; one free month of a subscription. "
            "The duty lead decides up to 300 euros, the same hour. Above that, and always for a second refund to the same customer within 90 days, the team lead, the same day. "
            "Never alone: changing the owner of an account, or paying out to a card or bank account other than the one that paid."
        ),
    },
    "hand-over-warmly": {
        "title": "Hand over with the story",
        "behaviour": "When somebody else takes on the case, the rep tells the customer who and by when, and gives the colleague a summary that makes every further question unnecessary.",
        "why": (
            "Having to tell it all again is what customers name first when they describe bad service. It also costs us the trust "
            "that the first conversation had built."
        ),
        "good_example": "I am giving this to Amira in our billing team, who can see the bank's side. She has our whole conversation, and she writes to you today before 5 p.m. You do not need to explain anything again.",
        "bad_example": "This is not my department. Please contact billing at the address on our website.",
        "empowerment_limit": "You may hand over when the customer needs rights or knowledge you do not have. You may not hand over because a conversation is unpleasant; ask the duty lead to join you instead.",
    },
    "calm-with-upset": {
        "title": "Stay calm, stay warm",
        "behaviour": "Facing anger, the rep first puts the customer's complaint into words without defending anything, keeps sentences short, and moves to what they can do now.",
        "why": (
            "Anger falls once it has been understood, and rises when it is explained away. Nobody has ever calmed down because "
            "they were told to."
        ),
        "good_example": "Three calls, and each time a different answer: I would be furious too. I have read all three notes now. Let me tell you what is true, and then what I am doing about it today.",
        "bad_example": "Please calm down. As my colleagues have already explained to you, our terms state clearly that…",
        "empowerment_limit": "After insults or threats, warn once in plain words. If it goes on, you may end the conversation, note it, and tell the duty lead. You never need permission to protect yourself.",
    },
    "plain-language": {
        "title": "Write plainly",
        "behaviour": "The message uses words the customer used or would use, one idea per sentence, and no internal names, codes or abbreviations without saying what they mean.",
        "why": (
            "Half of our customers read us on a phone, in a hurry, and many in their second language. What has to be read twice is read wrongly."
        ),
        "good_example": "Your bank said no to the payment. That is often a daily limit. If you try again after midnight, or with another card, it should go through.",
        "bad_example": "The PSP returned a soft decline (code 51/61) during authorisation. Kindly reattempt the transaction at a later point in time.",
    },
    "one-voice": {
        "title": "Speak with one voice",
        "behaviour": "The answer agrees with the guide and with what colleagues told this customer before; where an earlier answer was wrong, the rep says so and corrects it without blaming the colleague.",
        "why": (
            "If the answer depends on who picks up, customers learn to call again until they like it, and the honest ones lose. A "
            "disagreement with the guide belongs in the guide, where it helps everybody, and not in one customer's inbox."
        ),
        "good_example": "On Monday we told you the return would cost 4.90. That was wrong, I am sorry: returns of faulty goods are free. Here is the label.",
        "bad_example": "I don't know why my colleague said that. With me it is free.",
    },
    "protect-customer-data": {
        "title": "Protect what they entrust to us",
        "behaviour": "Before showing or changing personal data the rep verifies the person by the agreed two facts, asks for nothing we do not need, and never repeats full card numbers, passwords or documents in a message.",
        "why": (
            "The most convincing caller of the week may be the customer's former partner. A check that takes half a minute has "
            "protected somebody's address before, and nobody who was protected ever complained about it."
        ),
        "good_example": "Before I open the account, please tell me the postcode and the month of your last order. Thank you. And please delete the card photo from this chat; I do not need it, and I have removed it on our side.",
        "bad_example": "Sure! The address we have is 14 Mill Lane. Is that still right? What is the full card number?",
        "empowerment_limit": "There is no exception for hurry, seniority or charm. If somebody cannot be verified, you may explain how it works and answer general questions. If you notice that data went to the wrong person, tell the duty lead within the hour; nobody is blamed for reporting it.",
    },
}

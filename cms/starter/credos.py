"""Five credos. Each asks something that costs us something."""

CREDOS = [
    {
        "sentence": "Read it twice before you write once.",
        "explanation": (
            "Most wrong answers are right answers to a question nobody asked. The second reading takes twenty seconds and finds the "
            "order number, the deadline, or the line in which the customer says what really worries them."
        ),
        "standard": "verify-understanding",
    },
    {
        "sentence": "If we broke it, we say so first.",
        "explanation": (
            "Customers forgive a mistake far more easily than the moment they find out that we knew. Say what happened and what it "
            "means for them in the first two sentences, and leave the passive voice to the weather report."
        ),
        "standard": "own-the-mistake",
    },
    {
        "sentence": "Nobody should have to ask twice.",
        "explanation": (
            "A customer who chases us is doing our work. Give a day, keep the day, and write on that day even if all you can say is "
            "that it takes longer."
        ),
        "standard": "follow-up-as-promised",
    },
    {
        "sentence": "Use the room you were given.",
        "explanation": (
            "You may refund, replace and make exceptions within limits, and the limits are there to be used up. A supervisor who is "
            "never needed for a twelve-euro question is a supervisor with time for the real ones."
        ),
        "standard": "decide-within-limits",
    },
    {
        "sentence": "The anger is rarely about you.",
        "explanation": (
            "Behind a furious message there is usually a missed birthday, a bounced payment or the third attempt this week. Answer "
            "that. You can stay calm without being cold, and you may end a conversation that turns to abuse."
        ),
        "standard": "calm-with-upset",
    },
]

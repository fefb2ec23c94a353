"""The words of the starter scorecard, written for this product. Weights add up to 100."""

from dataclasses import dataclass

KEY = "written-conversation"
NAME = "Written conversation"


@dataclass(frozen=True, kw_only=True)
class StarterCriterion:
    key: str
    label: str
    question: str
    weight: int
    standard: str
    answers: tuple[tuple[float, str, str], ...]
    help: str = ""
    allow_na: bool = False
    criticality: str = "none"
    require_comment_below: float | None = None


MEETING = (
    StarterCriterion(
        key="warm-greeting",
        label="Warm greeting",
        question="Did the first reply greet this customer as a person?",
        weight=6,
        standard="warm-greeting",
        answers=(
            (1, "Warm", "Uses the customer's name, says who is helping, and the first sentence is about them."),
            (0.5, "Correct", "A polite greeting that could stand above any message."),
            (0, "Missing", "Starts without a greeting, or with the wrong name."),
        ),
    ),
    StarterCriterion(
        key="name-the-need",
        label="Names the need",
        question="Did the reply show that the customer's actual need was understood?",
        weight=10,
        standard="name-the-need",
        help="The need is what the customer wants to be able to do, not the category of the case.",
        answers=(
            (1, "Named", "Says back in its own words what the customer needs and why it matters to them."),
            (0.5, "Partly", "Answers the question asked, but what the customer is trying to achieve stays unsaid."),
            (0, "Missed", "Answers something else, or asks for what the customer had already written."),
        ),
    ),
    StarterCriterion(
        key="calm-with-upset",
        label="Calm when it is hard",
        question="When the customer was upset, did the reply first take that seriously and stay calm?",
        weight=6,
        standard="calm-with-upset",
        allow_na=True,
        help="Does not apply where the customer shows no sign of being upset.",
        answers=(
            (1, "Steady", "Names the feeling and its cause before explaining, and stays kind to the end."),
            (0.5, "Neutral", "Stays polite but goes past the feeling straight to the facts."),
            (0, "Defensive", "Argues, blames, or answers sharply."),
        ),
    ),
)

SOLVING = (
    StarterCriterion(
        key="verify-understanding",
        label="Checks understanding",
        question="Were open points cleared up before a solution was offered?",
        weight=10,
        standard="verify-understanding",
        allow_na=True,
        help="Does not apply where the first message left nothing open.",
        answers=(
            (1, "Checked", "Asks the one or two questions that matter, all at once, and says why they are asked."),
            (0.5, "Piecemeal", "Asks what was needed, but over several messages or without saying why."),
            (0, "Guessed", "Offers a solution on a guess that later turned out to need checking."),
        ),
    ),
    StarterCriterion(
        key="resolve-at-root",
        label="Solves it at the root",
        question="Was the cause put right, so that the customer need not write again?",
        weight=16,
        standard="resolve-at-root",
        require_comment_below=0.5,
        answers=(
            (1, "At the root", "The cause is found and put right, and the likely next question is answered as well."),
            (0.75, "Solved", "The problem is gone; the likely next question is left open."),
            (0.25, "Patched", "The symptom is gone, but the cause stays and will bring the customer back."),
            (0, "Not solved", "Closed without the problem being solved or honestly declared unsolvable."),
        ),
    ),
    StarterCriterion(
        key="decide-within-limits",
        label="Decides within limits",
        question="Did the rep use what they may decide alone instead of making the customer wait?",
        weight=6,
        standard="decide-within-limits",
        allow_na=True,
        help="Does not apply where there was nothing to decide. Above the limit, a clear hand-over earns full marks.",
        answers=(
            (1, "Decided", "Made the fair decision on the spot, inside the limit, and said so."),
            (0.5, "Hesitated", "Decided in the end, after asking for leave that was not needed."),
            (0, "Left hanging", "Made the customer wait or ask again for something the rep could have decided."),
        ),
    ),
)

HONESTY = (
    StarterCriterion(
        key="own-the-mistake",
        label="Owns the mistake",
        question="Where we made a mistake, did the reply say so plainly and say sorry for it?",
        weight=8,
        standard="own-the-mistake",
        allow_na=True,
        help="Does not apply where nothing went wrong on our side.",
        answers=(
            (1, "Owned", "Says what went wrong on our side, is sorry for it, and says what happens now."),
            (0.5, "Half owned", "Says sorry for the inconvenience, but not for what we did."),
            (0, "Pushed away", "Blames the customer, another team or the system."),
        ),
    ),
    StarterCriterion(
        key="no-false-promise",
        label="No false promise",
        question="Was everything that was promised true and in our hands to keep?",
        weight=10,
        standard="no-false-promise",
        criticality="section",
        require_comment_below=0.5,
        answers=(
            (1, "True", "Every promise is one we can keep, and what is uncertain is called uncertain."),
            (0.5, "Vague", "Words like “soon” or “should” where the customer needed to know."),
            (0, "False", "Promises a date, a refund or a result that nobody had confirmed."),
        ),
    ),
    StarterCriterion(
        key="plain-language",
        label="Plain language",
        question="Could the customer understand every sentence at the first reading?",
        weight=8,
        standard="plain-language",
        answers=(
            (1, "Clear", "Short sentences, the customer's own words, steps in the order they are done."),
            (0.5, "Mixed", "Mostly clear, with an inside word or a paragraph that has to be read twice."),
            (0, "Hard to follow", "Inside words, pasted blocks, or an answer buried in text."),
        ),
    ),
    StarterCriterion(
        key="protect-customer-data",
        label="Protects customer data",
        question="Was personal data asked for, shown and passed on only as far as this case needed it?",
        weight=8,
        standard="protect-customer-data",
        criticality="review",
        require_comment_below=1,
        help="One breach is enough. If in doubt, publish nothing and ask your lead first.",
        answers=(
            (1, "Protected", "Only what the case needed, and the person was verified before anything was shown."),
            (0, "Breached", "Shows or asks for data the case did not need, or shows it to somebody not verified."),
        ),
    ),
)

CLOSING = (
    StarterCriterion(
        key="clear-next-step",
        label="Clear next step",
        question="Does the customer know who does what by when?",
        weight=8,
        standard="clear-next-step",
        answers=(
            (1, "Clear", "Says who does what by when, or that everything is done and how to tell."),
            (0.5, "Half clear", "Says what happens next, but not by when or by whom."),
            (0, "Open", "The conversation ends and the customer has to guess."),
        ),
    ),
    StarterCriterion(
        key="thank-and-invite",
        label="Thanks and invites",
        question="Did the last message close warmly and keep the door open?",
        weight=4,
        standard="thank-and-invite",
        allow_na=True,
        help="Does not apply where the customer had the last word.",
        answers=(
            (1, "Warm", "Thanks the customer for something particular and invites them to come back."),
            (0.5, "Standard", "A polite closing line that would fit anywhere."),
            (0, "Abrupt", "Ends without a closing, or closes the case without a word."),
        ),
    ),
)

SECTIONS = (
    ("Meeting the person", MEETING),
    ("Solving it", SOLVING),
    ("Honest and clear", HONESTY),
    ("Closing well", CLOSING),
)

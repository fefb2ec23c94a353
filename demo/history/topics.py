"""What customers write about, by team, and what they say in the survey."""

TOPICS: dict[str, tuple[tuple[str, float, tuple[str, ...]], ...]] = {
    "orders": (
        (
            "Delivery: lost parcel",
            3,
            ("Parcel not here yet", "Tracking stuck", "Where is my order?", "Delivered to somebody else"),
        ),
        ("Delivery: date", 3, ("When will it come?", "Delivery before the weekend?", "Change of delivery day")),
        ("Order: address change", 2, ("Wrong address", "We moved", "Please change the address")),
        ("Order: promo code", 1.5, ("Code does not work", "Discount missing", "Two vouchers at once?")),
        ("Order: something missing", 1.5, ("Screws missing", "Only one of two arrived", "Lid is missing")),
        ("Complaint: repeated contact", 0.6, ("Third time I write", "Complaint", "Please read my last message")),
        ("Product: question", 2, ("Which size of tent?", "Is it dishwasher safe?", "Weight of the rucksack")),
    ),
    "returns": (
        ("Return: wrong size", 3, ("Too small", "Exchange for a larger one", "Size chart")),
        ("Return: broken or damaged", 3, ("Zip broken", "Arrived damaged", "Pole snapped")),
        ("Refund: not arrived", 2.5, ("Where is my refund?", "Money back?", "Refund for my return")),
        ("Return: label", 2, ("Label does not print", "No label in the box", "Drop-off point closed")),
        ("Service: promised call missed", 0.6, ("Nobody called", "Call-back")),
        ("Warranty: repair", 1.2, ("Can this be repaired?", "How long does a repair take?")),
    ),
    "billing": (
        ("Billing: charged twice", 2, ("Charged twice", "Two payments", "Double debit")),
        ("Subscription: cancel", 2.6, ("Cancel my subscription", "Stop the boxes", "How do I cancel?")),
        ("Subscription: change", 2, ("Skip the next box", "Another roast, please", "Change of delivery day")),
        ("Billing: invoice", 2, ("Invoice needed", "VAT number on the invoice", "Invoice for March")),
        ("Account: personal data", 0.5, ("Delete my data", "Copy of my data")),
        ("Billing: payment failed", 1.6, ("Card declined", "Payment does not go through")),
    ),
    "app": (
        ("App: cannot sign in", 3, ("Locked out", "Reset mail does not come", "Sign-in fails")),
        ("App: crash or wrong display", 2.4, ("App crashes", "White screen", "Wrong box shown")),
        ("App: notifications", 1.2, ("Too many notifications", "No notification")),
        ("App: how do I", 2, ("Where do I find my orders?", "How do I share my list?", "Second person on the account")),
    ),
    "devices": (
        ("Device: sensor or hub fault", 3.4, ("Sensor offline", "False alarm", "Red light", "Does not pair")),
        ("Device: setting up", 2.4, ("Hub setup", "Where does the sensor go?", "How many sensors per hub?")),
        ("Device: battery", 1.4, ("Battery empty after a week", "Which battery?")),
    ),
}
RECALL_TOPIC = ("Device: Glow 2 recall", ("Is my Glow 2 affected?", "Recall", "Refund for the Glow 2", "Hot plug"))

PLEASED = (
    "Quick and friendly.", "Solved in one go, thank you.", "Finally somebody who reads.", "{a} was wonderful.", "Better than expected.",
    "Kind, clear, fast.", "They admitted the mistake. That's rare.", "I felt taken seriously.", "Problem solved, I'd buy again.",
    "Very patient with me.", "Exactly the help I needed.", "All good.",
)  # fmt: skip
DISPLEASED = (
    "Had to write three times.", "Nobody called back.", "Standard answers only.", "I still don't have it.", "Promised Tuesday, came Friday.",
    "Didn't understand what the mail said.", "Cold.", "I was sent from one person to the next.", "It isn't solved.", "Too slow.",
    "I had to explain everything again.", "They said it was my fault.",
)  # fmt: skip

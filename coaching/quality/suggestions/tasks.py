"""What a worker does for the helpers. Each names the function by its path: a web process that only asks for the work
loads neither scikit-learn nor the assistant's client.
"""

from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import task

TRAINING = "coaching.quality.suggestions.learner.training.train_waiting"
ASKING = "coaching.quality.suggestions.assistant.working.ask_waiting"
ANYTHING_DUE = "coaching.quality.suggestions.assistant.working.anything_due"


@task()
def train_learner() -> None:
    """Train the learner, if somebody asked for it."""
    import_string(TRAINING)(timezone.now)


@task()
def ask_assistant() -> None:
    """Put waiting reviews to the assistant, for a minute; then other work goes first, and the rest comes after it."""
    import_string(ASKING)(timezone.now)
    if import_string(ANYTHING_DUE)(timezone.now()):
        ask_assistant.enqueue()

from django.db import migrations
from django.utils import timezone


def add_the_default_plan(apps, schema_editor):
    """What was drawn every week before there were plans is a plan now, so that nothing changes until somebody edits it."""
    now = timezone.now()
    apps.get_model("coaching_quality", "SamplingPlan").objects.create(
        name="Two a week from everybody", kind="random", state="on", is_default=True, rules={}, created_at=now, changed_at=now
    )


class Migration(migrations.Migration):
    dependencies = [("coaching_quality", "0004_reviews_and_scorecards")]

    operations = [migrations.RunPython(add_the_default_plan, migrations.RunPython.noop, elidable=False)]

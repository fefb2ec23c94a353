import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('coaching_quality', '0001_initial'),
        ('learning_assignments', '0002_initial'),
        ('learning_modules', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scorecard_key', models.SlugField(max_length=60)),
                ('criterion_key', models.SlugField(max_length=60)),
                ('due_in_days', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='due in days')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('module', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learning_modules.module', verbose_name='module')),
            ],
            options={
                'ordering': ['scorecard_key', 'criterion_key'],
                'constraints': [models.UniqueConstraint(fields=('scorecard_key', 'criterion_key'), name='remedy_once_per_criterion'), models.CheckConstraint(condition=models.Q(('due_in_days__gte', 1), ('due_in_days__lte', 365)), name='remedy_due_in_a_year')],
            },
        ),
        migrations.CreateModel(
            name='RuleRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rule', models.CharField(max_length=60)),
                ('cause', models.CharField(max_length=200)),
                ('outcome', models.CharField(choices=[('assigned', 'Module assigned'), ('already_open', 'The person had it to do already'), ('not_possible', 'Not assigned: the module or the account is not available'), ('withdrawn', 'Assignment withdrawn'), ('kept_started', 'Kept: it is started or done'), ('kept_needed', 'Kept: another review asks for it too')], max_length=20)),
                ('at', models.DateTimeField()),
                ('assignment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='learning_assignments.assignment')),
                ('remedy', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='coaching_playbook.remedy')),
                ('review', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.review')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('rule', 'cause'), name='rule_run_once_per_cause')],
            },
        ),
    ]

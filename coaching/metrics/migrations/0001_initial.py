import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cms', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='LastRecount',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='last_recount_one_row')],
            },
        ),
        migrations.CreateModel(
            name='MetricDefinition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60)),
                ('version', models.PositiveIntegerField(default=1)),
                ('is_current', models.BooleanField(default=True)),
                ('recipe', models.CharField(choices=[('cases_taken', 'Cases taken'), ('cases_resolved', 'Cases resolved'), ('resolution_time', 'Time from opening to resolution'), ('reopened', 'Reopened among resolved cases'), ('satisfied', 'Satisfied among rated cases'), ('answered', 'Answered among offered calls and chats')], max_length=30)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('formula', models.TextField(verbose_name='formula in words')),
                ('numerator_words', models.CharField(max_length=200, verbose_name='numerator in words')),
                ('denominator_words', models.CharField(max_length=200, verbose_name='denominator in words')),
                ('attribution_words', models.CharField(max_length=300, verbose_name='whom it counts for')),
                ('unit', models.CharField(choices=[('percent', 'percent'), ('seconds', 'seconds'), ('count', 'count'), ('score', 'score')], max_length=10)),
                ('direction', models.CharField(choices=[('up', 'higher is better'), ('down', 'lower is better'), ('none', 'neither is better')], max_length=10)),
                ('interval_method', models.CharField(choices=[('none', 'none: every case is counted'), ('wilson', 'Wilson score interval, 95 %'), ('order_statistics', 'order statistics of the median, 95 %')], max_length=20)),
                ('minimum_to_show', models.PositiveIntegerField(default=0, help_text='Below this n the answer is: not enough data.')),
                ('minimum_to_compare', models.PositiveIntegerField(default=0, help_text='Below this n nobody is compared with anybody.')),
                ('target', models.FloatField(blank=True, help_text='Share from 0 to 1, seconds, or count; empty: none agreed.', null=True)),
                ('position', models.PositiveIntegerField(default=100)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('standards', models.ManyToManyField(blank=True, related_name='+', to='cms.standard')),
            ],
            options={
                'ordering': ['position', 'key', '-version'],
                'constraints': [models.UniqueConstraint(fields=('key', 'version'), name='metric_version_once'), models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('key',), name='metric_one_current'), models.CheckConstraint(condition=models.Q(('minimum_to_compare__gte', models.F('minimum_to_show'))), name='metric_minimums_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Rollup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('numerator', models.BigIntegerField()),
                ('denominator', models.BigIntegerField()),
                ('histogram', models.JSONField(null=True)),
                ('definition', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_metrics.metricdefinition')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.team')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'day', 'definition', 'numerator', 'denominator'], name='rollup_person_day'), models.Index(fields=['team', 'day', 'definition', 'numerator', 'denominator'], name='rollup_team_day'), models.Index(fields=['day', 'definition', 'numerator', 'denominator'], name='rollup_day')],
                'constraints': [models.UniqueConstraint(fields=('definition', 'person', 'day'), name='rollup_once')],
            },
        ),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('coaching_metrics', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='SignalSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('metrics', models.JSONField(blank=True, default=list, help_text='Keys of those watched; empty: all.')),
                ('baseline_weeks', models.PositiveSmallIntegerField(default=26, verbose_name='weeks of the own normal')),
                ('window_from', models.PositiveSmallIntegerField(default=4, verbose_name='shortest window in weeks')),
                ('window_to', models.PositiveSmallIntegerField(default=13, verbose_name='longest window in weeks')),
                ('ratings_wanted', models.PositiveIntegerField(default=120, verbose_name='ratings wanted in the window')),
                ('margin', models.FloatField(default=0.03, verbose_name='smallest shift that matters')),
                ('tau', models.FloatField(default=0.04, verbose_name='usual size of real shifts')),
                ('suggest', models.FloatField(default=0.9, verbose_name='how sure to suggest')),
                ('watch', models.FloatField(default=0.8, verbose_name='how sure to watch')),
                ('mute_weeks', models.PositiveSmallIntegerField(default=8, verbose_name='weeks of silence after a signal')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-version'],
                'constraints': [models.CheckConstraint(condition=models.Q(('window_to__gte', models.F('window_from'))), name='signal_settings_window_in_order'), models.CheckConstraint(condition=models.Q(('suggest__gte', models.F('watch'))), name='signal_settings_levels_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Annotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('outage', 'Outage or recall'), ('coaching', 'Coaching'), ('change', 'New process or product'), ('other', 'Something else')], max_length=10, verbose_name='kind')),
                ('text', models.CharField(max_length=120, verbose_name='what happened')),
                ('first', models.DateField(verbose_name='first day')),
                ('last', models.DateField(verbose_name='last day')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.team', verbose_name='team')),
            ],
            options={
                'ordering': ['-first', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('last__gte', models.F('first'))), name='annotation_days_in_order'), models.CheckConstraint(condition=models.Q(('person', None), ('team', None), _connector='OR'), name='annotation_of_person_or_team')],
            },
        ),
        migrations.CreateModel(
            name='SignalRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('as_of', models.DateField(unique=True)),
                ('ran_at', models.DateTimeField()),
                ('people', models.PositiveIntegerField(default=0, help_text='People with enough history to be judged on any metric.')),
                ('teams', models.PositiveIntegerField(default=0)),
                ('suggested', models.PositiveIntegerField(default=0)),
                ('watched', models.PositiveIntegerField(default=0)),
                ('learned', models.JSONField(default=dict, help_text='By metric: φ and the spread kept, of people and teams; mean and strength of the prior.')),
                ('expected_false_share', models.FloatField(help_text='mean(1 − P) of the suggestions of the seven days up to it.', null=True)),
                ('settings', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_signals.signalsettings')),
            ],
            options={
                'ordering': ['-as_of'],
            },
        ),
        migrations.CreateModel(
            name='Signal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('metric_key', models.SlugField(max_length=60)),
                ('level', models.CharField(choices=[('suggest', 'Clearly off own normal'), ('watch', 'Worth a look')], max_length=10)),
                ('raised_on', models.DateField(db_index=True)),
                ('window_first', models.DateField()),
                ('window_last', models.DateField()),
                ('n', models.PositiveIntegerField()),
                ('observed', models.FloatField()),
                ('expected', models.FloatField()),
                ('baseline', models.FloatField(help_text='Own share over the weeks before the window.')),
                ('baseline_n', models.PositiveIntegerField()),
                ('shift', models.FloatField(help_text="Observed minus expected; below 0 is worse, whatever the metric's direction.")),
                ('probability', models.FloatField()),
                ('state', models.CharField(choices=[('new', 'New'), ('seen', 'Seen'), ('dismissed', 'Dismissed'), ('acted', 'Acted upon')], default='new', max_length=10)),
                ('state_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='reason')),
                ('muted_until', models.DateField(help_text='The rule is silent about the same subject and metric before this day.')),
                ('silenced_until', models.DateField(blank=True, help_text='Muted by hand: hidden from the list before this day.', null=True)),
                ('definition', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_metrics.metricdefinition')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('state_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.team')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='signals', to='coaching_signals.signalrun')),
            ],
            options={
                'ordering': ['-raised_on', '-probability', 'pk'],
                'indexes': [models.Index(fields=['person', 'raised_on'], name='signal_person_day'), models.Index(fields=['team', 'raised_on'], name='signal_team_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person', None), ('team', None), _connector='XOR'), name='signal_of_person_or_team'), models.UniqueConstraint(condition=models.Q(('person', None), _negated=True), fields=('metric_key', 'person', 'raised_on'), name='signal_of_person_once_a_day'), models.UniqueConstraint(condition=models.Q(('team', None), _negated=True), fields=('metric_key', 'team', 'raised_on'), name='signal_of_team_once_a_day'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'dismissed'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='signal_dismissed_with_reason')],
            },
        ),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching_quality', '0002_parts_of_a_review'),
    ]

    operations = [
        migrations.CreateModel(
            name='WorkingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='working_note', to='coaching_quality.review')),
            ],
        ),
        migrations.CreateModel(
            name='AssistantRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('answered', 'Answered'), ('failed', 'No answer')], default='waiting', max_length=10)),
                ('model', models.CharField(max_length=200)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('next_try_at', models.DateTimeField()),
                ('problem', models.TextField(blank=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching_quality.review')),
                ('trial', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='requests', to='coaching_quality.assistanttrial')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['next_try_at'], name='assistant_waiting')],
                'constraints': [models.UniqueConstraint(fields=('review', 'trial'), name='assistant_once_per_trial'), models.UniqueConstraint(condition=models.Q(('trial', None)), fields=('review',), name='assistant_once_per_review')],
            },
        ),
        migrations.CreateModel(
            name='AssistantSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_on', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.scorecardversion')),
                ('trial', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.assistanttrial')),
            ],
        ),
        migrations.CreateModel(
            name='CalibrationItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.interaction')),
                ('reviewee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='coaching_quality.calibrationsession')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('session', 'interaction'), name='calibration_item_once')],
            },
        ),
        migrations.CreateModel(
            name='CalibrationParticipant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reminded_at', models.DateTimeField(blank=True, null=True)),
                ('reminded_late_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='participants', to='coaching_quality.calibrationsession')),
            ],
            options={
                'ordering': ['person__display_name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('session', 'person'), name='calibration_participant_once')],
            },
        ),
        migrations.CreateModel(
            name='DisputedRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(verbose_name='why')),
                ('proposed_na', models.BooleanField(default=False)),
                ('accepted', models.BooleanField(null=True)),
                ('answer_na', models.BooleanField(default=False)),
                ('answer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.answer')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.criterion')),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='points', to='coaching_quality.dispute')),
                ('proposed', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.answer')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('dispute', 'criterion'), name='disputed_once_per_criterion'), models.CheckConstraint(condition=models.Q(('proposed_na', False), ('proposed', None), _connector='OR'), name='disputed_proposal_or_na'), models.CheckConstraint(condition=models.Q(models.Q(('accepted', True), _negated=True), ('answer__isnull', False), ('answer_na', True), _connector='OR'), name='disputed_accepted_has_answer'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='disputed_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='ImportedDispute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('system', models.CharField(choices=[('zendesk-qa', 'Zendesk QA (Klaus)')], max_length=20)),
                ('external_id', models.CharField(max_length=100)),
                ('digest', models.CharField(max_length=64)),
                ('details', models.JSONField(default=dict, help_text='What the file said: kind, status, days, and who said what.')),
                ('imported_at', models.DateTimeField()),
                ('dispute', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='imported', to='coaching_quality.dispute')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imported_disputes', to='coaching_quality.review')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('system', 'external_id'), name='imported_dispute_once')],
            },
        ),
        migrations.CreateModel(
            name='Likelihood',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.FloatField()),
                ('interaction', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching_interactions.interaction')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching_quality.learnerrun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('value__gte', 0), ('value__lte', 1)), name='likelihood_share')],
            },
        ),
        migrations.CreateModel(
            name='PlanCycle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=10)),
                ('first', models.DateField()),
                ('last', models.DateField()),
                ('since', models.DateField(help_text='First day of the conversations it drew from.')),
                ('until', models.DateField(help_text='Last day of them, included.')),
                ('seed', models.CharField(max_length=60)),
                ('rules', models.JSONField(default=dict)),
                ('drawn_at', models.DateTimeField()),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cycles', to='coaching_quality.samplingplan')),
            ],
            options={
                'ordering': ['-first', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('plan', 'name'), name='plan_cycle_once')],
            },
        ),
        migrations.CreateModel(
            name='RatingCause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='picked', to='coaching_quality.rating')),
                ('cause', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.rootcause')),
            ],
            options={
                'ordering': ['cause__order', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('rating', 'cause'), name='rating_cause_once')],
            },
        ),
        migrations.CreateModel(
            name='ReviewerSeverity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reviews', models.PositiveIntegerField()),
                ('original', models.FloatField(help_text='Mean of the scores as given.')),
                ('points', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('outside', models.FloatField(help_text='Share of reviews of another team than the one reviewed most.')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('summary', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviewers', to='coaching_quality.severitysummary')),
            ],
            options={
                'ordering': ['reviewer__display_name', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('summary', 'reviewer'), name='severity_once_per_reviewer')],
            },
        ),
        migrations.CreateModel(
            name='SuggestionReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('low_rating', 'Low rating'), ('complaint', 'Complaint'), ('reopened', 'Reopened'), ('escalated', 'Passed on'), ('long_handle', 'Took very long'), ('new_topic', 'New topic')], max_length=12)),
                ('facts', models.JSONField(default=dict)),
                ('suggestion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reasons', to='coaching_quality.suggestion')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('suggestion', 'kind'), name='suggestion_reason_once')],
            },
        ),
        migrations.CreateModel(
            name='BlindScoring',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Not submitted'), ('submitted', 'Submitted')], default='draft', max_length=10)),
                ('comment', models.TextField(blank=True, verbose_name='overall comment')),
                ('saved_at', models.DateTimeField(blank=True, null=True)),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.interaction')),
                ('scorecard_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.scorecardversion')),
                ('scorer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='scorings', to='coaching_quality.calibrationitem')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['scorer', 'state'], name='blind_scoring_to_do'), models.Index(fields=['submitted_at'], name='blind_scoring_submitted')],
                'constraints': [models.UniqueConstraint(fields=('item', 'scorer'), name='blind_scoring_once_per_item'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('submitted_at__isnull', False), _connector='OR'), name='blind_scoring_has_time')],
            },
        ),
        migrations.CreateModel(
            name='Consensus',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_na', models.BooleanField(default=False)),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
                ('decided_at', models.DateTimeField()),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.answer')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.criterion')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consensus', to='coaching_quality.calibrationitem')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('item', 'criterion'), name='consensus_once_per_criterion'), models.CheckConstraint(condition=models.Q(models.Q(('answer__isnull', True), ('is_na', True)), models.Q(('answer__isnull', False), ('is_na', False)), _connector='OR'), name='consensus_answer_or_na')],
            },
        ),
        migrations.CreateModel(
            name='PlanShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cases', models.PositiveIntegerField(help_text='Conversations that fitted.')),
                ('wanted', models.PositiveIntegerField(help_text='Reviews the plan asks for, as far as there are conversations.')),
                ('frame', models.JSONField(default=list)),
                ('cycle', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='coaching_quality.plancycle')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('cycle', 'person'), name='plan_share_once')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_na', models.BooleanField(default=False)),
                ('excerpt', models.TextField(blank=True)),
                ('accepted_at', models.DateTimeField(help_text='When the reviewer took it over.', null=True)),
                ('answer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.answer')),
                ('criterion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.criterion')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching_interactions.message')),
                ('request', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='coaching_quality.assistantrequest')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('request', 'criterion'), name='proposal_once_per_criterion'), models.CheckConstraint(condition=models.Q(models.Q(('answer__isnull', True), ('is_na', True)), models.Q(('answer__isnull', False), ('is_na', False)), _connector='OR'), name='proposal_answer_or_na')],
            },
        ),
        migrations.CreateModel(
            name='BlindRating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_na', models.BooleanField(default=False)),
                ('comment', models.TextField(blank=True)),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.answer')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.criterion')),
                ('scoring', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='coaching_quality.blindscoring')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('scoring', 'criterion'), name='blind_rating_once_per_criterion'), models.CheckConstraint(condition=models.Q(('is_na', False), ('answer', None), _connector='OR'), name='blind_rating_answer_or_na')],
            },
        ),
        migrations.CreateModel(
            name='GraderReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('random', 'Drawn at random'), ('by_hand', 'Picked by hand')], max_length=8)),
                ('period', models.CharField(help_text='The month it was drawn in, such as 2026-06.', max_length=7)),
                ('asked_at', models.DateTimeField()),
                ('due_on', models.DateField(verbose_name='due')),
                ('alignment', models.FloatField(blank=True, help_text="How near the review's answers were, 0 to 1; set on submitting, empty where nothing applied.", null=True)),
                ('reply', models.TextField(blank=True, verbose_name='answer of the reviewer')),
                ('replied_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='grader_review', to='coaching_quality.review')),
                ('scoring', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='grader_review', to='coaching_quality.blindscoring')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(fields=['period', 'method'], name='grader_review_by_month')],
            },
        ),
    ]

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='ChangedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'day'), name='changed_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Handler',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_key', models.CharField(max_length=200)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('email', models.CharField(blank=True, max_length=254)),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handlers', to='coaching_interactions.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'external_key'), name='handler_once_per_source')],
            },
        ),
        migrations.CreateModel(
            name='ImportJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('interactions', 'Cases'), ('messages', 'Messages'), ('surveys', 'Survey answers')], max_length=20)),
                ('state', models.CharField(choices=[('draft', 'To be checked'), ('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Stopped')], db_index=True, default='draft', max_length=10)),
                ('file_name', models.CharField(help_text='As the person called it; never used as a path.', max_length=200)),
                ('stored_name', models.CharField(max_length=80, unique=True)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(db_index=True, max_length=64)),
                ('mapping', models.JSONField(blank=True, default=dict)),
                ('time_zone', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField()),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('heartbeat_at', models.DateTimeField(null=True)),
                ('run_token', models.CharField(blank=True, max_length=40)),
                ('position', models.BigIntegerField(default=0, help_text='Rows, or cases of a grouped file, that are safely stored.')),
                ('total', models.BigIntegerField(default=0)),
                ('read', models.BigIntegerField(default=0)),
                ('created', models.BigIntegerField(default=0)),
                ('updated', models.BigIntegerField(default=0)),
                ('unchanged', models.BigIntegerField(default=0)),
                ('rejected', models.BigIntegerField(default=0)),
                ('notes', models.JSONField(blank=True, default=dict)),
                ('errors_name', models.CharField(blank=True, max_length=80)),
                ('errors_bytes', models.BigIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.source')),
            ],
            options={
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='SavedMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('interactions', 'Cases'), ('messages', 'Messages'), ('surveys', 'Survey answers')], max_length=20)),
                ('mapping', models.JSONField()),
                ('updated_at', models.DateTimeField()),
                ('updated_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='coaching_interactions.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'kind'), name='mapping_once_per_source_kind')],
            },
        ),
        migrations.CreateModel(
            name='Interaction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200)),
                ('channel', models.CharField(choices=[('email', 'E-mail'), ('chat', 'Chat'), ('phone', 'Phone'), ('other', 'Other')], default='other', max_length=10)),
                ('status', models.CharField(choices=[('open', 'Open'), ('resolved', 'Resolved')], default='open', max_length=10)),
                ('subject', models.CharField(blank=True, max_length=300)),
                ('topic', models.CharField(blank=True, max_length=120)),
                ('customer', models.CharField(blank=True, max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('first_reply_at', models.DateTimeField(null=True)),
                ('resolved_at', models.DateTimeField(null=True)),
                ('last_event_at', models.DateTimeField(null=True)),
                ('opened_on', models.DateField()),
                ('resolved_on', models.DateField(null=True)),
                ('reopens', models.PositiveIntegerField(default=0)),
                ('answered', models.BooleanField(help_text='Was the call or chat picked up? Empty where the question does not arise.', null=True)),
                ('wait_seconds', models.PositiveIntegerField(null=True)),
                ('handle_seconds', models.PositiveIntegerField(null=True)),
                ('from_messages', models.BooleanField(default=False, help_text='Known from its messages only: no export of cases has named it yet.')),
                ('assignee', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.handler')),
                ('handler', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.handler')),
                ('source', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.source')),
            ],
            options={
                'indexes': [models.Index(fields=['handler', 'opened_on'], name='interaction_handler_opened'), models.Index(condition=models.Q(('resolved_on__isnull', False)), fields=['handler', 'resolved_on'], name='interaction_handler_resolved')],
                'constraints': [models.UniqueConstraint(fields=('source', 'external_id'), name='interaction_once_per_source')],
            },
        ),
        migrations.CreateModel(
            name='SurveyResponse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200)),
                ('kind', models.CharField(choices=[('csat', 'Customer satisfaction'), ('nps', 'Net promoter score'), ('ces', 'Customer effort')], default='csat', max_length=10)),
                ('raw_value', models.DecimalField(decimal_places=3, max_digits=7)),
                ('scale_min', models.DecimalField(decimal_places=3, max_digits=7)),
                ('scale_max', models.DecimalField(decimal_places=3, max_digits=7)),
                ('polarity', models.SmallIntegerField(help_text='1 satisfied, 0 neutral, -1 dissatisfied.')),
                ('comment', models.TextField(blank=True)),
                ('responded_at', models.DateTimeField()),
                ('responded_on', models.DateField()),
                ('handler', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.handler')),
                ('case_key', models.CharField(blank=True, help_text='The case it is about, as the source names it.', max_length=200)),
                ('interaction', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='surveys', to='coaching_interactions.interaction')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.source')),
            ],
            options={
                'indexes': [models.Index(fields=['handler', 'responded_on'], name='survey_handler_day'), models.Index(condition=models.Q(('handler__isnull', True), ('interaction__isnull', True), _connector='OR'), fields=['source', 'case_key'], name='survey_waiting')],
                'constraints': [models.UniqueConstraint(fields=('source', 'kind', 'external_id'), name='survey_once_per_source')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.CharField(max_length=200)),
                ('position', models.PositiveIntegerField(help_text='Order within the conversation, from 1.')),
                ('author_kind', models.CharField(choices=[('customer', 'Customer'), ('agent', 'Agent'), ('system', 'System'), ('other', 'Other')], max_length=10)),
                ('author_name', models.CharField(blank=True, max_length=200)),
                ('sent_at', models.DateTimeField(null=True)),
                ('body', models.TextField()),
                ('is_private', models.BooleanField(default=False)),
                ('author', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.handler')),
                ('interaction', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='coaching_interactions.interaction')),
            ],
            options={
                'ordering': ['position', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('interaction', 'external_id'), name='message_once_per_interaction')],
            },
        ),
    ]

import coaching.surveys.models
import datetime
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('coaching_interactions', '0003_accounts_and_case_details'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='DoNotAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customer_hash', models.CharField(max_length=64, unique=True)),
                ('since', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='For colleagues; customers never see it.', max_length=120, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('csat', 'Customer satisfaction'), ('nps', 'Net promoter score'), ('ces', 'Customer effort')], max_length=10, verbose_name='what is asked')),
                ('scale_high', models.PositiveSmallIntegerField(verbose_name='highest score')),
                ('default_language', models.CharField(default='en', max_length=10, verbose_name='language used where the customer’s is not offered')),
                ('is_active', models.BooleanField(default=False, verbose_name='asking')),
                ('by_email', models.BooleanField(default=False, verbose_name='ask by e-mail')),
                ('channels', models.JSONField(blank=True, default=list, verbose_name='channels')),
                ('wait_hours', models.PositiveSmallIntegerField(default=2, verbose_name='hours after the case is resolved')),
                ('within_hours', models.PositiveSmallIntegerField(default=72, verbose_name='hours after which a case is too old to ask about')),
                ('sample_percent', models.PositiveSmallIntegerField(default=100, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='share of cases to ask about, in %')),
                ('not_again_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MaxValueValidator(365)], verbose_name='days before the same customer is asked again')),
                ('quiet_from', models.TimeField(default=datetime.time(20, 0), verbose_name='send no mail from')),
                ('quiet_until', models.TimeField(default=datetime.time(8, 0), verbose_name='until')),
                ('time_zone', models.CharField(default=coaching.surveys.models.organisation_zone, max_length=60, verbose_name='time zone where the customer’s is not known')),
                ('expires_days', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='days for which a link can be answered')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(('sample_percent__gte', 1), ('sample_percent__lte', 100)), name='survey_sample_is_a_share'), models.CheckConstraint(condition=models.Q(('within_hours__gt', models.F('wait_hours'))), name='survey_window_is_open', violation_error_message='A case would be too old before anybody is asked: raise the age at which it is too old.')],
            },
        ),
        migrations.CreateModel(
            name='Snippet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='Where it stands, for example “Help centre”.', max_length=120, verbose_name='name')),
                ('key', models.CharField(max_length=32, unique=True)),
                ('origins', models.JSONField(default=list, verbose_name='sites that may show it')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('secret_number', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='snippets', to='coaching_surveys.survey')),
            ],
            options={
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='SurveyVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField()),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='coaching_surveys.survey')),
            ],
            options={
                'ordering': ['survey', '-number'],
                'constraints': [models.UniqueConstraint(fields=('survey', 'number'), name='survey_version_once')],
            },
        ),
        migrations.CreateModel(
            name='SurveyText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('language', models.CharField(max_length=10)),
                ('subject', models.CharField(max_length=120, verbose_name='subject of the mail')),
                ('intro', models.CharField(blank=True, max_length=300, verbose_name='sentence before the question')),
                ('question', models.CharField(max_length=200, verbose_name='question')),
                ('low_label', models.CharField(max_length=40, verbose_name='words at the lowest score')),
                ('high_label', models.CharField(max_length=40, verbose_name='words at the highest score')),
                ('comment_question', models.CharField(blank=True, help_text='Empty: only the score is asked for.', max_length=200, verbose_name='second question, answered in words')),
                ('thanks', models.CharField(max_length=300, verbose_name='thank you')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='texts', to='coaching_surveys.surveyversion')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('version', 'language'), name='survey_text_once')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(max_length=32, unique=True)),
                ('state', models.CharField(choices=[('queued', 'Waiting to be sent'), ('sending', 'Being sent'), ('sent', 'Sent'), ('failed', 'Not sent'), ('cancelled', 'Not sent: no longer wanted')], default='queued', max_length=10)),
                ('address', models.EmailField(blank=True, max_length=254)),
                ('customer_hash', models.CharField(blank=True, max_length=64)),
                ('language', models.CharField(max_length=10)),
                ('time_zone', models.CharField(max_length=60)),
                ('created_at', models.DateTimeField()),
                ('next_try_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('sent_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='coaching_interactions.interaction')),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='coaching_surveys.survey')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_surveys.surveyversion')),
            ],
            options={
                'indexes': [models.Index(fields=['survey', 'sent_at'], name='invitation_survey_sent'), models.Index(condition=models.Q(('customer_hash', ''), _negated=True), fields=['customer_hash', 'created_at'], name='invitation_customer'), models.Index(condition=models.Q(('state__in', ['queued', 'sending'])), fields=['next_try_at'], name='invitation_waiting')],
                'constraints': [models.UniqueConstraint(fields=('survey', 'interaction'), name='invitation_once_per_case'), models.CheckConstraint(condition=models.Q(('address', ''), ('state__in', ['queued', 'sending']), _connector='OR'), name='invitation_address_only_to_send')],
            },
        ),
        migrations.CreateModel(
            name='SnippetDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('shown', models.PositiveIntegerField(default=0)),
                ('snippet', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='coaching_surveys.snippet')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('snippet', 'day'), name='snippet_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('response', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='coaching_interactions.surveyresponse')),
                ('language', models.CharField(max_length=10)),
                ('given_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('case_source', models.ForeignKey(db_index=False, help_text="Where the case is to come from that the host's site signed for, while it is not here yet.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.source')),
                ('invitation', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='answer', to='coaching_surveys.invitation')),
                ('snippet', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_surveys.snippet')),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='coaching_surveys.survey')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_surveys.surveyversion')),
            ],
            options={
                'indexes': [models.Index(fields=['survey', 'given_at'], name='answer_survey_given'), models.Index(condition=models.Q(('snippet__isnull', False)), fields=['snippet', 'given_at'], name='answer_snippet_given'), models.Index(condition=models.Q(('case_source__isnull', False)), fields=['case_source'], name='answer_waiting')],
            },
        ),
    ]

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cms', '0001_initial'),
        ('coaching_interactions', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Scorecard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=60, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('channel', models.CharField(blank=True, choices=[('', 'Any channel'), ('email', 'E-mail'), ('chat', 'Chat'), ('phone', 'Phone')], default='', max_length=10, verbose_name='made for')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='ReviewDraw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('random', 'Drawn at random'), ('targeted', 'Drawn for a reason'), ('hand_picked', 'Picked by hand')], max_length=12)),
                ('reason', models.CharField(max_length=200, verbose_name='why')),
                ('period', models.CharField(blank=True, help_text='The week it was drawn for, such as 2026-W24.', max_length=10)),
                ('drawn_at', models.DateTimeField()),
                ('due_on', models.DateField(verbose_name='due')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('in_review', 'In progress'), ('done', 'Done'), ('replaced', 'Taken out')], default='waiting', max_length=10)),
                ('drawn_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.interaction')),
                ('reviewee', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['due_on', 'pk'],
                'indexes': [models.Index(fields=['reviewer', 'state', 'due_on'], name='draw_queue'), models.Index(fields=['reviewee', 'period'], name='draw_person_period')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'replaced'), _negated=True), fields=('interaction', 'reviewer'), name='draw_once_per_reviewer'), models.CheckConstraint(condition=models.Q(('reviewer', models.F('reviewee')), _negated=True), name='draw_never_of_oneself')],
            },
        ),
        migrations.CreateModel(
            name='ScorecardVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('archived', 'Archived')], default='draft', max_length=10)),
                ('auto_fail', models.CharField(choices=[('zero', 'The score becomes 0'), ('cap', 'The score is capped'), ('unchanged', 'The score stays; the failure is shown beside it')], default='cap', max_length=10, verbose_name='when a review-critical criterion fails')),
                ('cap', models.PositiveSmallIntegerField(default=50, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='cap')),
                ('keep_section_weight', models.BooleanField(default=False, help_text='Off: the weight of what does not apply is spread over the whole scorecard.', verbose_name='a section keeps its weight when something in it does not apply')),
                ('acknowledgement', models.CharField(choices=[('none', 'Nothing is asked'), ('acknowledge', 'The rep confirms having read it')], default='acknowledge', max_length=12, verbose_name='after publishing')),
                ('created_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('scorecard', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='coaching_quality.scorecard')),
            ],
            options={
                'ordering': ['scorecard', '-number'],
                'constraints': [models.UniqueConstraint(fields=('scorecard', 'number'), name='scorecard_version_number_once'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('scorecard',), name='scorecard_one_draft'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('scorecard',), name='scorecard_one_published'), models.CheckConstraint(condition=models.Q(('cap__lte', 100)), name='scorecard_cap_percent')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('score_raw', models.FloatField(blank=True, help_text='0 to 100, before anything critical is counted.', null=True)),
                ('score_shown', models.FloatField(blank=True, help_text='0 to 100, as shown; empty where nothing applied.', null=True)),
                ('applicable_weight', models.PositiveIntegerField(default=0)),
                ('critical_failed', models.JSONField(blank=True, default=list, help_text='Keys of the critical criteria that failed.')),
                ('comment', models.TextField(blank=True, verbose_name='overall comment')),
                ('started_at', models.DateTimeField()),
                ('saved_at', models.DateTimeField()),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_reason', models.TextField(blank=True)),
                ('interaction', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.interaction')),
                ('reviewee', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='coaching_quality.reviewdraw')),
                ('scorecard_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.scorecardversion')),
            ],
            options={
                'ordering': ['-published_at', '-pk'],
                'indexes': [models.Index(fields=['reviewee', 'state', 'published_at'], name='review_of_person')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'withdrawn'), _negated=True), fields=('draw',), name='review_one_standing_per_draw'), models.CheckConstraint(condition=models.Q(('reviewer', models.F('reviewee')), _negated=True), name='review_never_of_oneself'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('published_at__isnull', False), _connector='OR'), name='review_published_has_time'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='review_withdrawn_has_reason')],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='coaching_quality.scorecardversion')),
            ],
            options={
                'ordering': ['order', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(help_text='Stays the same in every version, so that results can be compared.', max_length=60, verbose_name='key')),
                ('label', models.CharField(max_length=60, verbose_name='short label')),
                ('question', models.CharField(max_length=300, verbose_name='question')),
                ('help', models.TextField(blank=True, verbose_name='help for the reviewer')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('weight', models.PositiveSmallIntegerField(default=10, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='weight')),
                ('allow_na', models.BooleanField(default=False, verbose_name='“does not apply” is offered')),
                ('criticality', models.CharField(choices=[('none', 'Not critical'), ('section', 'Failing it zeroes its section'), ('review', 'Failing it fails the whole review')], default='none', max_length=10, verbose_name='criticality')),
                ('fail_below', models.FloatField(default=0.5, help_text='From 0 to 1.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='failed below')),
                ('require_comment_below', models.FloatField(blank=True, help_text='From 0 to 1; empty means never.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='comment compulsory below')),
                ('standard', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cms.standard', verbose_name='standard')),
                ('section', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='coaching_quality.section')),
            ],
            options={
                'ordering': ['section__order', 'section_id', 'order', 'pk'],
                'indexes': [models.Index(fields=['key'], name='criterion_key')],
                'constraints': [models.UniqueConstraint(fields=('section', 'key'), name='criterion_key_once_per_section'), models.CheckConstraint(condition=models.Q(('weight__lte', 100)), name='criterion_weight_percent')],
            },
        ),
        migrations.CreateModel(
            name='Acknowledgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('comment', models.TextField(blank=True, verbose_name='your comment')),
                ('score_shown', models.FloatField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acknowledgements', to='coaching_quality.review')),
            ],
            options={
                'ordering': ['at'],
                'constraints': [models.UniqueConstraint(fields=('review', 'person'), name='acknowledged_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.FloatField(validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='worth')),
                ('label', models.CharField(max_length=60, verbose_name='label')),
                ('anchor', models.TextField(verbose_name='what earns this answer')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='coaching_quality.criterion')),
            ],
            options={
                'ordering': ['-value', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('value__gte', 0), ('value__lte', 1)), name='answer_value_share'), models.UniqueConstraint(fields=('criterion', 'value'), name='answer_value_once')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_na', models.BooleanField(default=False)),
                ('comment', models.TextField(blank=True)),
                ('answer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.answer')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_quality.criterion')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='coaching_quality.review')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('review', 'criterion'), name='rating_once_per_criterion'), models.CheckConstraint(condition=models.Q(('is_na', False), ('answer', None), _connector='OR'), name='rating_answer_or_na')],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('excerpt', models.TextField()),
                ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.message')),
                ('rating', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='coaching_quality.rating')),
            ],
            options={
                'ordering': ['message__position', 'pk'],
            },
        ),
    ]

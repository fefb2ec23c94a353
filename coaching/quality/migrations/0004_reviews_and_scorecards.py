import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching_quality', '0003_parts_of_a_review_2'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='review',
            name='review_never_of_oneself',
        ),
        migrations.RemoveConstraint(
            model_name='review',
            name='review_published_has_time',
        ),
        migrations.RemoveConstraint(
            model_name='reviewdraw',
            name='draw_once_per_reviewer',
        ),
        migrations.RemoveConstraint(
            model_name='reviewdraw',
            name='draw_never_of_oneself',
        ),
        migrations.RemoveIndex(
            model_name='reviewdraw',
            name='draw_queue',
        ),
        migrations.AddField(
            model_name='criterion',
            name='asked_at_least',
            field=models.FloatField(default=0, help_text='From 0 to 1.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='is answered from'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='asked_at_most',
            field=models.FloatField(default=1, help_text='From 0 to 1.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1)], verbose_name='up to'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='asked_if',
            field=models.SlugField(blank=True, max_length=60, verbose_name='asked only if this criterion'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='guideline',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='cms.guidelinemodule', verbose_name='guideline module'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='is_bonus',
            field=models.BooleanField(default=False, help_text='Adds to what is earned, up to 100 in all; never fails and is never critical.', verbose_name='a bonus'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='paragraph',
            field=models.CharField(blank=True, max_length=64, verbose_name='part of the guideline module'),
        ),
        migrations.AddField(
            model_name='criterion',
            name='require_root_cause',
            field=models.BooleanField(default=False, verbose_name='a root cause is needed where it is failed'),
        ),
        migrations.AddField(
            model_name='review',
            name='active_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='corrected_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='corrects',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='coaching_quality.review'),
        ),
        migrations.AddField(
            model_name='review',
            name='guide_revisions',
            field=models.JSONField(blank=True, default=dict, help_text='Revision of each standard and guideline module in force when it was published.'),
        ),
        migrations.AddField(
            model_name='review',
            name='mode',
            field=models.CharField(choices=[('review', 'Review'), ('peer', 'Peer feedback'), ('self', 'Self-assessment')], default='review', max_length=6),
        ),
        migrations.AddField(
            model_name='review',
            name='paused_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='paused_seconds',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='review',
            name='ready_at',
            field=models.DateTimeField(blank=True, help_text='When nothing but the day of its release was left.', null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='release_on',
            field=models.DateField(blank=True, null=True, verbose_name='release on'),
        ),
        migrations.AddField(
            model_name='review',
            name='review_seconds',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='review',
            name='score_critical',
            field=models.FloatField(blank=True, help_text='0 to 100, of the critical criteria alone; empty where none applied.', null=True),
        ),
        migrations.AddField(
            model_name='review',
            name='submitted_at',
            field=models.DateTimeField(blank=True, help_text='When it was last handed in for approval.', null=True),
        ),
        migrations.AddField(
            model_name='reviewdraw',
            name='inclusion',
            field=models.FloatField(help_text='Probability of having been drawn, above 0 up to 1; empty: unknown.', null=True),
        ),
        migrations.AddField(
            model_name='reviewdraw',
            name='message',
            field=models.ForeignKey(help_text='Where one message is to be reviewed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='coaching_interactions.message'),
        ),
        migrations.AddField(
            model_name='reviewdraw',
            name='mode',
            field=models.CharField(choices=[('review', 'Review'), ('peer', 'Peer feedback'), ('self', 'Self-assessment')], default='review', max_length=6),
        ),
        migrations.AddField(
            model_name='reviewdraw',
            name='stratum',
            field=models.PositiveSmallIntegerField(help_text="Part of the person's cases by risk, 0 the least.", null=True),
        ),
        migrations.AddField(
            model_name='reviewdraw',
            name='stratum_cases',
            field=models.PositiveIntegerField(help_text='How many cases of the person that part held.', null=True),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='acknowledge_days',
            field=models.PositiveSmallIntegerField(default=5, help_text='Monday to Friday, from the release. After that it is overdue: lists show it and the rep gets one mail.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60)], verbose_name='working days to acknowledge'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='approval',
            field=models.CharField(choices=[('none', 'No review'), ('all', 'Every review'), ('share', 'A share of the reviews, chosen by lot'), ('low', 'Reviews with a low score or a critical failure')], default='none', help_text='Another reviewer or the head of support approves it before the rep reads it.', max_length=10, verbose_name='second approval'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='approval_below',
            field=models.PositiveSmallIntegerField(default=70, help_text='For low scores, from 1 to 100. A failed critical criterion is approved whatever the score.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='low is a score below'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='approval_percent',
            field=models.PositiveSmallIntegerField(default=20, help_text='For a share by lot. The lot is drawn from the conversation, so asking again gives the same.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)], verbose_name='share to approve, in %'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='dispute_days',
            field=models.PositiveSmallIntegerField(default=14, help_text='From the day the review is published.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='days to dispute'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='hold',
            field=models.CharField(choices=[('none', 'Not held: the rep reads it at once'), ('days', 'A number of days'), ('weekday', 'Until the next given weekday'), ('chosen', 'Until a day that the reviewer or the lead chooses')], default='none', help_text='Time to prepare the talk about it. The days to acknowledge and to dispute begin when it is released.', max_length=10, verbose_name='held before the rep reads it'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='hold_days',
            field=models.PositiveSmallIntegerField(default=2, help_text='For a number of days: calendar days after publishing, or after the approval; 45 at most.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(45)], verbose_name='days to hold'),
        ),
        migrations.AddField(
            model_name='scorecardversion',
            name='hold_weekday',
            field=models.PositiveSmallIntegerField(choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], default=0, help_text='For the next given weekday.', verbose_name='weekday of the release'),
        ),
        migrations.AddField(
            model_name='section',
            name='weight',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Shared by its criteria; empty: what they weigh together.', null=True, verbose_name='weight'),
        ),
        migrations.AlterField(
            model_name='review',
            name='state',
            field=models.CharField(choices=[('draft', 'Draft'), ('submitted', 'Waiting for approval'), ('held', 'Held'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10),
        ),
        migrations.AlterField(
            model_name='reviewdraw',
            name='method',
            field=models.CharField(choices=[('random', 'Drawn at random'), ('targeted', 'Drawn for a reason'), ('hand_picked', 'Picked by hand'), ('imported', 'Imported')], max_length=12),
        ),
        migrations.AlterField(
            model_name='reviewdraw',
            name='period',
            field=models.CharField(blank=True, help_text='The cycle it was drawn for, such as 2026-W24.', max_length=10),
        ),
        migrations.AlterField(
            model_name='scorecard',
            name='channel',
            field=models.CharField(blank=True, choices=[('', 'Any channel'), ('email', 'E-mail'), ('chat', 'Chat'), ('phone', 'Phone'), ('complaint', 'Complaints, on any channel')], default='', max_length=10, verbose_name='made for'),
        ),
        migrations.AlterField(
            model_name='scorecardversion',
            name='acknowledgement',
            field=models.CharField(choices=[('none', 'Nothing is asked'), ('acknowledge', 'The rep confirms having read it'), ('dispute', 'The rep confirms having read it, or disputes it')], default='dispute', max_length=12, verbose_name='after publishing'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['published_at'], name='review_standing_by_day'),
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(condition=models.Q(('state__in', ['submitted', 'held'])), fields=['state', 'release_on'], name='review_on_the_way'),
        ),
        migrations.AddConstraint(
            model_name='criterion',
            constraint=models.CheckConstraint(condition=models.Q(('asked_at_least__gte', 0), ('asked_at_least__lte', models.F('asked_at_most')), ('asked_at_most__lte', 1)), name='criterion_asked_range'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'self'), ('reviewer', models.F('reviewee'))), models.Q(models.Q(('mode', 'self'), _negated=True), models.Q(('reviewer', models.F('reviewee')), _negated=True)), _connector='OR'), name='review_never_of_oneself'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'review'), models.Q(('score_raw__isnull', True), ('score_shown__isnull', True)), _connector='OR'), name='review_assessment_unscored'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'submitted', 'held']), ('published_at__isnull', False), _connector='OR'), name='review_published_has_time'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['submitted', 'held']), _negated=True), ('published_at__isnull', True), _connector='OR'), name='review_unreleased_has_no_time'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), models.Q(('ready_at__isnull', False), ('release_on__isnull', False)), _connector='OR'), name='review_held_has_day'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_at__isnull', True), ('corrects__isnull', True)), models.Q(('corrected_at__isnull', False), ('corrects__isnull', False)), _connector='OR'), name='review_correction_has_time'),
        ),
        migrations.AddConstraint(
            model_name='scorecardversion',
            constraint=models.CheckConstraint(condition=models.Q(('dispute_days__gte', 1), ('dispute_days__lte', 90)), name='scorecard_dispute_days'),
        ),
        migrations.AddConstraint(
            model_name='scorecardversion',
            constraint=models.CheckConstraint(condition=models.Q(('hold_days__gte', 1), ('hold_days__lte', 45)), name='scorecard_hold_days'),
        ),
        migrations.AddConstraint(
            model_name='scorecardversion',
            constraint=models.CheckConstraint(condition=models.Q(('approval_percent__gte', 1), ('approval_percent__lte', 100)), name='scorecard_approval_share'),
        ),
        migrations.AddConstraint(
            model_name='scorecardversion',
            constraint=models.CheckConstraint(condition=models.Q(('acknowledge_days__gte', 1)), name='scorecard_acknowledge_days'),
        ),
        migrations.AddField(
            model_name='reviewdraw',
            name='plan',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='coaching_quality.samplingplan'),
        ),
        migrations.AddIndex(
            model_name='reviewdraw',
            index=models.Index(fields=['reviewer', 'state', 'due_on', 'reviewee'], name='draw_queue_of_reviewer'),
        ),
        migrations.AddIndex(
            model_name='reviewdraw',
            index=models.Index(fields=['plan', 'period'], name='draw_plan_period'),
        ),
        migrations.AddConstraint(
            model_name='reviewdraw',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('state', 'replaced'), _negated=True), models.Q(('method', 'imported'), _negated=True)), fields=('interaction', 'reviewer'), name='draw_once_per_reviewer'),
        ),
        migrations.AddConstraint(
            model_name='reviewdraw',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'self'), ('reviewer', models.F('reviewee'))), models.Q(models.Q(('mode', 'self'), _negated=True), models.Q(('reviewer', models.F('reviewee')), _negated=True)), _connector='OR'), name='draw_never_of_oneself'),
        ),
        migrations.AddConstraint(
            model_name='reviewdraw',
            constraint=models.CheckConstraint(condition=models.Q(('mode', 'review'), ('method', 'hand_picked'), _connector='OR'), name='draw_assessment_picked'),
        ),
        migrations.AddConstraint(
            model_name='reviewdraw',
            constraint=models.CheckConstraint(condition=models.Q(('inclusion__isnull', True), models.Q(('inclusion__gt', 0), ('inclusion__lte', 1)), _connector='OR'), name='draw_inclusion_probability'),
        ),
    ]

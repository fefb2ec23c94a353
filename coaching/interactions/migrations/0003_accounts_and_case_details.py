import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coaching_interactions', '0002_marks_of_whole_histories'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_key', models.CharField(max_length=200)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('segment', models.CharField(blank=True, max_length=80)),
                ('yearly_value', models.DecimalField(decimal_places=2, max_digits=14, null=True)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('since', models.DateField(null=True)),
                ('left_on', models.DateField(null=True)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='coaching_interactions.source')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'external_key'), name='account_once_per_source')],
            },
        ),
        migrations.AddField(
            model_name='interaction',
            name='account',
            field=models.CharField(blank=True, db_default='', help_text='`Account.external_key` of the same source.', max_length=200),
        ),
        migrations.AddField(
            model_name='interaction',
            name='customer_replies',
            field=models.PositiveIntegerField(help_text='Messages by the customer after the first.', null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='extra',
            field=models.JSONField(help_text='Columns of the source that have no field of their own.', null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='is_complaint',
            field=models.BooleanField(help_text='Empty where the source does not tell.', null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='priority',
            field=models.CharField(blank=True, db_default='', max_length=40),
        ),
        migrations.AddField(
            model_name='interaction',
            name='queue',
            field=models.CharField(blank=True, db_default='', help_text='The group or queue the case lay in.', max_length=120),
        ),
        migrations.AddField(
            model_name='interaction',
            name='reopened_at',
            field=models.DateTimeField(help_text='The first time it was reopened, where the source tells.', null=True),
        ),
        migrations.AddField(
            model_name='interaction',
            name='replies',
            field=models.PositiveIntegerField(help_text='Public replies by agents; empty where the source does not tell.', null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='system',
            field=models.CharField(choices=[('generic', 'Another system'), ('zendesk', 'Zendesk'), ('freshdesk', 'Freshdesk'), ('intercom', 'Intercom'), ('helpscout', 'Help Scout'), ('chatwoot', 'Chatwoot'), ('zammad', 'Zammad'), ('servicenow', 'ServiceNow')], default='generic', max_length=20),
        ),
        migrations.AlterField(
            model_name='interaction',
            name='channel',
            field=models.CharField(choices=[('email', 'E-mail'), ('chat', 'Chat'), ('phone', 'Phone'), ('web', 'Web form'), ('messaging', 'Messenger'), ('social', 'Social network'), ('mention', 'Mention'), ('other', 'Other')], default='other', max_length=10),
        ),
        migrations.AlterField(
            model_name='interaction',
            name='topic',
            field=models.CharField(blank=True, help_text='What made the customer write: the contact driver.', max_length=120),
        ),
        migrations.AddIndex(
            model_name='interaction',
            index=models.Index(condition=models.Q(('customer', ''), _negated=True), fields=['customer', 'opened_at'], name='interaction_customer_opened'),
        ),
    ]

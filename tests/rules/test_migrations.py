"""Migrations: none missing, none that Django had to name."""

from __future__ import annotations

import io

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations import AddField, Migration
from django.db.migrations.loader import MigrationLoader

from tests.rules.test_imports import own_apps


def named_by_django(name: str, migration: Migration) -> bool:
    """Is this the name that makemigrations would have made up?"""
    words = name.split("_", 1)[-1]
    return words.startswith("auto_") or "_and_more" in words or (words != "initial" and words == migration.suggest_name())


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, stdout=io.StringIO())


@pytest.mark.django_db
def test_a_missing_migration_is_noticed():
    class Unmigrated(models.Model):
        class Meta:
            app_label = "people"

    try:
        with pytest.raises(SystemExit):
            call_command("makemigrations", "people", check=True, dry_run=True, stdout=io.StringIO())
    finally:
        del apps.all_models["people"]["unmigrated"]
        apps.clear_cache()


@pytest.mark.django_db
def test_every_migration_has_a_name_of_its_own():
    labels = {apps.get_containing_app_config(name + ".x").label for name in own_apps()}
    loader = MigrationLoader(connection)
    found = {key: migration for key, migration in loader.disk_migrations.items() if key[0] in labels}
    assert len(found) >= 5
    assert [key for key, migration in found.items() if named_by_django(key[1], migration)] == []


def test_a_made_up_name_is_noticed():
    class Planted(Migration):
        operations = [AddField("person", "nickname", models.CharField(max_length=10))]

    migration = Planted("0002_person_nickname", "people")
    assert named_by_django("0002_person_nickname", migration)
    assert named_by_django("0002_auto_20260615_0900", migration)
    assert not named_by_django("0002_remember_nicknames", migration)

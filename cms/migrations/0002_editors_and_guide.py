"""The editors' rights, and the guide in the place of Wagtail's welcome page.

`cms.services.ensure_site` does the same later, and from an empty database.
"""

from django.db import migrations

from cms import editor_rights


def forwards(apps, schema_editor):
    editor_rights.sync(apps)
    page_model = apps.get_model("wagtailcore", "Page")
    site_model = apps.get_model("wagtailcore", "Site")
    guide_model = apps.get_model("cms", "GuideIndex")
    welcome = page_model.objects.filter(path="00010001", slug="home", numchild=0, content_type__model="page").first()
    if welcome is None or guide_model.objects.exists():
        return  # somebody has been here before us
    locale_id = welcome.locale_id
    site_model.objects.filter(root_page_id=welcome.pk).delete()
    welcome.delete()
    content_type, _created = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="cms", model="guideindex"
    )
    guide = guide_model.objects.create(
        title="How we help",
        draft_title="How we help",
        slug="guide",
        content_type=content_type,
        locale_id=locale_id,
        path="00010001",
        depth=2,
        numchild=0,
        url_path="/guide/",
        lead=(
            "What we promise the people who write and call, and how each of us keeps it. Read a page in five minutes; "
            "argue with it whenever it does not survive a real conversation."
        ),
    )
    site_model.objects.create(hostname="localhost", port=80, root_page_id=guide.pk, is_default_site=True, site_name="Uncommon")


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]

    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]

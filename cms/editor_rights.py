"""What the group "Editors" may do in Wagtail, as a list. Used by the migration and by the service.

Works with real and with historical models (`apps`), and makes the permission rows it needs, because
Django only makes them after all migrations have run.
"""

from typing import Any

EDITORS = "Editors"
PERMISSIONS = {
    ("wagtailadmin", "admin"): ["access_admin"],
    ("cms", "standard"): ["add", "change", "delete", "publish", "lock", "unlock"],
    ("cms", "credo"): ["add", "change", "delete", "publish", "lock", "unlock"],
    ("learning_modules", "certificatetemplate"): ["add", "change", "delete"],
}
PAGE_PERMISSIONS = ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"]
COLLECTION_PERMISSIONS = {
    ("wagtailimages", "image"): ["add", "change", "choose"],
    ("wagtaildocs", "document"): ["add", "change", "choose"],
}


def sync(apps: Any) -> None:
    """Give the group exactly these rights (no others), everywhere in the page tree. Idempotent."""
    permission_model = apps.get_model("auth", "Permission")
    content_type_model = apps.get_model("contenttypes", "ContentType")

    def permission(app_label: str, model: str, codename: str) -> Any:
        content_type, _created = content_type_model.objects.get_or_create(app_label=app_label, model=model)
        return permission_model.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
        )[0]

    group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=EDITORS)
    wanted = [
        permission(app_label, model, name if name == "access_admin" else f"{name}_{model}")
        for (app_label, model), names in PERMISSIONS.items()
        for name in names
    ]
    group.permissions.set(wanted)

    page_model = apps.get_model("wagtailcore", "Page")
    page_permission_model = apps.get_model("wagtailcore", "GroupPagePermission")
    root = page_model.objects.filter(depth=1).order_by("path").first()
    rows = [permission("wagtailcore", "page", codename) for codename in PAGE_PERMISSIONS] if root else []
    page_permission_model.objects.filter(group=group).exclude(page=root, permission__in=rows).delete()
    for row in rows:
        page_permission_model.objects.get_or_create(group=group, page=root, permission=row)

    collection = apps.get_model("wagtailcore", "Collection").objects.filter(depth=1).order_by("path").first()
    collection_permission_model = apps.get_model("wagtailcore", "GroupCollectionPermission")
    rows = [
        permission(app_label, model, f"{name}_{model}")
        for (app_label, model), names in COLLECTION_PERMISSIONS.items()
        for name in (names if collection else [])
    ]
    collection_permission_model.objects.filter(group=group).exclude(collection=collection, permission__in=rows).delete()
    for row in rows:
        collection_permission_model.objects.get_or_create(group=group, collection=collection, permission=row)

    # Wagtail comes with a group of moderators and an approval step in their hands. Here a second
    # editor approves, and roles alone decide who is one.
    for task in apps.get_model("wagtailcore", "GroupApprovalTask").objects.filter(groups__name="Moderators"):
        task.groups.set([group])
        task.name = "A second editor reads it"
        task.save()
    apps.get_model("wagtailcore", "Workflow").objects.filter(name="Moderators approval").update(name="Second reader")
    apps.get_model("auth", "Group").objects.filter(name="Moderators").delete()

"""The site record, the page tree and the editors' group, from a migrated and from an emptied database."""

from django.contrib.auth.models import Group, Permission
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site, Workflow

from cms import services
from cms.models import GuideIndex


def _rights() -> tuple:
    group = Group.objects.get(name="Editors")
    return (
        set(group.permissions.values_list("content_type__app_label", "codename")),
        set(GroupPagePermission.objects.filter(group=group).values_list("page__depth", "permission__codename")),
        set(GroupCollectionPermission.objects.filter(group=group).values_list("permission__codename", flat=True)),
    )


def test_migrations_leave_the_guide_in_place_of_the_welcome_page(db):
    site = Site.objects.get(is_default_site=True)
    assert isinstance(site.root_page.specific, GuideIndex)
    assert not Page.objects.filter(title__startswith="Welcome").exists()
    assert Page.objects.get(depth=1).numchild == 1
    assert Page.find_problems() == ([], [], [], [], [])


def test_setting_up_again_changes_nothing(db, now):
    before = list(Page.objects.values()), list(Site.objects.values()), _rights()
    services.ensure_site(now=now)
    services.ensure_site(now=now)
    assert (list(Page.objects.values()), list(Site.objects.values()), _rights()) == before


def test_builds_everything_from_an_emptied_database(db, now):
    Site.objects.all().delete()
    Page.objects.all().delete()
    Collection.objects.all().delete()
    Group.objects.all().delete()
    guide = services.ensure_site(now=now)
    assert guide.get_parent().is_root()
    assert Site.objects.get().root_page_id == guide.pk
    pages, collections = _rights()[1:]
    assert {depth for depth, _codename in pages} == {1}
    assert "add_image" in collections


def test_editors_have_exactly_these_rights(db):
    permissions, pages, collections = _rights()
    assert permissions == {("wagtailadmin", "access_admin")} | {
        ("cms", f"{verb}_{model}")
        for verb in ("add", "change", "delete", "publish", "lock", "unlock")
        for model in ("standard", "credo")
    } | {("learning_modules", f"{verb}_certificatetemplate") for verb in ("add", "change", "delete")}
    assert {codename for _depth, codename in pages} == {"add_page", "change_page", "publish_page", "lock_page", "unlock_page"}
    assert collections == {f"{verb}_{model}" for verb in ("add", "change", "choose") for model in ("image", "document")}


def test_a_right_given_by_hand_is_taken_back(db):
    group = Group.objects.get(name="Editors")
    group.permissions.add(Permission.objects.get(codename="change_person"))
    services.ensure_editor_permissions()
    assert ("people", "change_person") not in _rights()[0]


def test_nobody_is_stuck_with_absent_moderators(db):
    assert not Group.objects.filter(name="Moderators").exists()
    workflow = Workflow.objects.get()
    assert [group.name for task in workflow.tasks for group in task.specific.groups.all()] == ["Editors"]

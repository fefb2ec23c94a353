from django.urls import path, register_converter

from people.converters import RoleConverter
from people.views import absences, account, audit, directory, imports, teams

register_converter(RoleConverter, "role")

urlpatterns = [
    path("", directory.people_list, name="people_list"),
    path("me/", account.my_account, name="my_account"),
    path("me/mail/", account.my_delivery, name="my_delivery"),
    path("absences/", absences.absence_list, name="absence_list"),
    path("absences/<int:pk>/remove/", absences.absence_remove, name="absence_remove"),
    path("add/", directory.person_add, name="person_add"),
    path("import/", imports.people_import, name="people_import"),
    path("import/<str:token>/", imports.people_import_preview, name="people_import_preview"),
    path("import/<str:token>/result/", imports.people_import_result, name="people_import_result"),
    path("import/<str:token>/errors/", imports.people_import_errors, name="people_import_errors"),
    path("audit/", audit.audit_log, name="audit_log"),
    path("invitation/<str:token>/", account.invitation, name="invitation"),
    path("see-as/stop/", account.act_as_stop, name="act_as_stop"),
    path("teams/", teams.team_tree, name="team_tree"),
    path("teams/add/", teams.team_create, name="team_create"),
    path("teams/<int:pk>/", teams.team_edit, name="team_edit"),
    path("<int:pk>/", directory.person_detail, name="person_detail"),
    path("<int:pk>/edit/", directory.person_edit, name="person_edit"),
    path("<int:pk>/invite/", directory.person_invite, name="person_invite"),
    path("<int:pk>/deactivate/", directory.person_deactivate, name="person_deactivate"),
    path("<int:pk>/reactivate/", directory.person_reactivate, name="person_reactivate"),
    path("<int:pk>/see-as/", account.act_as_start, name="act_as_start"),
    path("<int:pk>/roles/grant/", directory.role_grant, name="role_grant"),
    path("<int:pk>/roles/<role:role>/revoke/", directory.role_revoke, name="role_revoke"),
    path("<int:pk>/teams/join/", teams.team_join, name="team_join"),
    path("<int:pk>/teams/<int:membership_pk>/leave/", teams.team_leave, name="team_leave"),
    path("<int:pk>/external-ids/add/", directory.external_id_add, name="external_id_add"),
    path("<int:pk>/external-ids/<int:external_id_pk>/remove/", directory.external_id_remove, name="external_id_remove"),
]

"""Addresses of imports, exports and imported history, below /quality/."""

from django.urls import path

from coaching.quality.exchange.views import exports, imports

urlpatterns = [
    path("imports/", imports.review_import_list, name="review_import_list"),
    path("imports/new/", imports.review_import_upload, name="review_import_upload"),
    path("imports/<int:pk>/", imports.review_import_detail, name="review_import_detail"),
    path("imports/<int:pk>/start/", imports.review_import_start, name="review_import_start"),
    path("imports/<int:pk>/resume/", imports.review_import_resume, name="review_import_resume"),
    path("imports/<int:pk>/discard/", imports.review_import_discard, name="review_import_discard"),
    path("imports/<int:pk>/rejected.csv", imports.review_import_errors, name="review_import_errors"),
    path("export/", exports.quality_export, name="quality_export"),
    path("export/<int:pk>/", exports.quality_export_detail, name="quality_export_detail"),
    path("export/<int:pk>/file/", exports.quality_export_download, name="quality_export_download"),
    path("history/", exports.imported_history, name="imported_history"),
]

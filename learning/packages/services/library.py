"""Keeping packages, and putting them into modules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from learning.modules.models import Module
from learning.modules.package_rules import why_no_certificate
from learning.modules.services import create_learning_page
from learning.packages import archive, store
from learning.packages.faults import PackageError
from learning.packages.h5p import H5P_JSON, read_h5p
from learning.packages.manifest import MANIFEST, MOST_BYTES, Manifest, missing_manifest, read_manifest
from learning.packages.models import Package
from people.audit import record
from people.models import Person

MOST_NAMED = 20  # files named in a warning


@dataclass(frozen=True)
class Imported:
    """The package, and whether this upload brought it."""

    package: Package
    created: bool


def import_package(*, actor: Person | None, pieces: Iterable[bytes], file_name: str, now: datetime) -> Imported:
    """Check an uploaded zip and keep it as it came. The same bytes again give the package that is there.

    Raises PackageRefused, by the name of the fault; no file and no row is left then. Files are written before, and put into
    their place within, the transaction that tells of them; what a failure in between leaves is swept after a day.
    """
    store.sweep(now, Package.objects.values_list("sha256", flat=True))
    path, digest, size = store.receive(pieces)
    try:
        contents = archive.check(path)
        known = Package.objects.filter(sha256=digest).first()
        if known is not None and store.path_of(digest).is_file():
            return Imported(known, created=False)
        manifest = _manifest(path, contents.names)
        if known is not None:
            store.keep(path, digest)  # the row had lost its file
            return Imported(known, created=False)
        return _keep(actor, path, digest, size, contents, manifest, file_name, now)
    finally:
        path.unlink(missing_ok=True)


def _manifest(path: Path, names: frozenset[str]) -> Manifest:
    with store.reading(path) as read:
        if MANIFEST in names:
            return read_manifest(read(MANIFEST, MOST_BYTES), names)
        if H5P_JSON in names:
            return read_h5p(read, names)
    raise missing_manifest(names)


def _keep(
    actor: Person | None,
    path: Path,
    digest: str,
    size: int,
    contents: archive.Contents,
    manifest: Manifest,
    file_name: str,
    now: datetime,
) -> Imported:
    warnings = [*manifest.warnings]
    if not any(item.is_sco for item in manifest.launchable):
        warnings.append(_("No part of this package reports anything: learners say themselves when they have gone through it."))
    if contents.not_served:
        names = ", ".join(contents.not_served[:MOST_NAMED])
        warnings.append(_("Files of kinds that are never shown: %(names)s") % {"names": names})
    try:
        with transaction.atomic():
            package = Package.objects.create(
                sha256=digest,
                kind=manifest.kind,
                title=manifest.title,
                launch=manifest.launchable[0].href[:600],
                manifest=manifest.as_json(),
                warnings=warnings,
                file_name=PurePosixPath(file_name.replace("\\", "/")).name[-200:],
                size=size,
                unpacked=contents.unpacked,
                files=len(contents.names),
                uploaded_by=actor,
                uploaded_at=now,
            )
            after = {"sha256": digest, "kind": manifest.kind, "bytes": size}
            record(actor=actor, verb="package.upload", target=package, after=after, now=now)
            store.keep(path, digest)
    except IntegrityError:
        # Somebody uploaded the same file at the same moment.
        return Imported(Package.objects.get(sha256=digest), created=False)
    return Imported(package, created=True)


@transaction.atomic
def make_module(*, actor: Person, package: Package, now: datetime) -> Module:
    """A draft module of this package, below the page "Learning": an editor completes and publishes it."""
    index = create_learning_page(actor=actor, now=now)
    summary = _("A training package: %(title)s.") % {"title": package.title}
    module = Module(
        title=package.title,
        draft_title=package.title,
        summary=summary[:500],
        package_digest=package.sha256,
        live=False,
        owner=actor,
    )
    index.add_child(instance=module)
    revision = module.save_revision(user=actor)
    after = {"package": package.pk, "revision": revision.pk}
    record(actor=actor, verb="module.make_of_package", target=module, after=after, now=now)
    return module


@transaction.atomic
def exchange_package(*, actor: Person, package: Package, module: Module, now: datetime) -> Module:
    """Put this package into a module, as a draft: what is published, and attempts on it, stay with the package they have.

    Raises PackageError where the newest draft of the module has it already, or gives a certificate that may not rest on it.
    """
    module = Module.objects.select_for_update(of=("self",)).get(pk=module.pk)
    draft = module.get_latest_revision_as_object()
    if draft.package_digest == package.sha256:
        raise PackageError(_("“%(module)s” has this package already.") % {"module": draft.title})
    before = {"sha256": draft.package_digest}
    draft.package_digest = package.sha256
    reason = why_no_certificate(draft.certificate_template_id, draft.package_digest, has_quiz=bool(draft.quiz))
    if reason:
        raise PackageError(_("“%(module)s” gives a certificate. %(reason)s") % {"module": draft.title, "reason": reason})
    revision = draft.save_revision(user=actor)
    after = {"sha256": package.sha256, "package": package.pk, "revision": revision.pk}
    record(actor=actor, verb="module.exchange_package", target=module, before=before, after=after, now=now)
    return module

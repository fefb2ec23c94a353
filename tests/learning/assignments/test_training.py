"""Completing by hand names who and why; past training comes in by file, once, with clear words about bad rows."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from learning.assignments.models import Assignment, Completion, PastTraining
from people.models import AuditEntry
from tests.factories.learning import give, make_module

PAST = """E-mail;Training;Completion date;Provider;Hours;Module
rita@example.com;Phone basics;2023-05-04;Old Academy;1,5;Phone
RITA@example.com;Phone basics;04.05.2023;;;
ravi@example.com;=cmd();2023-05-04;;abc;
nobody@example.com;Phone basics;2023-05-04;;;
otto@example.com;Phone basics;31/12/23;;;
otto@example.com;Phone basics;2099-01-01;;;
otto@example.com;Chat;2022-01-31;;2;Unknown module
otto@example.com;Chat;2022-01-31;;2;
"""


def text(response) -> str:
    return response.content.decode()


def test_a_lead_completes_by_hand_with_a_reason(cast, now, sign_in):
    module = make_module(now, "Phone")
    assignment = give(cast.rita, module, now)
    lena, rita = sign_in(cast.lena), sign_in(cast.rita)
    rita.post(reverse("start_attempt", args=[assignment.pk]))
    rita.post(reverse("finish_lesson", args=[assignment.pk, 1]))
    url = reverse("assignment_by_hand", args=[assignment.pk])
    assert url in text(lena.get(reverse("assignment_detail", args=[assignment.pk])))
    assert "how you know" in text(lena.post(url, {"reason": " "}))
    lena.post(url, {"reason": "I sat beside her for a day."})
    completion = Completion.objects.get()
    assert completion.recorded_by == cast.lena
    assert completion.revision == module.live_revision
    assert completion.criteria == [
        {
            "key": "by_hand",
            "label": "By hand, by Lena Example: I sat beside her for a day.",
            "met": True,
            "hint": "",
            "lesson_number": None,
            "facts": [],
        }
    ]
    assert "I sat beside her for a day." in text(rita.get(reverse("assignment_detail", args=[assignment.pk])))
    assert AuditEntry.objects.get(verb="assignment.complete_by_hand").actor == cast.lena
    assert "Only what is still to do" in text(lena.post(url, {"reason": "Again."}, follow=True))
    never_begun = give(cast.ravi, module, now)
    lena.post(reverse("assignment_by_hand", args=[never_begun.pk]), {"reason": "Came from another company."})
    assert Assignment.objects.get(pk=never_begun.pk).state == "completed"
    assert Completion.objects.get(assignment=never_begun).seconds == 0


def test_past_training_by_the_page(cast, now, sign_in):
    make_module(now, "Phone")
    hana = sign_in(cast.hana)
    file = SimpleUploadedFile("past.csv", PAST.encode())
    look = hana.post(reverse("training_import"), {"file": file}, follow=True)
    page = text(look)
    assert PastTraining.objects.count() == 0, "nothing changes by looking"
    for words in (
        "The same training stands on line 2 already.",
        "This is no duration.",
        "Nobody has an account with this address.",
        "This date can be read in more than one way",
        "This day has not come yet.",
        "No published module has this title.",
    ):
        assert words in page
    url = look.redirect_chain[-1][0]
    result = hana.post(url, follow=True)
    assert PastTraining.objects.count() == 2
    errors = text(hana.get(result.redirect_chain[-1][0].replace("result", "errors")))
    assert errors.count("\n") == 7
    phone = PastTraining.objects.get(person=cast.rita)
    assert (phone.minutes, phone.provider, phone.module.title) == (90, "Old Academy", "Phone")
    mine = text(sign_in(cast.rita).get(reverse("learn_home")))
    assert "Learnt before, or elsewhere" in mine
    assert "Phone basics" in mine
    assert "Old Academy" in mine
    assert "Phone basics" not in text(sign_in(cast.otto).get(reverse("learn_home")))
    no_day = SimpleUploadedFile("past.csv", b"e-mail,training\nrita@example.com,Phone\n")
    refused = text(hana.post(reverse("training_import"), {"file": no_day}, follow=True))
    assert "There is no column “completed on”." in refused


def test_past_training_by_the_command(cast, now, tmp_path, capsys):
    make_module(now, "Phone")
    file, errors = tmp_path / "past.csv", tmp_path / "errors.csv"
    file.write_text(PAST, encoding="utf-8")

    def run(*options) -> dict[str, int]:
        call_command("import_training", str(file), "--json", *options, stderr=io.StringIO())
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    counts = {"read": 8, "created": 2, "updated": 0, "unchanged": 0, "rejected": 6, "warnings": 0}
    assert run("--dry-run") == counts
    assert PastTraining.objects.count() == 0
    assert run("--errors", str(errors)) == counts
    assert run() == counts | {"created": 0, "unchanged": 2}
    assert errors.read_text().splitlines()[0] == "line,field,value,reason,remedy"
    file.write_text(PAST.replace("Old Academy", "New Academy"), encoding="utf-8")
    assert run() == counts | {"created": 0, "unchanged": 1, "updated": 1}
    with pytest.raises(CommandError) as error:
        call_command("import_training", str(tmp_path / "gone.csv"))
    assert error.value.returncode == 2

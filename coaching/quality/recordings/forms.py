"""Uploading the sound of a call and its transcript."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FindCaseForm(forms.Form):
    case = forms.CharField(label=_("Case number"), max_length=200, help_text=_("As in the system the case comes from."))


class RecordingForm(forms.Form):
    audio = forms.FileField(
        label=_("Sound file"),
        widget=forms.ClearableFileInput(attrs={"accept": ".wav,.mp3,.ogg,.m4a,audio/*"}),
        help_text=_("WAV, MP3, Ogg or M4A, up to 200 MB."),
    )


class TranscriptForm(forms.Form):
    transcript = forms.FileField(
        label=_("Transcript"),
        widget=forms.ClearableFileInput(attrs={"accept": ".vtt,.srt,text/vtt"}),
        help_text=_("A WebVTT (.vtt) or SubRip (.srt) file with times, up to 2 MB."),
    )
    rep = forms.CharField(
        label=_("Name of the rep in the file"),
        max_length=60,
        required=False,
        help_text=_("As the file spells it. Everybody else in it is the customer. Empty where the file names nobody."),
    )

"""Addresses of quizzes and of the question bank, below /learn/."""

from django.urls import path

from learning.quizzes import views
from learning.quizzes.bank import views as bank
from learning.quizzes.marks import views as marks
from learning.quizzes.mastering import views as mastering

urlpatterns = [
    path("assignments/<int:pk>/quiz/", views.quiz, name="quiz"),
    path("assignments/<int:pk>/quiz/begin/", views.begin_quiz, name="begin_quiz"),
    path("assignments/<int:pk>/quiz/save/", views.save_quiz, name="save_quiz"),
    path("assignments/<int:pk>/quiz/tries/<int:number>/", views.quiz_result, name="quiz_result"),
    path("assignments/<int:pk>/quiz/another-try/", marks.give_try, name="give_try"),
    path("quizzes/marking/", marks.marking_queue, name="marking_queue"),
    path("quizzes/marking/<int:pk>/", marks.mark_submission, name="mark_submission"),
    path("modules/<int:pk>/quiz/", marks.quiz_analysis, name="quiz_analysis"),
    path("modules/<int:pk>/quiz/<str:key>/regrade/", marks.inline_regrade, name="inline_regrade"),
    path("questions/<int:pk>/regrade/", marks.question_regrade, name="question_regrade"),
    path("mastery/", mastering.mastery_home, name="mastery_home"),
    path("mastery/<int:pk>/", mastering.mastery_run, name="mastery_run"),
    path("questions/", bank.question_list, name="question_list"),
    path("questions/new/", bank.question_new, name="question_new"),
    path("questions/import/", bank.question_import, name="question_import"),
    path("questions/export/", bank.question_export, name="question_export"),
    path("questions/<int:pk>/", bank.question_detail, name="question_detail"),
    path("questions/<int:pk>/edit/", bank.question_edit, name="question_edit"),
    path("questions/<int:pk>/retire/", bank.question_retire, name="question_retire"),
    path("questions/<int:pk>/revive/", bank.question_revive, name="question_revive"),
]

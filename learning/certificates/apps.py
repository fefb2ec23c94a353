from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "learning.certificates"
    label = "learning_certificates"
    verbose_name = "Certificates"

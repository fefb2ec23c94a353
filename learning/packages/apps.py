from importlib import import_module

from django.apps import AppConfig


class PackagesConfig(AppConfig):
    name = "learning.packages"
    label = "learning_packages"
    verbose_name = "Packages"

    def ready(self) -> None:
        """Importing the reads registers what they know of the step "package"."""
        import_module("learning.packages.queries")

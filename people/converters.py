"""Parts of addresses."""

from people.models import Role


class RoleConverter:
    regex = "|".join(role.value for role in Role)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)

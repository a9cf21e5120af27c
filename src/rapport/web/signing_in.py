"""How the library that signs people in is told about our house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # it has no types
    """Nobody makes an account by themselves: people are invited, or the owner makes them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

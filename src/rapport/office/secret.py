"""What we keep of a secret that we gave out: enough to know it again, not to say it."""

import hashlib


def digest_of(secret: str) -> str:
    """What is kept of a secret; it is random and long, so a plain digest cannot be turned round."""
    return hashlib.sha256(secret.encode()).hexdigest()

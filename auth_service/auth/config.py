"""Settings of this service beside the common ones."""

from collections.abc import Callable

from auth import contrasenas
from comun.config import Setting, secret_keys

_SECRETO_MINIMO = 16


def _clientes(texto: str) -> dict[str, str]:
    """`name:secret`, comma separated."""
    clientes = {}
    for parte in filter(None, (trozo.strip() for trozo in texto.split(","))):
        nombre, _, secreto = parte.partition(":")
        if not nombre or len(secreto) < _SECRETO_MINIMO:
            raise ValueError(f"expected name:secret,… with secrets of at least {_SECRETO_MINIMO} characters")
        clientes[nombre] = secreto
    return clientes


def _desde(minimo: int) -> Callable[[str], int]:
    """A whole number, at least that much."""

    def leer(texto: str) -> int:
        if (numero := int(texto)) < minimo:
            raise ValueError(f"at least {minimo}")
        return numero

    return leer


AJUSTES = [
    Setting("ADMIN_URL", "Base URL of admin_service.", "http://127.0.0.1:5006"),
    Setting(
        "AUTH_SECRET_KEY",
        "Encrypts signing keys and second-factor secrets at rest; at least 32 characters. "
        "To change it put the new one before the old, comma separated.",
        parse=secret_keys,
        required=True,
    ),
    Setting(
        "AUTH_SERVICE_CLIENTS",
        "The services that may get a token: name:secret, comma separated; secrets of at least 16 characters.",
        {},
        _clientes,
    ),
    Setting("AUTH_ACCESS_SECONDS", "Life of an access token, in seconds.", 900, int),
    Setting("AUTH_REFRESH_DAYS", "A session ends after so many days without use.", 14, float),
    Setting("AUTH_SESSION_DAYS", "A session ends after so many days in any case.", 90, float),
    Setting(
        "AUTH_REFRESH_GRACE_SECONDS",
        "A refresh token spent so shortly before a request came is refused (409) without ending the session.",
        0,
        float,
    ),
    Setting("AUTH_LOGIN_WINDOW_SECONDS", "Failed sign-ins are counted for so long.", 900, int),
    Setting("AUTH_LOGIN_PER_ACCOUNT", "Failed sign-ins per account and window.", 10, int),
    Setting("AUTH_LOGIN_PER_ADDRESS", "Failed sign-ins per address and window.", 100, int),
    Setting("AUTH_REGISTRATIONS_PER_ADDRESS", "Self-registrations per address and window.", 20, int),
    Setting(
        "AUTH_PASSWORD_MEMORY_KIB",
        "Memory that hashing a password takes (Argon2id). The default is the least that OWASP advises.",
        contrasenas.MEMORIA_KIB,
        _desde(8),
    ),
    Setting("AUTH_PASSWORD_PASSES", "How often it goes through that memory.", contrasenas.PASADAS, _desde(1)),
    Setting("AUTH_INVITATION_HOURS", "How long an invitation is good for.", 72, float),
    Setting(
        "AUTH_INVITATION_URL",
        "Link in invitations; `{token}` stands for the token.",
        "http://localhost:8080/auth/invitaciones/{token}",
    ),
    Setting("AUTH_ADMIN_USUARIO", "User name of the first administrator, for `crear-admin`."),
    Setting("AUTH_ADMIN_CONTRASENA", "Password of the first administrator, for `crear-admin`."),
]

"""What is kept encrypted is read again only with its secret, and for its purpose."""

import pytest
from cryptography.fernet import InvalidToken

from comun.encryption import Encryption


def test_what_is_encrypted_is_read_with_the_same_secret() -> None:
    encrypted = Encryption(["a" * 32], "x").encrypt(b"secreto")
    assert "secreto" not in encrypted
    assert Encryption(["a" * 32], "x").decrypt(encrypted) == b"secreto"
    with pytest.raises(InvalidToken):
        Encryption(["b" * 32], "x").decrypt(encrypted)


def test_one_secret_serves_several_purposes_apart() -> None:
    encrypted = Encryption(["a" * 32], "x").encrypt(b"secreto")
    with pytest.raises(InvalidToken):
        Encryption(["a" * 32], "y").decrypt(encrypted)


def test_a_secret_is_changed_by_putting_the_new_one_first() -> None:
    old = Encryption(["a" * 32], "x").encrypt(b"secreto")
    both = Encryption(["b" * 32, "a" * 32], "x")
    assert both.decrypt(old) == b"secreto"
    assert Encryption(["b" * 32], "x").decrypt(both.encrypt(b"otro")) == b"otro"

"""Stored secrets: unreadable without the key, readable after the key is replaced."""

import pytest

from foundation.secrets import SecretUnreadable, decrypt, digest, encrypt


def test_a_secret_comes_back_and_is_never_stored_as_it_is():
    stored = encrypt("whsec_abc")
    assert "whsec_abc" not in stored
    assert decrypt(stored) == "whsec_abc"
    assert encrypt("whsec_abc") != stored


def test_a_new_key_in_front_reads_what_the_old_one_wrote(settings):
    with_secret_key = encrypt("one")
    settings.SECRETS_KEY = "first-key"
    with_first = encrypt("two")
    settings.SECRETS_KEY = "second-key, first-key"
    assert [decrypt(with_secret_key), decrypt(with_first)] == ["one", "two"]


def test_what_a_replaced_secret_key_wrote_is_read_while_it_is_kept(settings):
    stored = encrypt("one")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    assert decrypt(stored) == "one"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(SecretUnreadable):
        decrypt(stored)


def test_without_the_old_key_the_error_says_what_to_do(settings):
    settings.SECRETS_KEY = "first-key"
    stored = encrypt("two")
    settings.SECRETS_KEY = "second-key"
    with pytest.raises(SecretUnreadable, match="Set the old key beside the new one"):
        decrypt(stored)
    with pytest.raises(SecretUnreadable):
        decrypt("not even encrypted")


def test_a_token_is_kept_as_its_sha256():
    assert digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

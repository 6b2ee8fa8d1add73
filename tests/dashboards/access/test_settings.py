"""Settings of the server: from options and the file beside the studies; what is wrong in it is named."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from dashboards.access.settings import FILE, Settings, checked, is_loopback, own_hosts, with_file
from geo.core.errors import JiexuError, StudyError
from tests.support.certificates import server_certificate


def written(folder: Path, text: str) -> Settings:
    """Return settings with this file."""
    (folder / FILE).write_text(text, encoding="utf-8")
    return with_file(Settings(folder))


def test_the_file_says_what_options_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEXU_OIDC_SECRET", "from the environment")
    settings = written(
        tmp_path,
        """
        sign_in = true
        hosts = ["Jiexu.City.Example"]
        proxies = ["10.0.0.2"]
        base_path = "jiexu/"
        bases = ["tianditu"]
        [oidc]
        issuer = "https://id.city.example/"
        client_id = "jiexu"
        claim = "realm_access.roles"
        [oidc.roles]
        planners = "planner"
        """,
    )
    assert settings.sign_in
    assert "jiexu.city.example" in settings.hosts
    assert "localhost" in settings.hosts
    assert settings.base_path == "/jiexu"
    assert settings.base_hosts == ("*.tianditu.gov.cn",)
    assert settings.provider is not None
    assert (settings.provider.issuer, settings.provider.secret) == (
        "https://id.city.example",
        "from the environment",
    )
    assert with_file(Settings(tmp_path, open_to_others=True)).sign_in is False, "said aloud on the command line"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("hostz = []", "hostz"),
        ("upload_mb = 'many'", "upload_mb"),
        ("bases = ['google']", "google"),
        ("[oidc]\nissuer = 'http://id.example'\nclient_id = 'x'", "oidc"),
        ("[oidc]\nissuer = 'https://id.example'", "oidc.client_id"),
        ("[oidc]\nissuer = 'https://id.example'\nclient_id = 'x'\n[oidc.roles]\na = 'king'", "king"),
        ("hosts = [", "read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(JiexuError, match=named):
        written(tmp_path, text)


def test_certificates_come_in_pairs_and_paths_are_plain(tmp_path: Path) -> None:
    (tmp_path / "c.pem").write_text("")
    with pytest.raises(JiexuError, match="only one"):
        checked(Settings(tmp_path, certificate=tmp_path / "c.pem"))
    with pytest.raises(JiexuError, match=r"k\.pem"):
        checked(Settings(tmp_path, certificate=tmp_path / "c.pem", key=tmp_path / "k.pem"))
    with pytest.raises(JiexuError, match="no path"):
        checked(Settings(tmp_path, base_path='/"><script>'))


def test_loopback_is_this_computer_alone() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.5", "localhost.example", "")))  # noqa: S104
    assert set(own_hosts("127.0.0.1")) == {"localhost", "127.0.0.1", "::1"}
    assert "10.1.2.3" in own_hosts("10.1.2.3")


def test_a_certificate_that_no_server_could_start_with_is_refused_in_words(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    certificate, key, authority = server_certificate(tmp_path / "one", "jiexu.city.example")
    _, foreign, _ = server_certificate(tmp_path / "other", "jiexu.city.example")
    assert checked(Settings(tmp_path, certificate=certificate, key=key)).certificate == certificate

    (tmp_path / "der").write_bytes(ssl.PEM_cert_to_DER_cert(authority.read_text()))
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    (tmp_path / "locked").write_bytes(
        loaded.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    for pair, words in {
        (certificate, foreign): ("no certificate and its key", "不是一对"),
        (tmp_path / "der", key): ("PEM", "PEM"),
        (key, certificate): ("PEM", "PEM"),
        (certificate, tmp_path / "locked"): ("passphrase", "密码"),
    }.items():
        with pytest.raises(StudyError) as refused:
            checked(Settings(tmp_path, certificate=pair[0], key=pair[1]))
        assert words[0] in refused.value.sentence("en")
        assert words[1] in refused.value.sentence("zh")

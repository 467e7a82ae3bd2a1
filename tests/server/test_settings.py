"""Precedence of the sources, and one clear line for whatever is wrong."""

from pathlib import Path

import pytest

from firstlight_server.errors import SettingsError
from firstlight_server.settings import load_settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "server.toml"
    file.write_text('listen = "127.0.0.1:1"\npoll_interval_s = 7\ntenants = ["one", "two"]\n', encoding="utf-8")
    return file


def test_defaults_stand_where_nothing_is_given() -> None:
    assert load_settings({}, environment={}).listen == "127.0.0.1:50051"


def test_the_file_beats_the_default(config: Path) -> None:
    settings = load_settings({}, config=config, environment={})
    assert (settings.listen, settings.poll_interval_s, settings.tenants) == ("127.0.0.1:1", 7.0, ("one", "two"))


def test_the_environment_beats_the_file(config: Path) -> None:
    settings = load_settings({}, config=config, environment={"FIRSTLIGHT_SERVER_LISTEN": "127.0.0.1:2"})
    assert (settings.listen, settings.poll_interval_s) == ("127.0.0.1:2", 7.0)


def test_the_command_line_beats_the_environment(config: Path) -> None:
    environment = {"FIRSTLIGHT_SERVER_LISTEN": "127.0.0.1:2", "FIRSTLIGHT_SERVER_TENANTS": "a, b"}
    settings = load_settings({"listen": "127.0.0.1:3", "tenants": None}, config=config, environment=environment)
    assert (settings.listen, settings.tenants) == ("127.0.0.1:3", ("a", "b"))


def test_the_environment_may_name_the_file(config: Path) -> None:
    assert load_settings({}, environment={"FIRSTLIGHT_SERVER_CONFIG": str(config)}).poll_interval_s == 7.0


def test_variables_of_other_parts_are_left_alone() -> None:
    assert load_settings({}, environment={"FIRSTLIGHT_TARGET": "elsewhere:1"}).listen == "127.0.0.1:50051"


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        pytest.param(
            {"FIRSTLIGHT_SERVER_LISTNE": "x"}, "FIRSTLIGHT_SERVER_LISTNE: no such setting", id="an unknown key"
        ),
        pytest.param({"FIRSTLIGHT_SERVER_LISTEN": "x"}, "FIRSTLIGHT_SERVER_LISTEN: 'x' is not host:port", id="no port"),
        pytest.param({"FIRSTLIGHT_SERVER_LISTEN": "h:70000"}, "'h:70000' is not host:port", id="an impossible port"),
        pytest.param(
            {"FIRSTLIGHT_SERVER_TENANTS": "../up"}, "'../up' is not a tenant's name", id="a tenant that climbs"
        ),
        pytest.param(
            {"FIRSTLIGHT_SERVER_EVENTS_URL": "mysql://u:secret@h/d"}, "events_url is neither", id="a database unknown"
        ),
        pytest.param(
            {"FIRSTLIGHT_SERVER_EVENTS_URL": "postgresql://u:secret@h/d"}, "so events_key_file is needed", id="no key"
        ),
        pytest.param({"FIRSTLIGHT_SERVER_TLS_KEY": "k"}, "tls_certificate and tls_key go together", id="half a pair"),
        pytest.param(
            {"FIRSTLIGHT_SERVER_TLS_CLIENT_CA": "c"}, "tls_client_ca goes with tls_certificate", id="a CA alone"
        ),
        pytest.param({"FIRSTLIGHT_SERVER_TLS_CLIENT_NAMES": "a"}, "tls_client_names goes with", id="names of nobody"),
        pytest.param({"FIRSTLIGHT_SERVER_TOKEN_KEYS": "k"}, "needs token_issuer and token_audience", id="any issuer"),
        pytest.param({"FIRSTLIGHT_SERVER_TOKEN_ISSUER": "i"}, "do nothing without token_keys", id="an issuer alone"),
        pytest.param({"FIRSTLIGHT_SERVER_TOKEN_KEYS": "ftp://k"}, "neither a file nor an http", id="keys by FTP"),
        pytest.param(
            {"FIRSTLIGHT_SERVER_TOKEN_ALGORITHMS": "none"}, "TOKEN_ALGORITHMS: Input should be", id="unsigned"
        ),
        pytest.param({"FIRSTLIGHT_SERVER_TOKEN_ALGORITHMS": "RS256, HS256"}, "got 'HS256'", id="a shared secret"),
        pytest.param({"FIRSTLIGHT_SERVER_TOKEN_ALGORITHMS": ""}, "at least 1 item", id="no algorithm"),
        pytest.param({"FIRSTLIGHT_SERVER_POLL_INTERVAL_S": "0"}, "greater than 0", id="no interval"),
        pytest.param({"FIRSTLIGHT_SERVER_LOG_LEVEL": "loud"}, "FIRSTLIGHT_SERVER_LOG_LEVEL", id="no such level"),
        pytest.param({"FIRSTLIGHT_SERVER_CONFIG": "/nowhere.toml"}, "/nowhere.toml cannot be read", id="no such file"),
    ],
)
def test_a_bad_setting_is_one_line_that_names_it(environment: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({}, environment=environment)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret@" not in str(caught.value)


def test_a_bad_value_in_the_file_names_the_file(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text("max_recieve_bytes = 5\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=f"max_recieve_bytes in {file}: no such setting"):
        load_settings({}, config=file, environment={})


def test_a_bad_option_names_the_option() -> None:
    with pytest.raises(SettingsError, match=r"--poll-interval-s: Input should be .* \(got 'often'\)"):
        load_settings({"poll_interval_s": "often"}, environment={})

from __future__ import annotations

import base64

import pytest

from greenline.domain.secret_variables import masked, masked_but_for_needed


@pytest.mark.parametrize(
    "name",
    ["ANTHROPIC_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PGPASSWORD_FILE_PASSWORD", "db.password", "APIKEY",
     "PGPASSWORD", "MYSQL_PWD", "REDISCLI_AUTH", "DBPW", "SMTPPASS", "UNLOCK_PASSCODE"],
)  # fmt: skip
def test_a_secret_keeps_its_form_alone(name: str) -> None:
    assert masked({name: "sk-ant-Ab12_x="}) == {name: "aa-aaa-Aa00_a="}


@pytest.mark.parametrize(
    "name", ["PATH", "KEYBOARD", "LANG", "PWD", "OLDPWD", "MONKEY", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"]
)
def test_other_variables_stay(name: str) -> None:
    assert masked({name: "/usr/bin:A1"}) == {name: "/usr/bin:A1"}


def test_the_password_within_an_address_is_masked() -> None:
    assert masked({"DATABASE_URL": "postgresql://shop:S3cret!@db.example:5432/shop"}) == {
        "DATABASE_URL": "postgresql://shop:A0aaaa!@db.example:5432/shop"
    }


def test_an_address_without_a_password_stays() -> None:
    addresses = {"HOME_PAGE": "https://example.org/a:b@c", "REDIS": "redis://cache:6379/0"}
    assert masked(addresses) == addresses


def test_what_was_base64_still_is() -> None:
    key = base64.urlsafe_b64encode(bytes(range(200, 232))).decode()
    assert len(base64.urlsafe_b64decode(masked({"FERNET_KEY": key})["FERNET_KEY"])) == 32


def test_for_a_models_tests_only_what_is_needed_keeps_its_value() -> None:
    variables = {
        "PATH": "/home/ada/bin:/usr/bin", "LC_ALL": "C.UTF-8", "PYTHONPATH": "/home/ada/src", "APP_ENV": "production",
        "WORKERS": "4", "INTERNAL_HOST": "db-7.corp.example", "USER": "ada", "API_KEY": "sk-A1", "DEBUG": "",
    }  # fmt: skip
    told = masked_but_for_needed(variables)
    assert {name for name, value in told.items() if variables.get(name) == value} == {
        "PATH", "LC_ALL", "PYTHONPATH", "APP_ENV", "WORKERS", "DEBUG",
    }  # fmt: skip
    assert told["INTERNAL_HOST"] == "aa-0.aaaa.aaaaaaa"
    assert (told["USER"], told["LOGNAME"], told["API_KEY"]) == ("somebody", "somebody", "aa-A0")

from __future__ import annotations

import hashlib
import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from greenline.domain.asking.redaction import PLACEHOLDER, Redacted, Redactor, words_of
from unit.asking.made_secrets import Maker, by_form, by_name

FORMS = sorted(by_form(0))
NAMES = sorted(by_name(0))
SEEDS = range(5)
AROUND = {
    "assigned": 'value = "{}"\n',
    "said": "# the key is {} for now\n",
    "an argument": "client = Client('{}', timeout=3)\n",
    "a variable of the environment": "THING={}\n",
    "printed": "E       assert '{}' == 'b'\n",
    "in an address": 'url = "https://shop.example/?key={}&page=2"\n',
}
NAMED = {
    "assigned": '{} = "{}"\n',
    "annotated": "    {}: str = '{}'\n",
    "given": 'client = Client({}="{}")\n',
    "in a dictionary": 'CONFIG = {{"a": 1, "{}": "{}"}}\n',
    "put into one": 'config["{}"] = "{}"\n',
    "in brackets": '{} = (\n    "{}"\n)\n',
    "wrapped": '{} = SecretStr("{}")\n',
    "compared": 'assert {} == "{}"\n',
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND)
@pytest.mark.parametrize("provider", FORMS)
def test_keys_of_known_forms_are_taken_out_wherever_they_are(provider: str, around: str) -> None:
    for seed in SEEDS:
        secret = by_form(seed)[provider]
        redacted = Redactor().redact(around.format(secret))
        assert secret not in redacted, seed
        assert PLACEHOLDER.search(redacted)


@pytest.mark.parametrize("around", NAMED.values(), ids=NAMED)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_called_a_secret_is_taken_out(name: str, around: str) -> None:
    for seed in SEEDS:
        secret = by_name(seed)[name]
        assert secret not in Redactor().redact(around.format(name, secret)), (seed, secret)


@pytest.mark.parametrize(
    "line",
    ["{}={}", "export {}={}", "{}: {}", "E   KeyError: {}={}"],
    ids=["a file of variables", "a shell", "yaml", "printed"],
)
def test_what_stands_without_quotes_is_taken_out_where_it_is_random(line: str) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "AUTH_TOKEN", "client_secret"):
        secret = Maker(7).of(string.ascii_letters + string.digits, 40)
        assert secret not in Redactor().redact(f"a\n{line.format(name, secret)}\nb")


@pytest.mark.parametrize(
    "address",
    ["postgres://app:{}@db.example:5432/shop", "redis://:{}@cache:6379/0", "https://me:{}@git.example/x.git"],
)
def test_a_password_in_an_address_is_taken_out_and_the_rest_stays(address: str) -> None:
    redacted = Redactor().redact(f'URL = "{address.format("mQ7x" + "Kd2v")}"')
    assert redacted == f'URL = "{address.format("<redacted-1>")}"'


@pytest.mark.parametrize("kind", ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "])
@pytest.mark.parametrize("end", [True, False])
def test_a_private_key_goes_line_by_line(kind: str, end: bool) -> None:
    key = Maker(1).private_key(kind)
    key = key if end else key.rpartition("\n")[0]
    text = f'KEY = """{key}"""\n\nLEFT = 1\n'
    redactor = Redactor()
    redacted = redactor.redact(text, "keys.py")
    assert not any(line in redacted for line in key.split("\n")[1:-1])
    assert redacted.count("\n") == text.count("\n")
    assert [each.kind for each in redactor.report()] == ["a private key"]
    assert redacted.endswith("LEFT = 1\n")


def test_a_private_key_in_one_text_is_taken_out() -> None:
    key = Maker(1).private_key().replace("\n", "\\n")
    redacted = Redactor().redact(f'KEY = "{key}"')
    assert not any(line in redacted for line in key.split("\\n")[1:-1])


def test_one_value_has_one_placeholder_in_all_texts() -> None:
    one, other = by_name(1)["api_key"], by_name(2)["api_key"]
    redactor = Redactor()
    module = redactor.redact(f'api_key = "{one}"\nold_api_key = "{other}"\n', "shop/pay.py")
    failure = redactor.redact(f"E   assert '{one}' == 'x{other}y'")
    assert module == 'api_key = "<redacted-1>"\nold_api_key = "<redacted-2>"\n'
    assert failure == "E   assert '<redacted-1>' == 'x<redacted-2>y'"
    assert redactor.report() == (
        Redacted("<redacted-1>", "the value of api_key", 2, ("shop/pay.py:1",)),
        Redacted("<redacted-2>", "the value of old_api_key", 2, ("shop/pay.py:2",)),
    )
    assert one not in repr(redactor.report())


def test_a_text_that_was_sent_stays_as_it_was_sent() -> None:
    value = by_name(3)["client_secret"]
    redactor = Redactor()
    early = redactor.redact(f"print({value})")
    redactor.redact(f'client_secret = "{value}"')
    assert redactor.redact(f"print({value})") == early
    assert value not in redactor.redact(f"print({value}, 2)")


HASHES = {
    name: hashlib.new(name, b"abc").hexdigest() for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")
}


@pytest.mark.parametrize("name", HASHES)
def test_hashes_stay_where_nothing_says_that_they_are_secrets(name: str) -> None:
    text = (
        f'assert digest(b"abc") == "{HASHES[name]}"\n'
        f'{name} = "{HASHES[name]}"\npassword_hash = "{HASHES[name]}"\n'
        f'@pytest.mark.parametrize("text, expected", [("abc", "{HASHES[name]}")])\n'
    )
    assert Redactor().redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        'password = "password"',
        'if text.startswith("-----BEGIN PRIVATE ' + 'KEY-----"):\n    return certificate_of_this_machine(text)',
        'password="secret"',
        'token = "test-token-123"',
        'API_KEY = "your-api-key-here"',
        'api_key = os.environ["PAYMENT_API_KEY"]',
        'token_url = "https://accounts.example/v2/token"',
        'PASSWORD_FIELD = "id_password_1"',
        'password = getpass("Password: ")',
        'key = f"{user.name}:{token}"',
        'cache_key = "shop:basket:v2:total"',
        'secret_name = "prod/shop/db-2"',
        'headers = {"Authorization": f"Bearer {token}"}',
        'url = "postgres://user:password@localhost/db"',
        'PATTERN = re.compile(r"gh[pousr]_[A-Za-z0-9]{36,255}")',
        'ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"',
        'uuid = "123e4567-e89b-12d3-a456-426614174000"',
        'name = "TheQuickBrownFoxJumpsOverTheLazyDog2"',
        'if token == "access_token_2": pass',
        'sort(key="created_at_2024")',
        'license = "BSD-3-Clause-No-Nuclear-License-2014"',
        'DATA = "VGhpcyBpcyBub3QgYSBzZWNyZXQgYXQgYWxsLg=="',
        "AWS_ACCESS_KEY_ID=AKIA" + "IOSFODNN7EXAMPLE",
        "password: str = Field(min_length=12)",
        "def login(user: str, password: str = 'changeme1') -> None: ...",
    ],
)
def test_what_only_looks_like_one_at_first_stays(text: str) -> None:
    assert Redactor().redact(text) == text


_pieces = st.one_of(
    st.sampled_from([f'api_key = "{by_name(5)["api_key"]}"', by_form(5)["github"], Maker(5).private_key()]),
    st.sampled_from(["<redacted-1>", "redacted-1", 'password = "redacted-1"', "://a:redacted@b", "Bearer ", "\n", '"']),
    st.sampled_from(sorted(by_form(6).values()) + [f'{name}="{value}"' for name, value in by_name(6).items()]),
    st.text(max_size=30),
    st.text("abcXYZ0189_-+/=\"' :,.@\n", max_size=60),
)
_texts = st.lists(_pieces, max_size=8).map("".join)


@given(_texts)
@settings(deadline=None)
def test_redacting_what_is_redacted_changes_nothing(text: str) -> None:
    redactor = Redactor()
    once = redactor.redact(text)
    assert redactor.redact(once) == once
    assert Redactor().redact(once) == once
    assert once.count("\n") == text.count("\n")


@given(st.lists(_texts, max_size=4), st.lists(_texts, max_size=3))
@settings(deadline=None)
def test_what_comes_later_changes_nothing_of_what_came_first(first: list[str], later: list[str]) -> None:
    one, other = Redactor(), Redactor()
    alone = [one.redact(text) for text in first]
    together = [other.redact(text) for text in [*first, *later]]
    assert together[: len(first)] == alone
    assert [other.redact(text) for text in first] == alone


@given(_texts)
@settings(deadline=None)
def test_the_report_names_each_placeholder_and_no_value(text: str) -> None:
    redactor = Redactor()
    redacted = redactor.redact(text, "a.py")
    told = [each.placeholder for each in redactor.report()]
    assert told == [f"<redacted-{number}>" for number in range(1, len(told) + 1)]
    assert set(re.findall(PLACEHOLDER, redacted)) - set(re.findall(PLACEHOLDER, text)) <= set(told)
    assert all(each.times >= 1 and each.places for each in redactor.report())


@pytest.mark.parametrize("sign", ["-", "_", "."])
def test_words_before_what_chance_made_do_not_hide_it(sign: str) -> None:
    secret = sign.join(["sk", "live", "Zx81kQ9vTn3LpWc7Rb5Yd2Hf"])
    assert secret not in Redactor().redact(f'API_KEY = "{secret}"\n')


def test_what_was_taken_out_is_said_in_a_sentence() -> None:
    assert words_of(()) == ""
    many = [Redacted(f"<redacted-{n}>", f"the value of key_{n}", 1, (f"a.py:{n}",) if n else ()) for n in range(7)]
    assert words_of(many) == (
        "Not sent: 7 values that look like a secret: the value of key_0, the value of key_1 (a.py:1), "
        "the value of key_2 (a.py:2), the value of key_3 (a.py:3), the value of key_4 (a.py:4), and 2 more."
    )

"""Secrets as providers make them, of chance and of parts: none is in this text, and none was ever valid."""

from __future__ import annotations

import base64
import json
import random
import string

_WORD = string.ascii_letters + string.digits
_URL = _WORD + "-_"
_HEX = "0123456789abcdef"
_UPPER = string.ascii_uppercase + "234567"


class Maker:
    """Makes secrets; the same seed makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def of(self, letters: str, length: int) -> str:
        """Return a text of chance that ends as it began: in no sign of punctuation."""
        middle = "".join(self._random.choices(letters, k=length - 2))
        plain = [each for each in letters if each.isalnum()]
        return f"{self._random.choice(plain)}{middle}{self._random.choice(plain)}"

    def web_token(self) -> str:
        """Return three parts of JSON and chance, as RFC 7519 has it."""
        parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": self.of(string.digits, 10), "iat": 1516239022}]
        coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
        return ".".join([*coded, self.of(_URL, 43)])

    def private_key(self, kind: str = "RSA ") -> str:
        """Return lines of base64 between the two that say what they are."""
        lines = "\n".join(self.of(_WORD + "+/", 64) for _ in range(12))
        dashes = "-" * 5
        return f"{dashes}BEGIN {kind}PRIVATE KEY{dashes}\n{lines}\n{dashes}END {kind}PRIVATE KEY{dashes}"


def by_form(seed: int) -> dict[str, str]:
    """Return keys that their form gives away, by their provider."""
    of = Maker(seed).of
    return {
        "aws": "AK" + "IA" + of(_UPPER, 16),
        "aws session": "AS" + "IA" + of(_UPPER, 16),
        "anthropic": "sk-" + "ant-api03-" + of(_URL, 93) + "AA",
        "openai": "sk-" + "proj-" + of(_URL, 120),
        "openai service": "sk-" + "svcacct-" + of(_URL, 110),
        "openai of old": "sk-" + of(_WORD, 20) + "T3Blbk" + "FJ" + of(_WORD, 20),
        "openrouter": "sk-" + "or-v1-" + of(_HEX, 64),
        "deepseek": "sk-" + of(_HEX, 32),
        "github": "gh" + "p_" + of(_WORD, 36),
        "github app": "gh" + "s_" + of(_WORD, 36),
        "github fine": "github" + "_pat_" + of(_WORD, 22) + "_" + of(_WORD, 59),
        "gitlab": "gl" + "pat-" + of(_URL, 20),
        "slack bot": "xo" + "xb-" + of("123456789", 12) + "-" + of("123456789", 12) + "-" + of(_WORD, 24),
        "slack app": "xa" + "pp-1-A" + of(_UPPER, 10) + "-" + of("123456789", 12) + "-" + of(_HEX, 64),
        "discord": "M" + of(_WORD, 23) + "." + of(_URL, 6) + "." + of(_URL, 38),
        "telegram": of("123456789", 10) + ":AA" + of(_URL, 33),
        "stripe": "sk" + "_live_" + of(_WORD, 24),
        "stripe restricted": "rk" + "_live_" + of(_WORD, 99),
        "stripe test": "sk" + "_test_" + of(_WORD, 24),
        "stripe hook": "whs" + "ec_" + of(_WORD, 32),
        "google": "AI" + "za" + of(_URL, 35),
        "google client": "GOC" + "SPX-" + of(_URL, 28),
        "google session": "ya" + "29." + of(_URL, 60),
        "hugging face": "h" + "f_" + of(string.ascii_letters, 34),
        "groq": "gs" + "k_" + of(_WORD, 52),
        "xai": "xa" + "i-" + of(_WORD, 80),
        "perplexity": "pp" + "lx-" + of(_WORD, 48),
        "replicate": "r" + "8_" + of(_WORD, 37),
        "npm": "np" + "m_" + of(_WORD, 36),
        "pypi": "py" + "pi-AgEIcHlwaS5vcmc" + of(_URL, 120),
        "rubygems": "ruby" + "gems_" + of(_HEX, 48),
        "docker": "dckr" + "_pat_" + of(_URL, 27),
        "sendgrid": "S" + "G." + of(_URL, 22) + "." + of(_URL, 43),
        "twilio": "S" + "K" + of(_HEX, 32),
        "mailgun": "ke" + "y-" + of(_HEX, 32),
        "mailchimp": of(_HEX, 32) + "-us" + "21",
        "brevo": "xkey" + "sib-" + of(_HEX, 64) + "-" + of(_WORD, 16),
        "square": "sq" + "0atp-" + of(_URL, 22),
        "shopify": "shp" + "at_" + of(_HEX, 32),
        "digitalocean": "dop" + "_v1_" + of(_HEX, 64),
        "databricks": "da" + "pi" + of(_HEX, 32),
        "vault": "hv" + "s." + of(_URL, 90),
        "terraform": of(_WORD, 14) + ".atlas" + "v1." + of(_URL, 67),
        "pulumi": "pu" + "l-" + of(_HEX, 40),
        "doppler": "dp" + ".pt." + of(_WORD, 43),
        "linear": "lin" + "_api_" + of(_WORD, 40),
        "notion": "nt" + "n_" + of(_WORD, 46),
        "figma": "fi" + "gd_" + of(_URL, 40),
        "airtable": "pa" + "t" + of(_WORD, 14) + "." + of(_HEX, 64),
        "postman": "PM" + "AK-" + of(_HEX, 24) + "-" + of(_HEX, 34),
        "new relic": "NR" + "AK-" + of(string.ascii_uppercase + string.digits, 27),
        "grafana": "gl" + "sa_" + of(_WORD, 32) + "_" + of(_HEX, 8),
        "atlassian": "ATA" + "TT3xFfGF0" + of(_URL, 180) + "=" + of("0123456789ABCDEF", 8),
        "supabase": "sb" + "p_" + of(_HEX, 40),
        "planetscale": "pscale" + "_tkn_" + of(_WORD, 43),
        "web token": Maker(seed).web_token(),
    }


def by_name(seed: int) -> dict[str, str]:
    """Return values that nothing gives away but how they are called, by the name."""
    of = Maker(seed).of
    return {
        "AWS_SECRET_ACCESS_KEY": of(_WORD + "+/", 40),
        "SECRET_KEY": of(_WORD + "!#%^&*(-_=+", 50),
        "DATADOG_API_KEY": of(_HEX, 32),
        "api_key": of(_WORD, 24),
        "apiKey": of(_WORD, 32),
        "client_secret": of(_URL, 40),
        "jwt_secret": of(_HEX, 64),
        "auth_token": of(_HEX, 32),
        "TWILIO_AUTH_TOKEN": of(_HEX, 32),
        "CLOUDFLARE_API_TOKEN": of(_URL, 40),
        "azure_client_secret": of("~." + _URL, 40),
        "FERNET_KEY": of(_URL, 43) + "=",
        "encryption_key": base64.b64encode(of(_WORD, 32).encode()).decode(),
        "session_token": of(_WORD + "+/", 100),
        "DB_PASSWORD": "vK9" + "#mQz2" + "pL",
        "db_password": "Tr0ub4" + "dor&3",
        "passwd": of(_WORD, 14) + "7aB",
        "admin_pwd": "Winter" + "2024!",
        "smtp_password": of(string.ascii_lowercase, 4) + of(string.digits, 4) + "qX!",
        "signing_key": of(_WORD, 32),
    }

"""Keys that their form gives away, whatever they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

_B64 = r"[A-Za-z0-9+/]"
_URL = r"[A-Za-z0-9_-]"
_WORD = r"[A-Za-z0-9]"
_HEX = r"[0-9a-f]"

_FORMS: tuple[tuple[str, str, str], ...] = (
    ("a key of AWS", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    ("a key of Anthropic", "sk-ant-", rf"sk-ant-{_URL}{{20,}}"),
    ("a key of OpenAI", "sk-", rf"sk-(?:proj|svcacct|admin|None)-{_URL}{{20,}}|sk-{_WORD}{{20}}T3BlbkFJ{_WORD}{{20}}"),
    ("a key of OpenRouter", "sk-or-", rf"sk-or-v1-{_HEX}{{64}}"),
    ("a key of an API", "sk-", rf"sk-(?=[a-zA-Z]*\d){_WORD}{{32,64}}"),
    ("a token of GitHub", "ghp_ gho_ ghu_ ghs_ ghr_", rf"gh[pousr]_{_WORD}{{36,255}}"),
    ("a token of GitHub", "github_pat_", rf"github_pat_{_WORD}{{22}}_{_WORD}{{59}}"),
    (
        "a token of GitLab",
        "glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- glsoat-",
        rf"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat)-{_URL}{{20,}}",
    ),
    ("a token of Slack", "xox", rf"xox[abeoprs]-(?:{_WORD}+-){{1,5}}{_WORD}{{8,}}"),
    ("a token of Slack", "xapp-", rf"xapp-\d-{_WORD}+-\d+-{_WORD}+"),
    ("a web hook of Slack", "hooks.slack.com/", r"(?<=hooks\.slack\.com/)(?:services|workflows|triggers)/[\w/]{30,}"),
    ("a web hook of Discord", "/api/webhooks/", rf"(?<=/api/webhooks/)\d{{17,20}}/{_URL}{{60,72}}"),
    ("a token of Discord", ".", rf"[MNO]{_URL}{{23,27}}\.{_URL}{{6}}\.{_URL}{{27,40}}"),
    ("a token of Telegram", ":AA", rf"\d{{8,10}}:AA{_URL}{{33}}"),
    ("a key of Stripe", "_live_ _test_", rf"(?:sk|rk|pk)_(?:live|test)_{_WORD}{{16,}}"),
    ("a key of Stripe", "whsec_", rf"whsec_{_B64}{{32,}}={{0,2}}"),
    ("a key of Google", "AIza", rf"AIza{_URL}{{35}}"),
    ("a key of Google", "GOCSPX- ya29. 1//0", rf"GOCSPX-{_URL}{{28}}|ya29\.{_URL}{{30,}}|1//0{_URL}{{40,}}"),
    ("a token of Hugging Face", "hf_ api_org_", r"(?:hf|api_org)_[A-Za-z]{34}"),
    ("a key of Groq", "gsk_", rf"gsk_{_WORD}{{52}}"),
    ("a key of xAI", "xai-", rf"xai-{_WORD}{{80}}"),
    ("a key of Perplexity", "pplx-", rf"pplx-{_WORD}{{48}}"),
    ("a token of Replicate", "r8_", rf"r8_{_WORD}{{37}}"),
    ("a token of npm", "npm_", rf"npm_{_WORD}{{36}}"),
    ("a token of PyPI", "pypi-AgE", rf"pypi-AgE{_URL}{{50,}}"),
    ("a token of RubyGems", "rubygems_", rf"rubygems_{_HEX}{{48}}"),
    ("a token of Docker", "dckr_", rf"dckr_(?:pat|oat)_{_URL}{{27,32}}"),
    ("a key of SendGrid", "SG.", rf"SG\.{_URL}{{16,32}}\.{_URL}{{32,64}}"),
    ("a key of Twilio", "SK", rf"SK{_HEX}{{32}}"),
    ("a key of Mailgun", "key-", rf"key-{_HEX}{{32}}"),
    ("a key of Mailchimp", "-us", rf"{_HEX}{{32}}-us\d{{1,2}}"),
    ("a key of Brevo", "xkeysib-", rf"xkeysib-{_HEX}{{64}}-{_WORD}{{16}}"),
    ("a key of Square", "sq0", rf"sq0(?:atp|csp|idp)-{_URL}{{22,43}}"),
    ("a token of Shopify", "shp", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("a token of DigitalOcean", "_v1_", rf"do[opr]_v1_{_HEX}{{64}}"),
    ("a token of Databricks", "dapi", rf"dapi{_HEX}{{32}}(?:-\d)?"),
    ("a token of Vault", "hvs. hvb. hvr.", rf"hv[sbr]\.{_URL}{{24,}}"),
    ("a token of Terraform", ".atlasv1.", rf"{_WORD}{{14}}\.atlasv1\.{_URL}{{60,70}}"),
    ("a token of Pulumi", "pul-", rf"pul-{_HEX}{{40}}"),
    ("a token of Doppler", "dp.", rf"dp\.(?:pt|st|ct|sa|scim|audit)\.{_URL}{{40,}}"),
    ("a token of Fly", "FlyV1", r"FlyV1 fm\d_[\w+/=,-]{80,}"),
    ("a token of Linear", "lin_", rf"lin_(?:api|oauth)_{_WORD}{{32,64}}"),
    ("a token of Notion", "ntn_ secret_", rf"ntn_{_WORD}{{43,50}}|secret_(?=[A-Za-z]*\d){_WORD}{{43}}"),
    ("a token of Figma", "figd_", rf"figd_{_URL}{{40,}}"),
    ("a token of Airtable", "pat", rf"pat{_WORD}{{14}}\.{_HEX}{{64}}"),
    ("a key of Postman", "PMAK-", rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}"),
    ("a key of New Relic", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    ("a token of Sentry", "sntry", rf"sntry[su]_[A-Za-z0-9+/_-]{{40,}}={{0,2}}(?:_{_B64}{{8,}})?"),
    ("a token of Grafana", "glsa_ glc_", rf"glsa_{_WORD}{{32}}_{_HEX}{{8}}|glc_{_B64}{{32,}}={{0,2}}"),
    ("a token of Atlassian", "ATATT3x ATCTT3x", rf"AT[AC]TT3x{_URL}{{60,}}(?:=[0-9A-F]{{8}})?"),
    ("a token of Dropbox", "sl.", rf"sl\.(?:u\.)?{_URL}{{100,}}"),
    ("a token of Supabase", "sbp_ sb_secret_", rf"sbp_{_HEX}{{40}}|sb_secret_{_URL}{{31}}"),
    ("a password of PlanetScale", "pscale_", rf"pscale_(?:tkn|pw|oauth)_{_URL}{{32,64}}"),
    ("a secret key of age", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[0-9A-Z]{58}"),
    ("a key of Azure", "AccountKey=", rf"(?<=AccountKey=){_B64}{{40,88}}={{0,2}}"),
    ("a key of Azure", "SharedAccessKey=", rf"(?<=SharedAccessKey=){_B64}{{40,88}}={{0,2}}"),
    ("a signature of Azure", "sig=", r"(?<=[?&]sig=)[A-Za-z0-9%+/]{40,}(?:%3D|=){0,2}"),
    ("a signature of AWS", "X-Amz-Signature=", r"(?<=X-Amz-Signature=)[0-9a-f]{64}"),
    ("a web token", "eyJ", rf"eyJ{_URL}{{10,}}\.eyJ{_URL}{{8,}}\.{_URL}{{16,}}"),
)


@dataclass(frozen=True, slots=True)
class KeyForm:
    """A form of keys, published by those who hand them out."""

    kind: str
    """In words: "a key of AWS"."""
    marks: tuple[str, ...]
    """One of them is in each such key, or before it: a quick look tells whether a text has none."""
    pattern: re.Pattern[str]


KNOWN_FORMS = tuple(
    KeyForm(kind, tuple(marks.split()), re.compile(rf"(?<![A-Za-z0-9_-])(?:{form})(?![A-Za-z0-9])"))
    for kind, marks, form in _FORMS
)

PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?P<body>(?:[^-]|-(?!----)){0,20000})(?P<end>-----END )?"
)
KEY_LINE = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{12,}={0,2}")
"""Within ``body``: a piece of the key, without what writes it down in a source."""

IN_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/@:'\"<>{}$]{0,100}:(?P<value>[^\s/@'\"<>{}$%]{3,200})@(?=[\w\[{$%])",
    re.IGNORECASE,
)
"""A password in an address."""

IN_HEADER = re.compile(
    r"\b(?:Bearer|Basic|Token|ApiKey)[ ]+(?P<value>[A-Za-z0-9_.~+/-]{16,}={0,2})(?![\w.])", re.IGNORECASE
)

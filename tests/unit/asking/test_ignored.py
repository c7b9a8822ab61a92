from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from greenline.domain.asking import ignored as module
from greenline.domain.asking.ignored import ignored, why_ignored


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        (".env", ".env"),
        ("deploy/.env.production", ".env.*"),
        ("certs/server.pem", "*.pem"),
        ("ID_RSA", "id_rsa*"),
        ("shop/secrets.py", "secrets.*"),
        ("shop/local_settings.py", "local_settings.py"),
        ("secrets/shop.py", "secrets/"),
        (".aws/x/y.py", ".aws/"),
        ("keys/client_secret_12.json", "client_secret*.json"),
    ],
)
def test_what_usually_keeps_secrets_is_never_sent(path: str, pattern: str) -> None:
    assert ignored(path) == pattern
    assert why_ignored(path) == f"{path} is never sent to a model: it matches {pattern} of what usually keeps secrets"


@pytest.mark.parametrize(
    "path", ["shop/core.py", "tests/test_keys.py", ".env.example", "shop/environment.py", "monkey.py", "credentials.py"]
)
def test_other_files_may_be(path: str) -> None:
    assert ignored(path) == ""
    assert why_ignored(path) == ""


def test_a_person_adds_patterns_and_excepts_from_the_usual_ones() -> None:
    mine = ("billing/", "# a note", "", "!shop/secrets.py", "/legacy.py")
    assert ignored("billing/core.py", mine) == "billing/"
    assert ignored("shop/secrets.py", mine) == ""
    assert ignored("other/secrets.py", mine) == "secrets.*"
    assert ignored("legacy.py", mine) == "/legacy.py"
    assert ignored("shop/legacy.py", mine) == ""
    assert why_ignored("billing/core.py", mine).endswith("it matches billing/ of greenline.model.ignore")


def test_what_is_in_an_ignored_folder_cannot_be_excepted() -> None:
    assert ignored("secrets/shop.py", ("!secrets/shop.py",)) == "secrets/"
    assert ignored("secrets/shop.py", ("!secrets/",)) == ""


_names = st.sampled_from(["a", "b", "ab", "a.py", "b.py", "abc", "a1"])
_paths = st.lists(_names, min_size=1, max_size=4).map("/".join)
_parts = st.sampled_from(
    ["a", "b", "*", "**", "a*", "*.py", "?", "??", "[ab]", "[!a]", "a[0-9]", "[a-b].py", "\\a", "*b*"]
)
_patterns = st.builds(
    lambda no, root, parts, folder: f"{no}{root}{'/'.join(parts)}{folder}",
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(_parts, min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True, capture_output=True)
    return folder


@given(
    patterns=st.lists(_patterns, min_size=1, max_size=4), paths=st.lists(_paths, min_size=1, max_size=8, unique=True)
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_patterns_mean_what_git_means(patterns: list[str], paths: list[str], repository: Path) -> None:
    (repository / ".gitignore").write_text("\n".join(patterns) + "\n", encoding="utf-8")
    command = ["git", "-C", str(repository), "check-ignore", "--no-index", "--stdin"]
    asked = subprocess.run(command, input="\n".join(paths), capture_output=True, text=True, check=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DEFAULT_PATTERNS", ())
        assert [path for path in paths if ignored(path, patterns)] == asked.stdout.split("\n")[:-1]


@example("", ["[:--]"])
@example("-", ["[!---]", "[--a]", "[a--b]", "[\\.--]", "[a\\--z]"])
@given(st.text(max_size=40), st.lists(st.text("ab*?[]!\\/. #-:", max_size=20), max_size=4))
def test_anything_is_a_path_and_a_pattern(path: str, patterns: list[str]) -> None:
    assert ignored(path, patterns) in {"", *patterns, *module.DEFAULT_PATTERNS}

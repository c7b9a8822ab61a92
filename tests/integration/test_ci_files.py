"""The files for CI that the documentation offers: their commands run as they stand, on a clone of the example."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
GITHUB, GITLAB, GENERATE = (
    REPOSITORY / "docs" / "ci" / name for name in ("github.yml", "gitlab.yml", "github-generate.yml")
)
HOOKS = REPOSITORY / ".pre-commit-hooks.yaml"
LIMIT = 240
DOUBLED = "\n\ndef doubled(price):\n    return 2 * price\n"
TEST = "from parcels.pricing import doubled\n\n\ndef test_doubled():\n    assert doubled(2) == 4\n"


class Clone:
    """A clone of a repository, and a shell in it that finds ``greenline``."""

    def __init__(self, folder: Path) -> None:
        origin = folder / "origin"
        shutil.copytree(REPOSITORY / "examples" / "parcels", origin, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        self.root, self.summary = folder / "clone", folder / "summary.md"
        tools = folder / "bin"
        tools.mkdir()
        (tools / "greenline").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m greenline "$@"\n')
        (tools / "greenline").chmod(0o755)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT", "COV", "PYTEST"))}
        path = os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]])
        who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.c"}
        who |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in who.items()}
        home = {"XDG_CACHE_HOME": str(folder / "cache"), "PRE_COMMIT_HOME": str(folder / "pre-commit")}
        self.environment = {**kept, **who, **home, "PATH": path, "GITHUB_STEP_SUMMARY": str(self.summary)}
        for command in ("git init -q -b main", "git add .", "git commit -q -m first"):
            assert self.run(command, origin).returncode == 0
        assert (
            self.run(f"git clone -q {shlex.quote(str(origin))} {shlex.quote(str(self.root))}", folder).returncode == 0
        )

    def run(self, script: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run it as a runner does: the first command that fails ends it."""
        return subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder or self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )

    def change(self) -> None:
        """Add a function without a test, on a branch of its own."""
        self.run("git switch -q -c work")
        with (self.root / "src" / "parcels" / "pricing.py").open("a") as source:
            source.write(DOUBLED)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def github(clone: Clone, *, pull_request: bool) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run the steps of the workflow but for those that install and that are others' actions."""
    holds = {
        None: True,
        "always()": True,
        "github.event_name == 'pull_request'": pull_request,
        "github.ref == 'refs/heads/main'": not pull_request,
    }
    steps = [step for step in read(GITHUB)["jobs"]["coverage"]["steps"] if "run" in step and holds[step.get("if")]]
    assert steps.pop(0)["run"].startswith("python -m pip install greenline ")
    return {step["name"]: clone.run(step["run"]) for step in steps}


def test_the_workflow_of_github_holds_a_pull_request_to_its_lines(clone: Clone) -> None:
    on_main = github(clone, pull_request=False)
    assert {name: ran.returncode for name, ran in on_main.items()} == {
        "Run the tests": 0, "Record the coverage": 0, "Write the report": 0,
    }  # fmt: skip
    assert (clone.root / "coverage.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    clone.change()
    clone.run("git commit -q -a -m untested")
    ran = github(clone, pull_request=True)["Check the coverage"]
    assert ran.returncode == 1
    assert "::error title=Coverage changed since origin/main::50.00 %25, 1 of 2 statements" in ran.stdout
    assert "::notice title=Coverage total not below" in ran.stdout, "of all, it is more than before"
    assert "::warning file=src/parcels/pricing.py,line=" in ran.stdout
    assert "❌ **changed since origin/main**" in clone.summary.read_text(encoding="utf-8")

    (clone.root / "tests" / "test_doubled.py").write_text(TEST)
    clone.run("git add tests; git commit -q -m tested")
    ran = github(clone, pull_request=True)["Check the coverage"]
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="exploring is tested on Linux only")
def test_the_workflow_of_github_finds_tests_in_shards_and_offers_them_as_a_branch(clone: Clone) -> None:
    clone.change()
    clone.run("git add . && git commit -q -m work && git push -q origin HEAD:work")
    jobs = read(GENERATE)["jobs"]

    def steps(job: str) -> dict[str, dict[str, Any]]:
        found = [step for step in jobs[job]["steps"] if "run" in step]
        assert found.pop(0)["run"].startswith("python -m pip install greenline ")
        return {step["name"]: step for step in found}

    (find,) = steps("find").values()
    assert find["env"] == {"SHARD": "${{ matrix.shard }}"}
    script = find["run"].replace("src ", "src/parcels/pricing.py src/parcels/address.py ")  # all of it would take long
    for number in jobs["find"]["strategy"]["matrix"]["shard"]:
        ran = clone.run(f"export SHARD={number}; {script}")
        assert (ran.returncode, ran.stderr) == (0, "")
    assert clone.run("git status --porcelain --untracked-files=all").stdout.split() == [
        "??", "shard-1.json", "??", "shard-2.json", "??", "shard-3.json",
    ]  # fmt: skip
    for name, step in steps("merge").items():
        ran = clone.run(step["run"])
        assert ran.returncode == 0, f"{name}: {ran.stdout}{ran.stderr}"
    written = clone.run("git diff --name-only origin/work origin/greenline-tests").stdout.split()
    assert written
    assert all(name.startswith("tests/") for name in written)
    subjects = clone.run("git log --format=%s origin/work..origin/greenline-tests").stdout.splitlines()
    assert sorted(subjects) == ["Test src/parcels/address.py", "Test src/parcels/pricing.py"]


def test_the_job_of_gitlab_holds_a_merge_request_to_its_lines(clone: Clone) -> None:
    job = read(GITLAB)["coverage"]
    clone.environment["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = clone.run("git rev-parse HEAD").stdout.strip()
    clone.change()
    clone.run("git add .; git commit -q -m work")

    ran = clone.run("\n".join(job["script"]))
    after = clone.run("\n".join(job["after_script"]))

    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "50.00 %, 1 of 2 statements (less than the 90 % that are wanted)" in ran.stdout
    assert after.returncode == 0, after.stderr
    assert all((clone.root / path).is_file() for path in job["artifacts"]["paths"])


def test_the_hook_of_pre_commit_holds_a_commit_to_its_lines(clone: Clone) -> None:
    program = [sys.executable, "-m", "pre_commit"]
    assert clone.run(shlex.join([*program, "validate-manifest", str(HOOKS)])).returncode == 0
    # As it stands, but in the environment of this test: to make one of its own needs the network.
    (hook,) = [{**hook, "language": "system"} for hook in read(HOOKS)]
    config = {"repos": [{"repo": "local", "hooks": [hook]}]}
    (clone.root / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    clone.run("greenline test")

    def commit() -> subprocess.CompletedProcess[str]:
        clone.run("git add .")
        return clone.run(shlex.join([*program, "run", "greenline-check"]))

    clone.change()
    stale = commit()
    clone.run("greenline test --affected")
    untested = commit()
    (clone.root / "tests" / "test_doubled.py").write_text(TEST)
    clone.run("greenline test --affected")
    tested = commit()

    assert [ran.returncode for ran in (stale, untested, tested)] == [1, 1, 0], tested.stdout
    assert "measure the tests again (`greenline test --affected`)" in stale.stdout
    assert "50.00 %, 1 of 2 statements" in untested.stdout

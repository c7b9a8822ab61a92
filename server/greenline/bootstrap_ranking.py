"""Joins what ranks a repository, for a command that needs no more: the rest takes longer to load than 500 files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from greenline.adapters.disk_documents import DiskDocuments
from greenline.adapters.git_churn import GitChurn
from greenline.adapters.project_files import ProjectFiles
from greenline.adapters.reports_in_use import Choices
from greenline.adapters.settled_reports import Patience
from greenline.adapters.source_tree import SourceTreeOnDisk
from greenline.adapters.survey_processes import SurveyProcesses
from greenline.bootstrap_survey import Afresh, open_survey, pictures
from greenline.services.picture_basis import PictureBasis
from greenline.services.rank_gaps import RankGaps

if TYPE_CHECKING:
    from greenline.settings import Settings


def ranking(settings: Settings) -> RankGaps:
    """Build it for a command: it looks at files as they are on disk."""
    projects, known = ProjectFiles(), Afresh(Choices(patience=Patience(empty=10.0), waits=True))
    source = pictures(settings, DiskDocuments(), projects, known).source
    basis = PictureBasis(source, known.runs, SourceTreeOnDisk())
    return RankGaps(projects, SurveyProcesses(partial(open_survey, settings), may_fork=True), GitChurn(), basis)

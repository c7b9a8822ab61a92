"""Exploring: run one target on inputs searched for, keep the few calls that make a strong, readable test.

Everything is done here, in the project's own interpreter: its grammar reads the source, its types are real, and what
the search tries, what is observed and what the test will show are the same Python expressions.

    subject -> facts (read) -> templates with pools (seed) -> search (run) -> mutants, choose (keep) -> observe (judge)
    -> again elsewhere: clock, environment (loosen, for what differs); surroundings put back what each call did
    -> properties (laws that hold); what the documentation shows (documented) is tried first and rested on
"""

from greenline_probe.explore.supervise import serve as serve

"""`make bench`: how fast Rapport is, measured against something else in the same run.

A time alone says little about another machine, so most rows are ratios: ours over a peer that does
the same work on the same machine a moment later. Nothing of this belongs to the installed package.
"""

"""One solver for each family of policies: parameters that may have given the logged rates.

In: a `Series` of logged rates. Out: candidates, whose parameters are the shortest decimals with
these rates; `policy_fit` decides between them.
"""

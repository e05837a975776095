"""Proposes the check words of a draft: which rates, sums and balances its own rows agree with.

In: the table, and its columns as they were guessed. Out: proposals with their evidence, which `contract_yaml` writes as
guesses. What a label says is read in `label_stems`, when evidence is enough is decided in `agreement`; the words
themselves are those of `pipeline.contracts.check_words`.
"""

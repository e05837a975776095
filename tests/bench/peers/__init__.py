"""What `bench_peers` compares with: dlt and dbt come from the same exports to the same figures.

`project` writes the dbt project from our SELECTs and checks, in our environment. `weekly` is the peers' command, which
knows nothing of this project but the YAML of its contracts; `exports` reads a file for it. The comparison of costs and
figures is `tests.bench.bench_peers`.
"""

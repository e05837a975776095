"""What `bench_peers` compares with: dlt with dbt, and dlt with SQLMesh, come from the same exports to the same figures.

`project` reads our SELECTs and checks, `project_for_dbt` and `project_for_sqlmesh` write them down, all in our
environment. `weekly` is the peers' command, in theirs: it knows nothing of this project but the YAML of its contracts;
`exports` reads a file for it. Costs and figures are compared in `tests.bench.bench_peers`.
"""

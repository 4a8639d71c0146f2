-- Where memory stays: what was allocated and not given back, by function, over all instances of all services.
SELECT job, "function", count(DISTINCT instance) AS instances,
       round(sum((list_sum(births) - list_sum(deaths)) * "each") / 1048576, 2) AS mib_kept,
       round(sum(list_sum(births) * "each") / 1048576, 2) AS mib_allocated
FROM read_parquet('EVIDENCE/*/*/*.parquet', hive_partitioning = true)
WHERE "row" = 'function' AND kind = 'heap'
GROUP BY ALL ORDER BY mib_kept DESC NULLS LAST, job, "function" LIMIT 20;

-- A first look, without any place in the code: what the instances of each service say by themselves.
SELECT job, facts ->> 'verdict' AS verdict, count(*) AS instances,
       round(sum((facts ->> 'heap_per_hour')::DOUBLE) / 1048576, 2) AS mib_per_hour
FROM read_parquet('EVIDENCE/*/*/*.parquet', hive_partitioning = true)
WHERE "row" = 'instance'
GROUP BY ALL ORDER BY mib_per_hour DESC NULLS LAST, job, verdict;

-- Which build brought it: the median of what an instance keeps an hour if it leaks, by function and build.
WITH evidence AS (FROM read_parquet('EVIDENCE/*/*/*.parquet', hive_partitioning = true)),
     life AS (SELECT job, day, instance, kind, life, build FROM evidence WHERE "row" = 'life')
SELECT job, "function", life.build, count(*) AS lives,
       round(median(keeps[2]) / 1048576, 3) AS mib_per_hour, round(median(log[2]), 1) AS ln_bayes_factor
FROM evidence JOIN life USING (job, day, instance, kind, life)
WHERE "row" = 'function' AND kind = 'heap' AND keeps IS NOT NULL
GROUP BY ALL ORDER BY mib_per_hour DESC, job, "function", build LIMIT 20;

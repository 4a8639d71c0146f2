module workersd

go 1.24

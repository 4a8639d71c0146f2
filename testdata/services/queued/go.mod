module queued

go 1.24

module probed

go 1.24

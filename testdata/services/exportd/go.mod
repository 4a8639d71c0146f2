module exportd

go 1.24

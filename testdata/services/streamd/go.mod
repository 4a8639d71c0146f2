module streamd

go 1.24

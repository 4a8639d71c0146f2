module batchd

go 1.24

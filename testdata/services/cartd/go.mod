module cartd

go 1.24

module sessiond

go 1.24

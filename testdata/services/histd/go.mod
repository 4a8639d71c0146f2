module histd

go 1.24

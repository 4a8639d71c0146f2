module graphd

go 1.24

module docd

go 1.24

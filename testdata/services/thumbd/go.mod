module thumbd

go 1.24

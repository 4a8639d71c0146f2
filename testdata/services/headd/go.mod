module headd

go 1.24

module walkd

go 1.24
